//! Calls: arguments go where the callee's frame will start, results come back there.

use super::emit::{Slot, frame_too_large};
use super::function::{Function, bytes_of, machine_type};
use super::values::halves;
use crate::error::Error;
use crate::isa::RowId;
use crate::types::FuncType;

impl<'a> Function<'a> {
    fn function_type(&self, func: u32) -> Result<&'a FuncType, Error> {
        self.job.env.func_type(func).ok_or_else(|| Error::new("function without a type"))
    }

    /// The row for plain or for metered code.
    fn metered(&self, plain: RowId, metered: RowId) -> RowId {
        if self.job.options.metered { metered } else { plain }
    }

    /// Brings the arguments to their slots and pops them. Returns where the callee's frame starts.
    fn arguments(&mut self, ty: &FuncType) -> Result<Slot, Error> {
        let count = ty.params().len();
        let first = self.stack.height().saturating_sub(count);
        while self.stack.height() > first {
            let entry = self.stack.pop();
            if !entry.is_temp() {
                self.copy_entry(entry, entry.slot);
            }
        }
        let frame = self.stack.next_slot();
        // Arguments and results lie in one piece, in reach of u16 fields.
        let bytes = bytes_of(ty.params()).max(bytes_of(ty.results()));
        match frame.0 + bytes > Slot::LAST_TEMP {
            true => Err(frame_too_large(Slot::LAST_TEMP / 4)),
            false => Ok(frame),
        }
    }

    /// Pushes the results of a call just written. A single one is in the accumulator, too.
    fn results(&mut self, ty: &FuncType) {
        let mut acc = None;
        for &result in ty.results() {
            let ty = machine_type(result);
            acc = Some((self.push_result(ty), ty));
        }
        self.emit.set_acc(acc.filter(|_| ty.results().len() == 1));
    }

    /// `call`.
    pub(crate) fn call(&mut self, func: u32) -> Result<(), Error> {
        let ty = self.function_type(func)?;
        let frame = self.arguments(ty)?;
        let (row, number) = match func.checked_sub(self.job.env.imported_funcs) {
            Some(defined) => (self.metered(RowId::Call, RowId::CallMetered), defined),
            None => (RowId::CallImport, func),
        };
        let [low, high] = halves(number);
        self.emit.plain(row, [frame.field(), low, high]);
        self.results(ty);
        Ok(())
    }

    /// `call_indirect`.
    pub(crate) fn call_indirect(&mut self, ty: u32, table: u32) -> Result<(), Error> {
        let func_ty = self.type_at_index(ty)?;
        let index = self.stack.pop();
        let slot = self.slot_of(index);
        let frame = self.arguments(func_ty)?;
        let ([ty_low, ty_high], [table_low, table_high]) = (halves(ty), halves(table));
        let row = self.metered(RowId::CallIndirect, RowId::CallIndirectMetered);
        self.emit.plain(row, [slot.field(), frame.field(), ty_low, ty_high, table_low, table_high]);
        self.results(func_ty);
        Ok(())
    }

    fn type_at_index(&self, ty: u32) -> Result<&'a FuncType, Error> {
        self.job.env.types.get(ty as usize).ok_or_else(|| Error::new("no such type"))
    }

    /// `return_call`.
    pub(crate) fn return_call(&mut self, func: u32) -> Result<(), Error> {
        let ty = self.function_type(func)?;
        let frame = self.arguments(ty)?;
        let (row, number) = match func.checked_sub(self.job.env.imported_funcs) {
            Some(defined) => (self.metered(RowId::ReturnCall, RowId::ReturnCallMetered), defined),
            None => (RowId::ReturnCallImport, func),
        };
        let [low, high] = halves(number);
        self.stop_counting();
        self.emit.plain(row, [frame.field(), bytes_of(ty.params()) as u16, self.link.field(), low, high]);
        self.die();
        Ok(())
    }

    /// `return_call_indirect`.
    pub(crate) fn return_call_indirect(&mut self, ty: u32, table: u32) -> Result<(), Error> {
        let func_ty = self.type_at_index(ty)?;
        let index = self.stack.pop();
        let slot = self.slot_of(index);
        let frame = self.arguments(func_ty)?;
        let ([ty_low, ty_high], [table_low, table_high]) = (halves(ty), halves(table));
        let row = self.metered(RowId::ReturnCallIndirect, RowId::ReturnCallIndirectMetered);
        let bytes = bytes_of(func_ty.params()) as u16;
        self.stop_counting();
        let fields = [slot.field(), frame.field(), bytes, self.link.field(), ty_low, ty_high, table_low, table_high];
        self.emit.plain(row, fields);
        self.die();
        Ok(())
    }
}
