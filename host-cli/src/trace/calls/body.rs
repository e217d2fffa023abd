//! Rewrites one function: it reports to the host when it is entered and when it returns.
//!
//! ```text
//! (local.get 0) (call_indirect …)        its parameters, one call of a hook each
//! (i32.const number) (call_indirect …)   entered
//! block (result …)
//!   …                                    what it did before; `return` became a branch out of the block
//! end
//! local.set, call_indirect, local.get    its results
//! (i32.const number) (call_indirect …)   left
//! ```
//!
//! Branches out of the function end at the block now, since that is where their depth leads. Before a tail call the function
//! reports that it is gone.

use super::hooks::Hook;
use super::places::Places;
use wasm_encoder::{BlockType, Encode as _, Instruction, ValType};
use wasmparser::{BinaryReaderError, FuncType, FunctionBody, Operator};

/// What all functions of a module have in common.
pub(super) struct Hooks {
    /// The table that hooks are called through.
    pub(super) table: u32,
    /// The first of the types that [`Hook::param`] counts.
    pub(super) first_type: u32,
}

/// A function to be rewritten.
pub(super) struct Function<'a> {
    /// Its number in the trace.
    pub(super) number: u32,
    /// Its type.
    pub(super) ty: &'a FuncType,
    /// A type without parameters and with its results.
    pub(super) block: BlockType,
    /// Its body.
    pub(super) body: &'a FunctionBody<'a>,
}

/// The new body of the function, without the size in front.
///
/// # Errors
///
/// If the body is malformed.
pub(super) fn rewrite(hooks: &Hooks, function: &Function<'_>) -> Result<(Vec<u8>, Places), BinaryReaderError> {
    let mut writer = Writer { hooks, number: function.number, code: Vec::new(), places: Places::default() };
    let results = function.ty.results();
    let locals = writer.locals(function, results)?;
    let start = position(function.body.get_operators_reader()?.original_position());

    writer.places.added(writer.code.len(), start);
    for (local, ty) in (0_u32..).zip(function.ty.params()) {
        writer.instruction(&Instruction::LocalGet(local));
        writer.report_value(*ty);
    }
    writer.report(Hook::Enter);
    writer.instruction(&Instruction::Block(function.block));
    let end = writer.operators(function.body)?;

    writer.places.added(writer.code.len(), end);
    let kept: Vec<(u32, wasmparser::ValType)> = (locals..).zip(results.iter().copied()).collect();
    for (local, _) in kept.iter().rev() {
        writer.instruction(&Instruction::LocalSet(*local));
    }
    for (local, ty) in &kept {
        writer.instruction(&Instruction::LocalGet(*local));
        writer.report_value(*ty);
    }
    writer.report(Hook::Leave);
    for (local, _) in &kept {
        writer.instruction(&Instruction::LocalGet(*local));
    }
    writer.instruction(&Instruction::End);
    Ok((writer.code, writer.places))
}

struct Writer<'a> {
    hooks: &'a Hooks,
    number: u32,
    code: Vec<u8>,
    places: Places,
}

impl Writer<'_> {
    fn instruction(&mut self, instruction: &Instruction<'_>) {
        instruction.encode(&mut self.code);
    }

    /// Declares the function's locals and one for each result. Returns how many there were, parameters included.
    fn locals(&mut self, function: &Function<'_>, results: &[wasmparser::ValType]) -> Result<u32, BinaryReaderError> {
        let mut reader = function.body.get_binary_reader();
        let groups = reader.read_var_u32()?;
        let declared = usize::try_from(function.body.range().start).unwrap_or(usize::MAX);
        let from = position(reader.original_position()) - declared;
        let to = position(function.body.get_operators_reader()?.original_position()) - declared;
        groups.saturating_add(count(results.len())).encode(&mut self.code);
        self.code.extend(function.body.as_bytes().get(from..to).unwrap_or_default());
        for ty in results {
            1_u32.encode(&mut self.code);
            val_type(*ty).encode(&mut self.code);
        }
        let mut locals = count(function.ty.params().len());
        for group in function.body.get_locals_reader()? {
            locals = locals.saturating_add(group?.0);
        }
        Ok(locals)
    }

    /// Copies the operators, the last `end` included, and returns where that is.
    fn operators(&mut self, body: &FunctionBody<'_>) -> Result<usize, BinaryReaderError> {
        let declared = position(body.range().start);
        let mut reader = body.get_operators_reader()?;
        let mut depth = 0_u32;
        let mut copied = position(reader.original_position());
        let mut last = copied;
        while !reader.eof() {
            last = position(reader.original_position());
            let operator = reader.read()?;
            match operator {
                Operator::Block { .. } | Operator::Loop { .. } | Operator::If { .. } => depth += 1,
                // The last `end` has no block of its own.
                Operator::End => depth = depth.saturating_sub(1),
                Operator::Return => {
                    self.copy(body, declared, copied..last);
                    self.places.added(self.code.len(), last);
                    self.instruction(&Instruction::Br(depth));
                    copied = position(reader.original_position());
                }
                Operator::ReturnCall { .. } | Operator::ReturnCallIndirect { .. } => {
                    self.copy(body, declared, copied..last);
                    self.places.added(self.code.len(), last);
                    self.report(Hook::Tail);
                    copied = last;
                }
                // All others stay as they are.
                _ => {}
            }
        }
        self.copy(body, declared, copied..position(reader.original_position()));
        Ok(last)
    }

    /// Copies the bytes at these offsets of the module.
    fn copy(&mut self, body: &FunctionBody<'_>, declared: usize, range: std::ops::Range<usize>) {
        self.places.copied(self.code.len(), range.start);
        let bytes = body.as_bytes().get(range.start - declared..range.end - declared);
        self.code.extend(bytes.unwrap_or_default());
    }

    /// Passes the value on top of the stack on.
    fn report_value(&mut self, ty: wasmparser::ValType) {
        self.call(Hook::Value(val_type(ty)));
    }

    /// Tells what happens to this function.
    fn report(&mut self, hook: Hook) {
        self.instruction(&Instruction::I32Const(self.number.cast_signed()));
        self.call(hook);
    }

    fn call(&mut self, hook: Hook) {
        self.instruction(&Instruction::I32Const(hook.element().cast_signed()));
        let type_index = self.hooks.first_type + hook.param();
        self.instruction(&Instruction::CallIndirect { type_index, table_index: self.hooks.table });
    }
}

/// The type as it is written. The engine has no others.
pub(super) fn val_type(ty: wasmparser::ValType) -> ValType {
    match ty {
        wasmparser::ValType::I32 => ValType::I32,
        wasmparser::ValType::I64 => ValType::I64,
        wasmparser::ValType::F32 => ValType::F32,
        wasmparser::ValType::F64 => ValType::F64,
        wasmparser::ValType::V128 => ValType::V128,
        wasmparser::ValType::Ref(ty) if ty.is_func_ref() => ValType::FUNCREF,
        wasmparser::ValType::Ref(_) => ValType::EXTERNREF,
    }
}

/// An offset in a module that lies in memory.
fn position(offset: u64) -> usize {
    usize::try_from(offset).unwrap_or(usize::MAX)
}

/// A length that the specification keeps far below 2^32.
pub(super) fn count(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}
