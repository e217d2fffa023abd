//! The walk over the operators of a function: each is read, validated and translated before the next.
//!
//! Nearly all operators are told apart here: the validator's method and the translator's arm for them are found when this is compiled. wasmparser hands
//! the others to a visitor, a method for each. To have it do that with all of them takes a tenth longer; to read, then validate, then translate an
//! [`Operator`], half as long again.

use alloc::vec::Vec;
use core::mem::ManuallyDrop;

use wasmparser::{
    BinaryReader, BinaryReaderError, BlockType, FrameKind, FrameStack, FuncValidator, FunctionBody, MemArg,
    MemArgTarget, Operator, ValidatorResources, VisitOperator,
};

use super::function::Function;
use super::operators::unknown;
use crate::error::Error;
use crate::isa::form::Shape;

/// What validates operators; none where they were validated before.
type Validator<'a> = Option<&'a mut FuncValidator<ValidatorResources>>;

impl Function<'_> {
    /// Validates and translates all operators.
    ///
    /// # Errors
    /// If one is invalid, or a limit is met.
    pub(super) fn walk(
        &mut self,
        body: &FunctionBody<'_>,
        validator: &mut FuncValidator<ValidatorResources>,
    ) -> Result<(), Error> {
        self.each(body, Some(validator))
    }

    /// Translates all operators, which are valid.
    ///
    /// # Errors
    /// If a limit is met.
    pub(super) fn walk_again(&mut self, body: &FunctionBody<'_>) -> Result<(), Error> {
        self.each(body, None)
    }

    /// Both walks, each compiled for itself.
    #[inline(always)]
    fn each(&mut self, body: &FunctionBody<'_>, mut validator: Validator<'_>) -> Result<(), Error> {
        let mut reader = body.get_binary_reader_for_operators()?;
        let (start, features) = (reader.original_position(), reader.features());
        let code = reader.read_bytes(reader.bytes_remaining())?;
        let mut at = 0;
        while let Some(rest @ [_, ..]) = code.get(at..) {
            let offset = start + at as u64;
            // Bodies end below 4 GiB, else they would not have come here.
            self.emit.offset = offset as u32;
            at += match self.common(rest, offset, validator.as_deref_mut())? {
                Some(length) => length,
                None => self.uncommon(BinaryReader::new_features(rest, offset, features), validator.as_deref_mut())?,
            };
        }
        match validator {
            Some(validator) => Ok(reader.finish_expression(&validator.visitor(reader.original_position()))?),
            None => Ok(()),
        }
    }

    /// Validates and translates the next operator. Returns how many bytes it has.
    fn uncommon(&mut self, mut reader: BinaryReader<'_>, mut validator: Validator<'_>) -> Result<usize, Error> {
        loop {
            match validator.as_deref_mut() {
                Some(validator) => {
                    let validator = validator.visitor(reader.original_position());
                    reader.visit_operator(&mut Step { validator, function: self })??;
                }
                None => reader.visit_operator(&mut Step { validator: Unchecked, function: self })??,
            }
            // Once more behind the last `end`: no operator may be there.
            if !self.frames.is_empty() || reader.eof() {
                return Ok(reader.current_position());
            }
        }
    }

    /// Validates and translates the first operator, if it is a common one and well-formed. Returns how many bytes it has.
    #[inline(always)]
    fn common(&mut self, code: &[u8], offset: u64, validator: Validator<'_>) -> Result<Option<usize>, Error> {
        let &[opcode, ref immediates @ ..] = code else { return Ok(None) };
        macro_rules! validate {
            ($visit:ident($($immediate:expr)?)) => {
                if let Some(validator) = validator {
                    validator.visitor(offset).$visit($($immediate)?)?;
                }
            };
        }
        // An operator by its name. There is nothing in it to drop, which the compiler does not always see: 2 % of all instructions.
        macro_rules! known {
            ($op:ident, $visit:ident) => {{
                validate!($visit());
                self.known_operator(&ManuallyDrop::new(Operator::$op))?;
                0
            }};
            ($op:ident { $field:ident: $read:ident }, $visit:ident) => {{
                let Some(($field, length)) = $read(immediates) else { return Ok(None) };
                validate!($visit($field));
                self.known_operator(&ManuallyDrop::new(Operator::$op { $field }))?;
                length
            }};
        }
        // Operators that are one to the validator: those of one signature. The translator tells them apart by opcode.
        macro_rules! alike {
            ($shape:ident, $visit:ident) => {{
                validate!($visit());
                self.operation(opcode, Shape::$shape)?;
                0
            }};
        }
        macro_rules! access {
            ($shape:ident, $visit:ident) => {{
                let Some((memarg, length)) = memarg(opcode, immediates) else { return Ok(None) };
                validate!($visit(memarg));
                self.access(opcode, Shape::$shape, &memarg)?;
                length
            }};
        }
        let length = match opcode {
            0x02 => known!(Block { blockty: empty }, visit_block),
            0x03 => known!(Loop { blockty: empty }, visit_loop),
            0x04 => known!(If { blockty: empty }, visit_if),
            0x0b if self.frames.len() == 1 => return Ok(None),
            0x0b => known!(End, visit_end),
            0x0c => known!(Br { relative_depth: unsigned }, visit_br),
            0x0d => known!(BrIf { relative_depth: unsigned }, visit_br_if),
            0x0f => known!(Return, visit_return),
            0x10 => known!(Call { function_index: unsigned }, visit_call),
            0x1a => known!(Drop, visit_drop),
            0x1b => known!(Select, visit_select),
            0x20 => known!(LocalGet { local_index: unsigned }, visit_local_get),
            0x21 => known!(LocalSet { local_index: unsigned }, visit_local_set),
            0x22 => known!(LocalTee { local_index: unsigned }, visit_local_tee),
            0x23 => known!(GlobalGet { global_index: unsigned }, visit_global_get),
            0x24 => known!(GlobalSet { global_index: unsigned }, visit_global_set),
            0x28 | 0x2c..=0x2f => access!(Load, visit_i32_load),
            0x29 | 0x30..=0x35 => access!(Load, visit_i64_load),
            0x2a => access!(Load, visit_f32_load),
            0x2b => access!(Load, visit_f64_load),
            0x36 | 0x3a..=0x3b => access!(Store, visit_i32_store),
            0x37 | 0x3c..=0x3e => access!(Store, visit_i64_store),
            0x38 => access!(Store, visit_f32_store),
            0x39 => access!(Store, visit_f64_store),
            0x41 => known!(I32Const { value: signed32 }, visit_i32_const),
            0x42 => known!(I64Const { value: signed64 }, visit_i64_const),
            0x45 => known!(I32Eqz, visit_i32_eqz),
            0x46..=0x4f => alike!(Compare, visit_i32_eq),
            0x50 => known!(I64Eqz, visit_i64_eqz),
            0x51..=0x5a => alike!(Compare, visit_i64_eq),
            0x5b..=0x60 => alike!(Compare, visit_f32_eq),
            0x61..=0x66 => alike!(Compare, visit_f64_eq),
            0x67..=0x69 => alike!(Unary, visit_i32_clz),
            0x6a..=0x78 => alike!(Binary, visit_i32_add),
            0x79..=0x7b => alike!(Unary, visit_i64_clz),
            0x7c..=0x8a => alike!(Binary, visit_i64_add),
            0x92..=0x98 => alike!(Binary, visit_f32_add),
            0xa0..=0xa6 => alike!(Binary, visit_f64_add),
            0xa7 => alike!(Unary, visit_i32_wrap_i64),
            0xac..=0xad => alike!(Unary, visit_i64_extend_i32_s),
            _ => return Ok(None),
        };
        Ok(Some(1 + length))
    }
}

/// An unsigned number at the start of these bytes, and how many it has. Nothing if it is malformed.
#[inline(always)]
fn unsigned(bytes: &[u8]) -> Option<(u32, usize)> {
    short(bytes).or_else(|| padded(bytes)).or_else(|| long(bytes, BinaryReader::read_var_u32))
}

/// The same of an i32.
#[inline(always)]
fn signed32(bytes: &[u8]) -> Option<(i32, usize)> {
    short(bytes).map(sign_extended).or_else(|| long(bytes, BinaryReader::read_var_i32))
}

/// The same of an i64.
#[inline(always)]
fn signed64(bytes: &[u8]) -> Option<(i64, usize)> {
    let widened = |(value, length)| (i64::from(value), length);
    short(bytes).map(sign_extended).map(widened).or_else(|| long(bytes, BinaryReader::read_var_i64))
}

/// A number of one byte or two.
#[inline(always)]
fn short(bytes: &[u8]) -> Option<(u32, usize)> {
    match *bytes {
        [low @ ..0x80, ..] => Some((low.into(), 1)),
        [low, high @ ..0x80, ..] => Some((u32::from(low & 0x7f) | u32::from(high) << 7, 2)),
        _ => None,
    }
}

/// A short number as a signed one.
#[inline(always)]
fn sign_extended((bits, length): (u32, usize)) -> (i32, usize) {
    let unused = if length == 1 { 32 - 7 } else { 32 - 14 };
    ((bits << unused).cast_signed() >> unused, length)
}

/// An unsigned number of five bytes, as calls have in programs that can be linked again.
#[inline(always)]
fn padded(bytes: &[u8]) -> Option<(u32, usize)> {
    let &[a @ 0x80..=0xff, b @ 0x80..=0xff, c @ 0x80..=0xff, d @ 0x80..=0xff, e @ ..0x10, ..] = bytes else {
        return None;
    };
    let low = |byte: u8, shift: u32| u32::from(byte & 0x7f) << shift;
    Some((low(a, 0) | low(b, 7) | low(c, 14) | low(d, 21) | low(e, 28), 5))
}

/// A number of any length.
#[inline(never)]
fn long<'a, T>(
    bytes: &'a [u8],
    read: impl Fn(&mut BinaryReader<'a>) -> Result<T, BinaryReaderError>,
) -> Option<(T, usize)> {
    let mut reader = BinaryReader::new(bytes, 0);
    Some((read(&mut reader).ok()?, reader.current_position()))
}

/// A block type without parameters and results.
#[inline(always)]
fn empty(bytes: &[u8]) -> Option<(BlockType, usize)> {
    (*bytes.first()? == 0x40).then_some((BlockType::Empty, 1))
}

/// The immediate of a load or store, if it names no memory.
#[inline(always)]
fn memarg(opcode: u8, bytes: &[u8]) -> Option<(MemArg, usize)> {
    /// Logarithms of what the operators from `i32.load` on access.
    const WIDTHS: [u8; 23] = [2, 3, 2, 3, 0, 0, 1, 1, 0, 0, 1, 1, 2, 2, 2, 3, 2, 3, 0, 1, 0, 1, 2];
    let &[align @ ..0x40, ref offset @ ..] = bytes else { return None };
    let (offset, length) = unsigned(offset)?;
    let max_align = *WIDTHS.get(usize::from(opcode - 0x28))?;
    let target = MemArgTarget::Memory(0);
    Some((MemArg { align, max_align, offset: offset.into(), target, ordering: None }, 1 + length))
}

/// Finds nothing wrong: what was validated before.
struct Unchecked;

impl FrameStack for Unchecked {
    fn current_frame(&self) -> Option<FrameKind> {
        // The reader asks only whether there is a frame, and whether `else` is in one of this kind.
        Some(FrameKind::If)
    }
}

macro_rules! passes {
    ($(@$proposal:ident $op:ident $({ $($arg:ident: $ty:ty),* })? => $visit:ident ($($_:tt)*))*) => {$(
        #[inline(always)]
        fn $visit(&mut self $($(, _: $ty)*)?) -> Self::Output {
            Ok(())
        }
    )*};
}

impl<'a> VisitOperator<'a> for Unchecked {
    type Output = Result<(), BinaryReaderError>;

    wasmparser::for_each_visit_operator!(passes);
}

/// One operator: its validation, then its translation.
struct Step<'f, 'a, V> {
    validator: V,
    function: &'f mut Function<'a>,
}

impl<V: FrameStack> FrameStack for Step<'_, '_, V> {
    fn current_frame(&self) -> Option<FrameKind> {
        self.validator.current_frame()
    }
}

macro_rules! visits {
    ($(@$proposal:ident $op:ident $({ $($arg:ident: $ty:ty),* })? => $visit:ident ($($_:tt)*))*) => {$(
        fn $visit(&mut self $($(, $arg: $ty)*)?) -> Self::Output {
            self.validator.$visit($($($arg.clone()),*)?)?;
            visits!(@$proposal self, Operator::$op $({ $($arg),* })?)
        }
    )*};
    (@mvp $self:ident, $operator:expr) => { $self.function.known_operator(&$operator) };
    (@sign_extension $self:ident, $operator:expr) => { $self.function.known_operator(&$operator) };
    (@saturating_float_to_int $self:ident, $operator:expr) => { $self.function.known_operator(&$operator) };
    (@bulk_memory $self:ident, $operator:expr) => { $self.function.known_operator(&$operator) };
    (@reference_types $self:ident, $operator:expr) => { $self.function.known_operator(&$operator) };
    (@tail_call $self:ident, $operator:expr) => { $self.function.known_operator(&$operator) };
    // The validator lets nothing of other proposals pass.
    (@$proposal:ident $self:ident, $operator:expr) => {{
        let _ = $operator;
        Err(unknown($self.function.emit.offset))
    }};
}

impl<'a, V: VisitOperator<'a, Output = Result<(), BinaryReaderError>>> VisitOperator<'a> for Step<'_, '_, V> {
    type Output = Result<(), Error>;

    wasmparser::for_each_visit_operator!(visits);
}
