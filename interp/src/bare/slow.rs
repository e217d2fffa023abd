//! Instructions that the machine leaves to the runtime: growth, and what handles many bytes or elements at once. Paid and cut in pieces as in a store.

#![allow(unsafe_code, reason = "copies within checked ranges of memory and tables; writes a result to its slot")]

use super::{
    Host, Instance,
    arena::Table,
    run::{Next, Pending},
};
use crate::{
    exec::{
        bulk::{copy_bytes, fill_bytes},
        cost::{BYTES_PER_UNIT, ELEMENTS_PER_UNIT, PIECE_UNITS},
        ctx::MemoryView,
        exit::SlowOp,
        state::Acc,
    },
    image::format::{Section, mode},
    trap::Trap,
};

/// What is to be written where. All of it was found to be inside of memory, table and segment, which do not change meanwhile.
pub(super) struct Job {
    to: *mut u8,
    what: What,
    /// How many there are, of bytes or elements.
    length: u32,
    /// The logarithm of their size: 0 for bytes, 2 for elements.
    shift: u32,
}

pub(super) enum What {
    /// These, from here.
    Copy(*const u8),
    /// So many equal ones.
    Fill(u32),
    /// The values of expressions, from this item on.
    Values(u32),
}

impl Job {
    /// Writes all of it.
    pub(super) fn all<H: Host>(&self, instance: &Instance<'_, H>) {
        self.part(instance, 0, self.length);
    }

    /// Writes `n` from the first on that is not `done`. Copies that move content up go from the end, so that nothing is overwritten before it is read.
    fn part<H: Host>(&self, instance: &Instance<'_, H>, done: u32, n: u32) {
        let from_end = matches!(self.what, What::Copy(from) if from.addr() < self.to.addr());
        let first = if from_end { self.length.wrapping_sub(done).wrapping_sub(n) } else { done };
        let start = (first as usize) << self.shift;
        let to = self.to.wrapping_add(start);
        match self.what {
            // SAFETY: both ranges were checked against what is there (invariant 7).
            What::Copy(from) => unsafe { copy_bytes(to, from.wrapping_add(start), (n as usize) << self.shift) },
            What::Fill(value) if self.shift == 0 => {
                // SAFETY: the range was checked against what is there (invariant 7).
                unsafe { fill_bytes(to, value as u8, n as usize) }
            }
            What::Fill(_) | What::Values(_) => {
                for index in 0..n {
                    let value = match self.what {
                        What::Values(item) => instance.item(item.wrapping_add(first).wrapping_add(index)),
                        What::Fill(value) => value,
                        What::Copy(_) => 0,
                    };
                    // SAFETY: the range was checked against what is there (invariant 7). Elements are aligned.
                    unsafe { to.cast::<u32>().add(index as usize).write(value) };
                }
            }
        }
    }
}

/// How an instruction ends that does not complete.
enum Fault {
    Trap(Trap),
    /// So much fuel is needed.
    Unpaid(u32),
}

impl From<Trap> for Fault {
    fn from(trap: Trap) -> Self {
        Self::Trap(trap)
    }
}

impl<H: Host> Instance<'_, H> {
    /// Carries out the instruction whose operands the machine left in `ctx.args`, or goes on with it: so many bytes or elements are done.
    #[inline(never)]
    pub(super) fn slow(&mut self, op: SlowOp, done: u32) -> Next {
        match self.try_slow(op, done) {
            Ok(()) => {
                self.inner.pending = Pending::Machine;
                Next::Again
            }
            Err(Fault::Trap(trap)) => trap.into(),
            Err(Fault::Unpaid(units)) => Next::Unpaid(units.into()),
        }
    }

    fn try_slow(&mut self, op: SlowOp, mut done: u32) -> Result<(), Fault> {
        let &[to, a, b, c, d, e] = &self.inner.ctx.args;
        let (to, a, b, c, d, e) = (to as u32, a as u32, b as u32, c as u32, d as u32, e as u32);
        let (table, what) = match op {
            SlowOp::MemoryGrow => return self.memory_grow(to, a),
            SlowOp::TableGrow => return self.table_grow(to, a, b, c),
            SlowOp::DataDrop | SlowOp::ElemDrop => {
                self.drop_segment(if op == SlowOp::DataDrop { Section::Datas } else { Section::Elements }, a);
                return Ok(());
            }
            SlowOp::MemoryCopy => (None, What::Copy(self.range(None, b, c)?)),
            SlowOp::MemoryFill => (None, What::Fill(b)),
            SlowOp::MemoryInit => (None, self.source(Section::Datas, d, b, c)?),
            SlowOp::TableFill => (Some(d), What::Fill(b)),
            SlowOp::TableCopy => (Some(d), What::Copy(self.range(Some(e), b, c)?)),
            SlowOp::TableInit => (Some(e), self.source(Section::Elements, d, b, c)?),
        };
        let job = self.job(table, a, c, what)?;
        let per_unit = if job.shift == 0 { BYTES_PER_UNIT } else { ELEMENTS_PER_UNIT };
        while done < job.length {
            // What is not paid now is tried again.
            self.inner.pending = Pending::Slow { op, done };
            let n = job.length.wrapping_sub(done).min(per_unit * PIECE_UNITS);
            self.pay(n.div_ceil(per_unit))?;
            job.part(self, done, n);
            done = done.wrapping_add(n);
        }
        Ok(())
    }

    #[inline(never)]
    fn pay(&mut self, units: u32) -> Result<(), Fault> {
        if self.image.is_metered() {
            self.inner.ctx.fuel = self.inner.ctx.fuel.checked_sub(units.into()).ok_or(Fault::Unpaid(units))?;
        }
        Ok(())
    }

    /// Leaves the result of an instruction where the next one looks for it: in its slot, and in the accumulator.
    fn set_result(&mut self, to: u32, value: u32) {
        // SAFETY: `to` is a slot of the current frame (invariant 1).
        unsafe { self.at(to as usize).cast::<u32>().write(value) };
        self.inner.ctx.acc = Acc::from_bits(value.into());
    }

    /// The view of memory 0. Machines read it whenever they are entered.
    pub(super) fn memory_view(&self) -> Option<MemoryView> {
        // SAFETY: there are as many views as memories, in the arena (invariant 2).
        (self.inner.ctx.memories_len != 0).then(|| unsafe { **self.inner.ctx.memories })
    }

    fn memory_grow(&mut self, to: u32, delta: u32) -> Result<(), Fault> {
        let (Some(view), Some((page_log2, _, max))) = (self.memory_view(), self.image.memory()) else {
            return Err(Trap::MemoryOutOfBounds.into());
        };
        let before = (view.len >> page_log2) as u64;
        let pages = before + u64::from(delta);
        let bytes = pages << page_log2;
        // As many pages as 32 bits address.
        let most = max.map_or(1 << (32 - page_log2), u64::from);
        if pages > most || bytes > self.inner.memory_room as u64 {
            self.set_result(to, u32::MAX);
            return Ok(());
        }
        self.pay((u64::from(delta) << page_log2).div_ceil(BYTES_PER_UNIT.into()) as u32)?;
        self.inner.set_memory_len(bytes as usize);
        self.set_result(to, before as u32);
        Ok(())
    }

    fn table_grow(&mut self, to: u32, delta: u32, init: u32, index: u32) -> Result<(), Fault> {
        let table = self.table_ref(index)?;
        // Paid in any case: whether there is room depends on the target.
        self.pay(delta.div_ceil(ELEMENTS_PER_UNIT))?;
        let before = table.view.len as u32;
        let allowed = table.max.checked_sub(before).is_some_and(|more| delta <= more);
        if !allowed || delta as usize > self.inner.tables_room {
            self.set_result(to, u32::MAX);
            return Ok(());
        }
        self.push_up(index, delta as usize);
        self.job(Some(index), before, delta, What::Fill(init))?.all(self);
        self.set_result(to, before);
        Ok(())
    }

    /// Makes a table longer, and moves the elements of the tables behind it out of the way. There is room for it.
    fn push_up(&mut self, table: u32, delta: usize) {
        self.inner.tables_room = self.inner.tables_room.saturating_sub(delta);
        let mut index = self.inner.tables_len;
        while index > table as usize {
            index -= 1;
            // SAFETY: there are so many tables, no machine runs, and the elements of all of them lie behind one another, with room for `delta`
            // more behind the last (invariants 5 and 7). The last are moved first, so that none is overwritten.
            unsafe {
                let view = &mut (*self.inner.tables.add(index)).view;
                if index == table as usize {
                    view.len += delta;
                } else {
                    let to = view.base.add(delta);
                    copy_bytes(to.cast(), view.base.cast(), view.len * 4);
                    view.base = to;
                }
            }
        }
    }

    /// A copy of a table's view and maximum. Machines hold addresses of it, so that it is not borrowed.
    pub(super) fn table_ref(&self, table: u32) -> Result<Table, Trap> {
        if (table as usize) < self.inner.tables_len {
            // SAFETY: so many tables are in the arena, and no machine runs (invariants 5 and 7).
            Ok(unsafe { self.inner.tables.add(table as usize).read() })
        } else {
            Err(Trap::TableOutOfBounds)
        }
    }

    /// Where a range of a table, or of the memory, starts.
    #[inline(never)]
    fn range(&self, table: Option<u32>, start: u32, length: u32) -> Result<*mut u8, Trap> {
        let (base, len, size, outside) = match table {
            Some(table) => {
                let view = self.table_ref(table)?.view;
                (view.base.cast::<u8>(), view.len, size_of::<u32>(), Trap::TableOutOfBounds)
            }
            None => {
                let len = self.memory_view().map_or(0, |view| view.len);
                (self.inner.memory, len, 1, Trap::MemoryOutOfBounds)
            }
        };
        if inside(start, length, len) { Ok(base.wrapping_add(start as usize * size)) } else { Err(outside) }
    }

    /// To write `length` bytes to the memory, or elements to a table.
    pub(super) fn job(&self, table: Option<u32>, to: u32, length: u32, what: What) -> Result<Job, Trap> {
        Ok(Job { to: self.range(table, to, length)?, what, length, shift: if table.is_some() { 2 } else { 0 } })
    }

    /// A part of a segment.
    pub(super) fn source(&self, section: Section, segment: u32, from: u32, length: u32) -> Result<What, Trap> {
        let is_data = section == Section::Datas;
        let outside = if is_data { Trap::MemoryOutOfBounds } else { Trap::TableOutOfBounds };
        let &[how, _, _, first, len] = self.image.entry(section, segment).ok_or(outside)?;
        if !inside(from, length, self.rest_of(section, segment, len)) {
            return Err(outside);
        }
        let first = first.wrapping_add(from);
        if !is_data && how & mode::EXPRS != 0 {
            return Ok(What::Values(first));
        }
        let (section, size) = if is_data { (Section::Data, 1) } else { (Section::Items, size_of::<u32>()) };
        Ok(What::Copy(self.image.section(section).as_ptr().cast::<u8>().wrapping_add(first as usize * size)))
    }

    /// The value of an item that is a constant expression. (Deep ones, which cannot be evaluated, compute numbers: none is an item.)
    fn item(&self, item: u32) -> u32 {
        let value = self.image.entry(Section::Items, item).and_then(|&[expression]| self.evaluate(expression));
        value.unwrap_or(0) as u32
    }
}

/// Whether `count` from `start` are inside `len`.
fn inside(start: u32, count: u32, len: usize) -> bool {
    len.checked_sub(start as usize).is_some_and(|rest| count as usize <= rest)
}
