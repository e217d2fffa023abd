//! Why a machine returns to the driver.
//!
//! Whatever is not a few instructions long happens outside the machine: it leaves with one of these codes, the driver
//! does the work, sets `ctx.ip`, `ctx.sp` and `ctx.acc`, and enters again.

use crate::trap::Trap;

/// A reason to leave the machine. Operands are in `ctx.args`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// The function that the driver entered has returned. `ctx.sp` is the frame it was entered with; its results start there.
    Done,
    /// The guest trapped at `ctx.ip`.
    Trap(Trap),
    /// The instruction at `ctx.ip` needs `args[0]` units of fuel; nothing of it has happened yet. Refill and enter again.
    OutOfFuel,
    /// Call the imported function `args[0]` (module index): arguments and results at `ctx.sp + args[1]`. `ctx.ip` is the next instruction.
    CallImport,
    /// Call function `args[0]` of the store (another instance's, or the host's): arguments and results at `ctx.sp + args[1]`.
    /// `ctx.ip` is the next instruction.
    CallFunc,
    /// Tail call of imported function `args[0]`: its arguments, `args[2]` bytes, are at `ctx.sp + args[1]`;
    /// the link of the ending frame is at `ctx.sp + args[3]`.
    TailCallImport,
    /// The same for function `args[0]` of the store.
    TailCallFunc,
    /// An instruction that the runtime carries out, see [`SlowOp`]. `ctx.ip` is the next instruction. Where the instruction has a result, it is
    /// stored as u32 at `ctx.sp + args[0]` and in `ctx.acc`. Its operands are `args[1..]`.
    Slow(SlowOp),
}

/// Instructions that the runtime carries out. Operands in the order of the specification, then immediates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum SlowOp {
    /// `[delta, memory] -> old size or -1`, in pages.
    MemoryGrow = 0,
    /// `[destination, source, length, destination memory, source memory]`
    MemoryCopy = 1,
    /// `[destination, value, length, memory]`
    MemoryFill = 2,
    /// `[destination, source, length, data segment, memory]`
    MemoryInit = 3,
    /// `[data segment]`
    DataDrop = 4,
    /// `[delta, initial value, table] -> old size or -1`
    TableGrow = 5,
    /// `[destination, value, length, table]`
    TableFill = 6,
    /// `[destination, source, length, destination table, source table]`
    TableCopy = 7,
    /// `[destination, source, length, element segment, table]`
    TableInit = 8,
    /// `[element segment]`
    ElemDrop = 9,
}

impl SlowOp {
    const ALL: [Self; 10] = [
        Self::MemoryGrow,
        Self::MemoryCopy,
        Self::MemoryFill,
        Self::MemoryInit,
        Self::DataDrop,
        Self::TableGrow,
        Self::TableFill,
        Self::TableCopy,
        Self::TableInit,
        Self::ElemDrop,
    ];
}

/// An [`Exit`] as the machines return it: one register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub(crate) struct ExitCode(pub(crate) u32);

impl ExitCode {
    pub(crate) const DONE: Self = Self(0);
    // 1..=63: trap codes.
    pub(crate) const OUT_OF_FUEL: Self = Self(64);
    pub(crate) const CALL_IMPORT: Self = Self(65);
    pub(crate) const CALL_FUNC: Self = Self(66);
    pub(crate) const TAIL_CALL_IMPORT: Self = Self(67);
    pub(crate) const TAIL_CALL_FUNC: Self = Self(68);
    const SLOW: u32 = 128;

    /// The code of a trap.
    pub(crate) const fn trap(trap: Trap) -> Self {
        Self(trap as u32)
    }

    /// The code of an instruction that the runtime carries out.
    pub(crate) const fn slow(op: SlowOp) -> Self {
        Self(Self::SLOW + op as u32)
    }

    /// The meaning of this code.
    pub(crate) fn decode(self) -> Exit {
        match self {
            Self::DONE => Exit::Done,
            Self::OUT_OF_FUEL => Exit::OutOfFuel,
            Self::CALL_IMPORT => Exit::CallImport,
            Self::CALL_FUNC => Exit::CallFunc,
            Self::TAIL_CALL_IMPORT => Exit::TailCallImport,
            Self::TAIL_CALL_FUNC => Exit::TailCallFunc,
            Self(code) => {
                let slow = code.checked_sub(Self::SLOW).and_then(|index| SlowOp::ALL.get(index as usize));
                match (slow, Trap::from_code(code)) {
                    (Some(&op), _) => Exit::Slow(op),
                    (None, Some(trap)) => Exit::Trap(trap),
                    // No machine returns another code.
                    (None, None) => Exit::Trap(Trap::UnreachableCodeReached),
                }
            }
        }
    }
}
