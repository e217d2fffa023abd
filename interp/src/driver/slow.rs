//! Instructions that the machines leave to the runtime: growth, and what handles many bytes or elements at once.
//!
//! Under fuel they are paid per 64 bytes or 16 elements and done in chunks; between two chunks the run may be suspended, and
//! goes on later where it was.

use super::{Next, Run, Step, fuel::Stop};
use crate::{
    exec::{
        cost::{BYTES_PER_UNIT, ELEMENTS_PER_UNIT, PIECE_UNITS},
        ctx::Arg,
        exit::SlowOp,
    },
    instance::InstanceEntity,
    store::{GrowError, LimiterRef, StoreInner},
    trap::Trap,
};

/// Bytes that a machine may copy or fill on its own, where nobody pays.
pub(super) const AT_ONCE: u32 = 4096;

/// An instruction, and how much of it has been done.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Slow {
    op: SlowOp,
    /// Where the result goes, in bytes from the frame's start.
    to: u64,
    operands: [u32; 5],
    /// Bytes or elements that are done.
    done: u32,
}

/// How an instruction ends that does not complete.
enum Fault {
    Trap(Trap),
    Stop(Stop),
}

impl From<Trap> for Fault {
    fn from(trap: Trap) -> Self {
        Self::Trap(trap)
    }
}

impl From<Stop> for Fault {
    fn from(stop: Stop) -> Self {
        Self::Stop(stop)
    }
}

impl Slow {
    /// From what the machine left in the context.
    pub(super) fn new(op: SlowOp, args: &[Arg; 6]) -> Self {
        let [to, a, b, c, d, e] = args.map(|operand| operand as u64);
        Self { op, to, operands: [a, b, c, d, e].map(super::low), done: 0 }
    }

    /// Copies within one memory or table that move content up go from the end, so that nothing is overwritten before it is
    /// read. The next piece of `n` is at this distance from the start.
    fn offset(&self, n: u32, downwards: bool) -> u32 {
        let [_, _, length, ..] = self.operands;
        if downwards { length - self.done - n } else { self.done }
    }
}

impl Run {
    /// Carries an instruction out, or goes on with it.
    pub(super) fn slow(&mut self, inner: &mut StoreInner, mut slow: Slow) -> Next {
        let result = match slow.op {
            SlowOp::MemoryGrow | SlowOp::TableGrow => match self.pay_for_growth(inner, &mut slow) {
                Ok(()) => return Step::Grow(slow).into(),
                Err(stop) => Err(stop.into()),
            },
            SlowOp::MemoryCopy => self.memory_copy(inner, &mut slow),
            SlowOp::MemoryFill => self.memory_fill(inner, &mut slow),
            SlowOp::MemoryInit => self.memory_init(inner, &mut slow),
            SlowOp::TableFill => self.table_fill(inner, &mut slow),
            SlowOp::TableCopy => self.table_copy(inner, &mut slow),
            SlowOp::TableInit => self.table_init(inner, &mut slow),
            SlowOp::DataDrop => self.with_instance(inner, |instance| instance.drop_data(slow.operands[0])),
            SlowOp::ElemDrop => self.with_instance(inner, |instance| instance.drop_element(slow.operands[0])),
        };
        match result {
            Ok(()) => Next::Again,
            Err(Fault::Trap(trap)) => self.trap(inner, trap),
            Err(Fault::Stop(stop)) => {
                self.pending = super::Pending::Slow(slow);
                Step::Suspended(stop).into()
            }
        }
    }

    /// Grows a memory or table, as [`Step::Grow`] asked for.
    pub(super) fn grow(&mut self, inner: &mut StoreInner, limiter: LimiterRef<'_>, slow: &Slow) -> Result<(), Trap> {
        let result = match slow.op {
            SlowOp::TableGrow => {
                let [delta, init, table, ..] = slow.operands;
                self.table(inner, table)
                    .ok_or(GrowError::Denied)
                    .and_then(|table| inner.grow_table(table, delta, init, limiter))
            }
            _ => {
                let [delta, memory, ..] = slow.operands;
                self.memory(inner, memory)
                    .ok_or(GrowError::Denied)
                    .and_then(|memory| inner.grow_memory(memory, delta.into(), limiter))
                    .map(|pages| u32::try_from(pages).unwrap_or(u32::MAX))
            }
        };
        let value = match result {
            Ok(before) => before,
            Err(GrowError::Denied | GrowError::OutOfMemory) => u32::MAX,
            Err(GrowError::Trap) => return Err(Trap::AllocationTooLarge),
        };
        self.set_result(slow.to, value);
        Ok(())
    }

    /// Growth that will be denied in any case costs nothing.
    fn pay_for_growth(&mut self, inner: &mut StoreInner, slow: &mut Slow) -> Result<(), Stop> {
        let units = match slow.op {
            SlowOp::TableGrow => slow.operands[0].div_ceil(ELEMENTS_PER_UNIT).into(),
            _ => {
                let [delta, memory, ..] = slow.operands;
                let memory = self.memory(inner, memory).and_then(|memory| inner.memory(memory));
                let bytes = memory.and_then(|memory| memory.growth(delta.into(), inner.limits()).ok());
                bytes.unwrap_or(0).div_ceil(BYTES_PER_UNIT.into())
            }
        };
        self.pay(inner, units)
    }

    /// Does a piece at a time, paying for each, until `length` is reached.
    fn in_chunks(
        &mut self,
        inner: &mut StoreInner,
        slow: &mut Slow,
        per_unit: u32,
        mut piece: impl FnMut(&mut Self, &mut StoreInner, &Slow, u32) -> Option<()>,
        fault: Trap,
    ) -> Result<(), Fault> {
        let [_, _, length, ..] = slow.operands;
        while slow.done < length {
            let rest = length - slow.done;
            let most = per_unit * PIECE_UNITS;
            let n = if self.metered { rest.min(most) } else { rest };
            self.pay(inner, n.div_ceil(per_unit).into())?;
            piece(self, inner, slow, n).ok_or(fault)?;
            slow.done += n;
        }
        Ok(())
    }

    fn memory_copy(&mut self, inner: &mut StoreInner, slow: &mut Slow) -> Result<(), Fault> {
        let [to, from, length, to_memory, from_memory] = slow.operands;
        let fault = Trap::MemoryOutOfBounds;
        let ids = self.memory(inner, to_memory).zip(self.memory(inner, from_memory));
        let (to_memory, from_memory) = ids.ok_or(fault)?;
        check(to, length, memory_len(inner, to_memory), fault)?;
        check(from, length, memory_len(inner, from_memory), fault)?;
        let same = to_memory == from_memory;
        let piece = |_: &mut Self, inner: &mut StoreInner, slow: &Slow, n| {
            let at = slow.offset(n, same && to > from);
            let (to, from) = (range(to + at, n), range(from + at, n));
            if same {
                let data = inner.memory_mut(to_memory)?.data_mut();
                data.get(from.clone())?;
                data.get(to.clone())?;
                data.copy_within(from, to.start);
            } else {
                let (destination, source) = inner.memory_pair(to_memory, from_memory)?;
                destination.data_mut().get_mut(to)?.copy_from_slice(source.data().get(from)?);
            }
            Some(())
        };
        self.in_chunks(inner, slow, BYTES_PER_UNIT, piece, fault)
    }

    fn memory_fill(&mut self, inner: &mut StoreInner, slow: &mut Slow) -> Result<(), Fault> {
        let [to, value, length, memory, _] = slow.operands;
        let fault = Trap::MemoryOutOfBounds;
        let memory = self.memory(inner, memory).ok_or(fault)?;
        check(to, length, memory_len(inner, memory), fault)?;
        let piece = |_: &mut Self, inner: &mut StoreInner, slow: &Slow, n| {
            let data = inner.memory_mut(memory)?.data_mut();
            data.get_mut(range(to + slow.done, n))?.fill(value as u8);
            Some(())
        };
        self.in_chunks(inner, slow, BYTES_PER_UNIT, piece, fault)
    }

    fn memory_init(&mut self, inner: &mut StoreInner, slow: &mut Slow) -> Result<(), Fault> {
        let [to, from, length, segment, memory] = slow.operands;
        let fault = Trap::MemoryOutOfBounds;
        let memory = self.memory(inner, memory).ok_or(fault)?;
        let source = inner.instance(self.ctx.instance).map_or(0, |instance| instance.data(segment).len());
        check(to, length, memory_len(inner, memory), fault)?;
        check(from, length, source, fault)?;
        let piece = |run: &mut Self, inner: &mut StoreInner, slow: &Slow, n| {
            let (memory, instance) = inner.memory_and_instance(memory, run.ctx.instance)?;
            let source = instance.data(segment).get(range(from + slow.done, n))?;
            memory.data_mut().get_mut(range(to + slow.done, n))?.copy_from_slice(source);
            Some(())
        };
        self.in_chunks(inner, slow, BYTES_PER_UNIT, piece, fault)
    }

    fn table_fill(&mut self, inner: &mut StoreInner, slow: &mut Slow) -> Result<(), Fault> {
        let [to, value, length, table, _] = slow.operands;
        let fault = Trap::TableOutOfBounds;
        let table = self.table(inner, table).ok_or(fault)?;
        check(to, length, table_len(inner, table), fault)?;
        let piece = |_: &mut Self, inner: &mut StoreInner, slow: &Slow, n| {
            let elements = inner.table_mut(table)?.elements_mut();
            elements.get_mut(range(to + slow.done, n))?.fill(value);
            Some(())
        };
        self.in_chunks(inner, slow, ELEMENTS_PER_UNIT, piece, fault)
    }

    fn table_copy(&mut self, inner: &mut StoreInner, slow: &mut Slow) -> Result<(), Fault> {
        let [to, from, length, to_table, from_table] = slow.operands;
        let fault = Trap::TableOutOfBounds;
        let ids = self.table(inner, to_table).zip(self.table(inner, from_table));
        let (to_table, from_table) = ids.ok_or(fault)?;
        check(to, length, table_len(inner, to_table), fault)?;
        check(from, length, table_len(inner, from_table), fault)?;
        let same = to_table == from_table;
        let piece = |_: &mut Self, inner: &mut StoreInner, slow: &Slow, n| {
            let at = slow.offset(n, same && to > from);
            inner.copy_elements((to_table, to + at), (from_table, from + at), n)
        };
        self.in_chunks(inner, slow, ELEMENTS_PER_UNIT, piece, fault)
    }

    fn table_init(&mut self, inner: &mut StoreInner, slow: &mut Slow) -> Result<(), Fault> {
        let [to, from, length, segment, table] = slow.operands;
        let fault = Trap::TableOutOfBounds;
        let table = self.table(inner, table).ok_or(fault)?;
        let source = inner.instance(self.ctx.instance).map_or(0, |instance| instance.element(segment).len());
        check(to, length, table_len(inner, table), fault)?;
        check(from, length, source, fault)?;
        let piece = |run: &mut Self, inner: &mut StoreInner, slow: &Slow, n| {
            let (table, instance) = inner.table_and_instance(table, run.ctx.instance)?;
            let source = instance.element(segment).get(range(from + slow.done, n))?;
            table.elements_mut().get_mut(range(to + slow.done, n))?.copy_from_slice(source);
            Some(())
        };
        self.in_chunks(inner, slow, ELEMENTS_PER_UNIT, piece, fault)
    }

    /// The number in the store of a memory of the running instance.
    fn memory(&self, inner: &StoreInner, index: u32) -> Option<u32> {
        inner.instance(self.ctx.instance)?.memory(index)
    }

    /// The number in the store of a table of the running instance.
    fn table(&self, inner: &StoreInner, index: u32) -> Option<u32> {
        inner.instance(self.ctx.instance)?.table(index)
    }

    fn with_instance(&self, inner: &mut StoreInner, change: impl FnOnce(&mut InstanceEntity)) -> Result<(), Fault> {
        if let Some(instance) = inner.instance_mut(self.ctx.instance) {
            change(instance);
        }
        Ok(())
    }
}

fn memory_len(inner: &StoreInner, memory: u32) -> usize {
    inner.memory(memory).map_or(0, |memory| memory.data().len())
}

fn table_len(inner: &StoreInner, table: u32) -> usize {
    inner.table(table).map_or(0, |table| table.elements().len())
}

/// Whether `length` from `start` is inside `len`.
fn check(start: u32, length: u32, len: usize, fault: Trap) -> Result<(), Fault> {
    let inside = u64::from(start) + u64::from(length) <= len as u64;
    if inside { Ok(()) } else { Err(fault.into()) }
}

/// `n` places from `start`. Called after `check`, which is why nothing overflows where a place exists.
pub(crate) fn range(start: u32, n: u32) -> core::ops::Range<usize> {
    let start = start as usize;
    start..start.saturating_add(n as usize)
}
