//! What is worth knowing of an image before it goes to a board.

use crate::names::demangled;
use ermine::image::{Inspection, ItemKind, StackNeed, SymbolMap, Unbounded};
use ermine::{ExternType, Module};

/// What a report shows.
pub(crate) struct Facts<'a> {
    /// The name of what was read: the module, or the image.
    pub(crate) input: &'a str,
    /// Where the image comes from, if it was just made.
    pub(crate) origin: Option<Origin>,
    pub(crate) module: &'a Module,
    pub(crate) image: &'a Inspection,
    pub(crate) stack: StackNeed,
    pub(crate) map: Option<&'a SymbolMap>,
    /// How many functions to list.
    pub(crate) top: usize,
}

/// The module that an image was made of, and where it went.
pub(crate) struct Origin {
    /// Bytes of the module.
    pub(super) wasm_bytes: usize,
    /// The image's name.
    pub(super) output: String,
}

/// An export with what it needs.
pub(super) struct Exported<'a> {
    pub(super) name: &'a str,
    pub(super) ty: ExternType,
    /// Bytes of value stack that a call of it needs.
    pub(super) stack: Option<u32>,
}

impl Facts<'_> {
    /// A function's name, or what it is exported under where there is no map, or its index.
    pub(super) fn func_name(&self, func: u32) -> String {
        let exported = || {
            let mut exports = self.image.exports();
            exports.find(|export| export.kind == ItemKind::Func && export.index == func).map(|export| export.name)
        };
        let name = self.map.map_or_else(exported, |map| map.func_name(func));
        name.map_or_else(|| format!("func[{func}]"), demangled)
    }

    /// The names of functions.
    pub(super) fn names(&self, functions: &[u32]) -> Vec<String> {
        functions.iter().map(|&func| self.func_name(func)).collect()
    }

    /// The kinds of number that the code computes with.
    pub(super) fn numbers(&self) -> Vec<&'static str> {
        let floats = [(self.image.needs_f32(), "f32"), (self.image.needs_f64(), "f64")];
        ["integers"].into_iter().chain(floats.into_iter().filter_map(|(needed, name)| needed.then_some(name))).collect()
    }

    pub(super) fn profile(&self) -> &'static str {
        if self.image.is_full() { "full" } else { "base" }
    }

    pub(super) fn recursion(&self) -> Option<(&[u32], u64)> {
        match self.stack.unbounded() {
            Some(Unbounded::Recursion { cycle, bytes }) => Some((cycle, *bytes)),
            _ => None,
        }
    }

    /// The function with a call that may lead out of the module, if that is why there is no bound for the stack.
    pub(super) fn outside(&self) -> Option<u32> {
        match self.stack.unbounded() {
            Some(Unbounded::Outside { caller }) => Some(*caller),
            _ => None,
        }
    }

    /// How many of the imports are of this kind.
    pub(super) fn imported(&self, is_kind: impl Fn(&ExternType) -> bool) -> usize {
        self.module.imports().filter(|import| is_kind(import.ty())).count()
    }

    pub(super) fn exports(&self) -> impl Iterator<Item = Exported<'_>> {
        self.module.exports().zip(self.image.exports()).map(|(export, item)| {
            // The image may have been given another memory than the module asks for.
            let memory = || self.image.memories().nth(usize::try_from(item.index).ok()?).map(ExternType::Memory);
            let (ty, stack) = match export.ty() {
                ExternType::Func(_) => (None, self.stack.of(item.index)),
                ExternType::Memory(_) => (memory(), None),
                ExternType::Table(_) | ExternType::Global(_) => (None, None),
            };
            Exported { name: export.name(), ty: ty.unwrap_or_else(|| export.ty().clone()), stack }
        })
    }

    /// Element segments, and items in them.
    pub(super) fn elements(&self) -> (u32, u32) {
        (self.entries("elements"), self.entries("items"))
    }

    /// The functions with the most code, and the bytes of it.
    pub(super) fn largest(&self) -> Vec<(u32, usize)> {
        // Code is made of units of two bytes.
        let bytes = |func| self.image.code_units(func).unwrap_or(0) * 2;
        let mut functions: Vec<(u32, usize)> = self.image.defined().map(|func| (func, bytes(func))).collect();
        functions.sort_by_key(|&(_, bytes)| std::cmp::Reverse(bytes));
        functions.truncate(self.top);
        functions
    }

    /// How many entries a section of the image has.
    pub(super) fn entries(&self, section: &str) -> u32 {
        self.image.sections().find(|size| size.name == section).map_or(0, |size| size.entries)
    }
}
