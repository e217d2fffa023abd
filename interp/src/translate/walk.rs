//! The walk over the operators of a function: each is read, validated and translated before the next.
//!
//! wasmparser hands operators to a visitor, a method for each. So an operator is told apart once, where its byte is read: the validator's method and the
//! translator's arm for it are found when this is compiled. Reading, then validating, then translating an [`Operator`] takes half as long again.

use alloc::vec::Vec;

use wasmparser::{
    BinaryReaderError, FrameKind, FrameStack, FuncValidator, FunctionBody, Operator, ValidatorResources, VisitOperator,
};

use super::function::Function;
use super::operators::unknown;
use crate::error::Error;

/// Reads an operator whose opcode is known, with its immediate, validates and translates it.
macro_rules! visit {
    ($self:ident, $validator:ident, $reader:ident, $op:ident $({ $field:ident: $read:ident })?, $visit:ident) => {{
        let mut visitor = $validator.visitor($reader.original_position());
        $reader.read_u8()?;
        $(let $field = $reader.$read()?;)?
        visitor.$visit($($field)?)?;
        $self.known_operator(&Operator::$op $({ $field })?)?;
    }};
}

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
        let mut reader = body.get_binary_reader_for_operators()?;
        while !reader.eof() {
            let offset = reader.original_position();
            self.emit.offset = u32::try_from(offset).unwrap_or(u32::MAX);
            // No operator may follow the last `end`.
            let opcode = self.byte_at(offset).filter(|_| !self.frames.is_empty());
            // Two operators in three are among these. To find them here takes half of what it takes wasmparser to find them among six hundred.
            match opcode {
                Some(0x0b) => visit!(self, validator, reader, End, visit_end),
                Some(0x0d) => visit!(self, validator, reader, BrIf { relative_depth: read_var_u32 }, visit_br_if),
                Some(0x20) => visit!(self, validator, reader, LocalGet { local_index: read_var_u32 }, visit_local_get),
                Some(0x21) => visit!(self, validator, reader, LocalSet { local_index: read_var_u32 }, visit_local_set),
                Some(0x22) => visit!(self, validator, reader, LocalTee { local_index: read_var_u32 }, visit_local_tee),
                Some(0x41) => visit!(self, validator, reader, I32Const { value: read_var_i32 }, visit_i32_const),
                Some(0x6a) => visit!(self, validator, reader, I32Add, visit_i32_add),
                Some(_) | None => {
                    let mut step = Step { validator: validator.visitor(offset), function: self };
                    reader.visit_operator(&mut step)??;
                }
            }
        }
        Ok(reader.finish_expression(&validator.visitor(reader.original_position()))?)
    }

    /// Translates all operators, which are valid.
    ///
    /// # Errors
    /// If a limit is met.
    pub(super) fn walk_again(&mut self, body: &FunctionBody<'_>) -> Result<(), Error> {
        let mut reader = body.get_operators_reader()?;
        while !reader.eof() {
            self.emit.offset = u32::try_from(reader.original_position()).unwrap_or(u32::MAX);
            self.operator(&reader.read()?)?;
        }
        Ok(reader.finish()?)
    }

    /// Translates an operator that is not known before.
    #[inline(never)]
    fn operator(&mut self, operator: &Operator<'_>) -> Result<(), Error> {
        self.known_operator(operator)
    }
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
