//! One wasm operator as a line of text, in the text format's words.

use wasmparser::{
    BlockType, BrTable, HeapType, Ieee32, Ieee64, MemArg, MemArgTarget, Operator, Ordering, RefType, ResumeTable,
    TryTable, ValType,
};

/// An immediate as text; empty if it goes without saying.
trait Immediate {
    fn text(&self) -> String;
}

macro_rules! numbers {
    ($($ty:ty)*) => {
        $(impl Immediate for $ty {
            fn text(&self) -> String {
                self.to_string()
            }
        })*
    };
}

numbers! { u8 u32 i32 i64 ValType }

macro_rules! debug {
    ($($ty:ty)*) => {
        // Immediates of operators that the engine refuses: they can only be seen in a listing of something else.
        $(impl Immediate for $ty {
            fn text(&self) -> String {
                format!("{self:?}")
            }
        })*
    };
}

debug! { HeapType RefType Ordering ResumeTable TryTable [u8; 16] }

impl Immediate for Ieee32 {
    fn text(&self) -> String {
        format!("{:?}", f32::from_bits(self.bits()))
    }
}

impl Immediate for Ieee64 {
    fn text(&self) -> String {
        format!("{:?}", f64::from_bits(self.bits()))
    }
}

impl Immediate for MemArg {
    fn text(&self) -> String {
        let memory = match self.target {
            MemArgTarget::Memory(0) => String::new(),
            MemArgTarget::Memory(index) | MemArgTarget::Array(index) => format!("{index} "),
        };
        let offset = if self.offset == 0 { String::new() } else { format!("offset={}", self.offset) };
        format!("{memory}{offset}")
    }
}

impl Immediate for BlockType {
    fn text(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Type(ty) => format!("(result {ty})"),
            Self::FuncType(index) => format!("(type {index})"),
        }
    }
}

impl Immediate for BrTable<'_> {
    fn text(&self) -> String {
        // The module has been validated, so the targets can be read.
        let targets = self.targets().map_while(Result::ok).chain([self.default()]);
        targets.map(|target| target.to_string()).collect::<Vec<_>>().join(" ")
    }
}

impl Immediate for Vec<ValType> {
    fn text(&self) -> String {
        let types: Vec<String> = self.iter().map(ValType::to_string).collect();
        format!("(result {})", types.join(" "))
    }
}

macro_rules! texts {
    ($( @$proposal:ident $op:ident $({ $($arg:ident: $ty:ty),* })? => $visit:ident ($($arity:tt)*) )*) => {
        /// The operator with its immediates.
        pub(super) fn text(operator: &Operator<'_>) -> String {
            match operator {
                $(Operator::$op $({ $($arg),* })? => join(stringify!($visit), &[$($($arg.text()),*)?]),)*
                // wasmparser may learn more operators.
                other => format!("{other:?}"),
            }
        }
    };
}

wasmparser::for_each_operator!(texts);

/// Name and immediates, those that are empty left out.
fn join(visit: &str, immediates: &[String]) -> String {
    let mut line = name(visit);
    for immediate in immediates.iter().map(|text| text.trim()).filter(|text| !text.is_empty()) {
        line.push(' ');
        line.push_str(immediate);
    }
    line
}

/// The text format's name of an operator from wasmparser's: `visit_i32_add` is `i32.add`.
fn name(visit: &str) -> String {
    /// What stands before the point.
    const SPACES: [&str; 12] =
        ["i32", "i64", "f32", "f64", "v128", "local", "global", "memory", "table", "ref", "elem", "data"];
    let plain = visit.strip_prefix("visit_").unwrap_or(visit);
    match plain.split_once('_') {
        Some((space, rest)) if SPACES.contains(&space) => format!("{space}.{rest}"),
        Some(("typed", _)) => "select".to_owned(),
        _ => plain.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operators_are_named_as_in_the_text_format() {
        assert_eq!(text(&Operator::I32Add), "i32.add");
        assert_eq!(text(&Operator::I64TruncSatF32U), "i64.trunc_sat_f32_u");
        assert_eq!(text(&Operator::LocalGet { local_index: 3 }), "local.get 3");
        assert_eq!(text(&Operator::I32Const { value: -1 }), "i32.const -1");
        assert_eq!(text(&Operator::CallIndirect { type_index: 2, table_index: 0 }), "call_indirect 2 0");
        assert_eq!(text(&Operator::Block { blockty: BlockType::Empty }), "block");
        assert_eq!(text(&Operator::DataDrop { data_index: 1 }), "data.drop 1");
        assert_eq!(text(&Operator::BrIf { relative_depth: 1 }), "br_if 1");
    }

    #[test]
    fn offsets_show_unless_they_are_zero() {
        let memarg =
            |offset| MemArg { align: 2, max_align: 2, offset, target: MemArgTarget::Memory(0), ordering: None };
        assert_eq!(text(&Operator::I32Load { memarg: memarg(0) }), "i32.load");
        assert_eq!(text(&Operator::F64Store { memarg: memarg(16) }), "f64.store offset=16");
    }
}
