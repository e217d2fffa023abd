//! Which wasm operator goes where.

use wasmparser::{BlockType, MemArg, Operator};

use super::control::BlockTy;
use super::emit::Slot;
use super::function::{Function, machine_type};
use super::memory::{access, fields_of};
use super::staged::{Dest, Fields, Operands};
use super::values::halves;
use crate::error::{Error, ErrorKind};
use crate::isa::form::Shape;
use crate::isa::lookup::row_of;
use crate::isa::{RowId, Ty};
use crate::limits::Bound;

impl Function<'_> {
    /// Translates the next operator. It is valid.
    ///
    /// Inlined where the operator is known, so that only its arms are left.
    ///
    /// # Errors
    /// If a limit is met.
    #[inline(always)]
    pub(super) fn known_operator(&mut self, operator: &Operator<'_>) -> Result<(), Error> {
        if self.dead {
            return self.unreachable(operator);
        }
        let is_structure = matches!(
            operator,
            Operator::Block { .. } | Operator::Loop { .. } | Operator::Else | Operator::End | Operator::Nop
        );
        self.operators += u32::from(!is_structure);
        self.live(operator)
    }

    /// An operator that cannot be reached: only the structure counts.
    #[inline(never)]
    fn unreachable(&mut self, operator: &Operator<'_>) -> Result<(), Error> {
        match operator {
            Operator::Block { .. } | Operator::Loop { .. } | Operator::If { .. } => {
                self.dead_depth += 1;
                self.check_nesting()
            }
            Operator::End if self.dead_depth > 0 => {
                self.dead_depth -= 1;
                Ok(())
            }
            Operator::End => self.end(),
            Operator::Else if self.dead_depth == 0 => {
                self.else_();
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn check_nesting(&self) -> Result<(), Error> {
        let limit = self.job.limits.nesting;
        match self.frames.len() as u64 + u64::from(self.dead_depth) > u64::from(limit) {
            true => Err(ErrorKind::Limit { bound: Bound::Nesting, limit: u64::from(limit) }.into()),
            false => Ok(()),
        }
    }

    /// An operator that can be reached.
    #[inline(always)]
    fn live(&mut self, operator: &Operator<'_>) -> Result<(), Error> {
        match operator {
            Operator::Unreachable => {
                self.emit.plain(RowId::Unreachable, []);
                self.die();
            }
            Operator::Nop => {}
            Operator::Block { blockty } => return self.nested(Self::block, *blockty),
            Operator::Loop { blockty } => return self.nested(Self::loop_, *blockty),
            Operator::If { blockty } => return self.nested(Self::if_, *blockty),
            Operator::Else => self.else_(),
            Operator::End => return self.end(),
            Operator::Br { relative_depth } => self.br(*relative_depth),
            Operator::BrIf { relative_depth } => self.br_if(*relative_depth),
            Operator::BrTable { targets } => {
                let depths = targets.targets().collect::<Result<alloc::vec::Vec<_>, _>>()?;
                self.br_table(&depths, targets.default());
            }
            Operator::Return => return self.return_(),
            Operator::Call { function_index } => return self.call(*function_index),
            Operator::CallIndirect { type_index, table_index } => return self.call_indirect(*type_index, *table_index),
            Operator::ReturnCall { function_index } => return self.return_call(*function_index),
            Operator::ReturnCallIndirect { type_index, table_index } => {
                return self.return_call_indirect(*type_index, *table_index);
            }
            Operator::Drop => {
                self.stack.pop();
            }
            Operator::Select | Operator::TypedSelect { .. } => self.select(),
            Operator::LocalGet { local_index } => self.stack.push_local(*local_index),
            Operator::LocalSet { local_index } => self.local_set(*local_index, false),
            Operator::LocalTee { local_index } => self.local_set(*local_index, true),
            Operator::GlobalGet { global_index } => self.global_get(*global_index, self.global_type(*global_index)),
            Operator::GlobalSet { global_index } => self.global_set(*global_index, self.global_type(*global_index)),
            Operator::I32Const { value } => self.constant(u64::from(*value as u32), Ty::I32),
            Operator::I64Const { value } => self.constant(*value as u64, Ty::I64),
            Operator::F32Const { value } => self.constant(u64::from(value.bits()), Ty::F32),
            Operator::F64Const { value } => self.constant(value.bits(), Ty::F64),
            Operator::RefNull { .. } => self.constant(0, Ty::I32),
            Operator::RefIsNull | Operator::I32Eqz => self.is_zero(RowId::I32Eq),
            Operator::I64Eqz => self.is_zero(RowId::I64Eq),
            Operator::RefFunc { function_index } => {
                let to = self.push_result(Ty::I32);
                self.stage_plain(RowId::RefFunc, to, Fields::default().with(halves(*function_index)));
            }
            other => return self.by_table(other),
        }
        Ok(())
    }

    #[inline(never)]
    fn nested(&mut self, open: impl FnOnce(&mut Self, BlockTy), ty: BlockType) -> Result<(), Error> {
        let ty = match ty {
            BlockType::Empty => BlockTy::Empty,
            BlockType::Type(ty) => BlockTy::Result(crate::module::sections::val_type(ty)?),
            BlockType::FuncType(index) => BlockTy::Func(index),
        };
        open(self, ty);
        self.check_nesting()
    }

    fn constant(&mut self, bits: u64, ty: Ty) {
        self.stack.push_constant(bits, ty);
    }

    fn global_type(&self, global: u32) -> Ty {
        self.job.env.globals.get(global as usize).map_or(Ty::I32, |&ty| machine_type(ty))
    }

    /// Stages a plain row that leaves a value in a slot, and not in the accumulator.
    fn stage_plain(&mut self, row: RowId, to: Slot, fields: Fields) {
        self.emit.stage(row, Shape::Plain, Operands { fields, ..Operands::none() }, Dest::Slot(to), None);
    }

    /// The slots of the uppermost `N` values, popped, in the order they were pushed.
    fn pop_slots<const N: usize>(&mut self) -> [Slot; N] {
        let mut slots = [Slot(0); N];
        for slot in slots.iter_mut().rev() {
            let entry = self.stack.pop();
            *slot = self.slot_of(entry);
        }
        slots
    }

    /// A plain row with `N` operands in slots and more fields.
    fn plain_with<const N: usize>(&mut self, row: RowId, more: &[u16], has_result: bool) {
        let slots = self.pop_slots::<N>();
        let fields = fields_of(&slots).followed_by(more);
        if has_result {
            let to = self.push_result(Ty::I32);
            self.stage_plain(row, to, fields);
        } else {
            self.emit.write_now(row, Shape::Plain, Operands { fields, ..Operands::none() });
        }
    }

    /// Memory and table instructions.
    #[inline(always)]
    fn bulk(&mut self, operator: &Operator<'_>) -> Result<bool, Error> {
        match *operator {
            Operator::MemorySize { mem } => {
                let page_log2 =
                    self.job.env.memories.get(mem as usize).map_or(16, |memory| u16::from(memory.page_size_log2));
                self.plain_with::<0>(RowId::MemorySize, &[mem as u16, page_log2], true);
            }
            Operator::MemoryGrow { mem } => self.plain_with::<1>(RowId::MemoryGrow, &[mem as u16], true),
            Operator::MemoryCopy { dst_mem, src_mem } => {
                self.plain_with::<3>(RowId::MemoryCopy, &[dst_mem as u16, src_mem as u16], false)
            }
            Operator::MemoryFill { mem } => self.plain_with::<3>(RowId::MemoryFill, &[mem as u16], false),
            Operator::MemoryInit { data_index, mem } => {
                let [low, high] = halves(data_index);
                self.plain_with::<3>(RowId::MemoryInit, &[low, high, mem as u16], false);
            }
            Operator::DataDrop { data_index } => self.plain_with::<0>(RowId::DataDrop, &halves(data_index), false),
            Operator::ElemDrop { elem_index } => self.plain_with::<0>(RowId::ElemDrop, &halves(elem_index), false),
            Operator::TableGet { table } => self.plain_with::<1>(RowId::TableGet, &halves(table), true),
            Operator::TableSet { table } => self.plain_with::<2>(RowId::TableSet, &halves(table), false),
            Operator::TableSize { table } => self.plain_with::<0>(RowId::TableSize, &halves(table), true),
            Operator::TableGrow { table } => self.plain_with::<2>(RowId::TableGrow, &halves(table), true),
            Operator::TableFill { table } => self.plain_with::<3>(RowId::TableFill, &halves(table), false),
            Operator::TableCopy { dst_table, src_table } => {
                let ([a, b], [c, d]) = (halves(dst_table), halves(src_table));
                self.plain_with::<3>(RowId::TableCopy, &[a, b, c, d], false);
            }
            Operator::TableInit { elem_index, table } => {
                let ([a, b], [c, d]) = (halves(elem_index), halves(table));
                self.plain_with::<3>(RowId::TableInit, &[a, b, c, d], false);
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Everything that the op table knows by its opcode.
    #[inline(always)]
    fn by_table(&mut self, operator: &Operator<'_>) -> Result<(), Error> {
        if self.bulk(operator)? {
            return Ok(());
        }
        if let Some((opcode, memarg)) = memory_access(operator) {
            let Some(row) = row_of(opcode) else { return Err(unknown(self.emit.offset)) };
            match row.info().shape() {
                Shape::Load => self.load(row, access(&memarg)),
                _ => self.store(row, access(&memarg)),
            }
            return Ok(());
        }
        let Some(row) = self.opcode().and_then(row_of) else { return Err(unknown(self.emit.offset)) };
        self.by_shape(row, row.info().shape())
    }

    /// An operator without immediates.
    #[inline(always)]
    fn by_shape(&mut self, row: RowId, shape: Shape) -> Result<(), Error> {
        match shape {
            Shape::Binary | Shape::Compare => self.binary(row, shape),
            Shape::Unary => self.unary(row),
            _ => return Err(unknown(self.emit.offset)),
        }
        Ok(())
    }

    /// Translates the operator with this opcode, of which the shape is known. It is valid.
    ///
    /// # Errors
    /// If the table does not have it.
    #[inline(always)]
    pub(super) fn operation(&mut self, opcode: u8, shape: Shape) -> Result<(), Error> {
        match self.reached(opcode)? {
            Some(row) => self.by_shape(row, shape),
            None => Ok(()),
        }
    }

    /// The same of a load or store.
    ///
    /// # Errors
    /// If the table does not have it.
    #[inline(always)]
    pub(super) fn access(&mut self, opcode: u8, shape: Shape, memarg: &MemArg) -> Result<(), Error> {
        match (self.reached(opcode)?, shape) {
            (Some(row), Shape::Load) => self.load(row, access(memarg)),
            (Some(row), _) => self.store(row, access(memarg)),
            (None, _) => {}
        }
        Ok(())
    }

    /// The row of the operator with this opcode, if that can be reached. It is counted.
    #[inline(always)]
    fn reached(&mut self, opcode: u8) -> Result<Option<RowId>, Error> {
        if self.dead {
            return Ok(None);
        }
        self.operators += 1;
        row_of(opcode.into()).map(Some).ok_or_else(|| unknown(self.emit.offset))
    }
}

/// An operator that validation lets pass and the table does not have: the validator's features and ours differ.
#[cold]
pub(super) fn unknown(offset: u32) -> Error {
    ErrorKind::Wasm { message: "operator of a proposal that is not supported".into(), offset: offset as usize }.into()
}

/// Loads and stores: opcode and immediates.
#[inline(always)]
fn memory_access(operator: &Operator<'_>) -> Option<(u16, MemArg)> {
    macro_rules! accesses {
        ($($name:ident $opcode:literal)*) => {
            match operator {
                $(Operator::$name { memarg } => Some(($opcode, *memarg)),)*
                _ => None,
            }
        };
    }
    accesses! {
        I32Load 0x28 I64Load 0x29 F32Load 0x2a F64Load 0x2b
        I32Load8S 0x2c I32Load8U 0x2d I32Load16S 0x2e I32Load16U 0x2f
        I64Load8S 0x30 I64Load8U 0x31 I64Load16S 0x32 I64Load16U 0x33 I64Load32S 0x34 I64Load32U 0x35
        I32Store 0x36 I64Store 0x37 F32Store 0x38 F64Store 0x39
        I32Store8 0x3a I32Store16 0x3b I64Store8 0x3c I64Store16 0x3d I64Store32 0x3e
    }
}
