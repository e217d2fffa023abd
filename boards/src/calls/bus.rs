//! I²C and SPI. The guest's bytes are read and written where they lie.

use embedded_hal::{
    i2c::{I2c, Operation},
    spi::{self, SpiDevice},
};
use ermine::{Trap, bare::Halt};
use heapless::Vec;

use super::{Answer, Args, Failure, Ports, bytes, range};
use crate::{
    abi::{Function, MOST_OPERATIONS, OPERATION_WORDS},
    board::Board,
    errno::Errno,
    grant::What,
};

/// An operation of a transaction, as it is in the guest's memory.
#[derive(Debug, Clone, Copy, Default)]
struct Op {
    kind: u32,
    start: u32,
    length: u32,
    /// Of the bytes to send, for transfers between two buffers.
    other: u32,
}

/// Kinds of operations. Those of I²C are the first two.
mod kind {
    pub(super) const READ: u32 = 0;
    pub(super) const WRITE: u32 = 1;
    pub(super) const TRANSFER_IN_PLACE: u32 = 2;
    pub(super) const TRANSFER: u32 = 3;
    pub(super) const DELAY_NS: u32 = 4;
}

type Ops = Vec<Op, MOST_OPERATIONS>;

/// Bytes of an I²C transaction: 180 ms at 100 kHz.
const MOST_I2C: usize = 2048;

/// How long the delays of an SPI transaction take together at the most: the board does nothing else meanwhile.
const MOST_DELAY_NS: u32 = 1_000_000;

// Each step out of line: its list is not on the stack when the next one runs.
impl<B: Board> Ports<'_, B> {
    #[inline(never)]
    pub(super) fn i2c(&mut self, function: Function, args: Args, memory: &mut [u8]) -> Answer {
        let [handle, address, ..] = args;
        let grant = self.allowed(function, handle)?;
        let What::I2c { bus, first, last } = grant.what else { return Err(Errno::BadHandle.into()) };
        let address = u8::try_from(address).ok().filter(|address| (first..=last).contains(address));
        let address = address.ok_or(Errno::Denied)?;
        self.board.i2c(bus).ok_or(Errno::Unsupported)?;
        let mut list = Vec::new();
        let moved = plan_i2c(function, args, memory, &mut list)?;
        if moved > MOST_I2C {
            return Err(Errno::Invalid.into());
        }
        self.count(grant, handle, moved)?;
        let mut bus = self.board.i2c(bus).ok_or(Errno::Unsupported)?;
        bus.transaction(address, &mut list).map_err(|error| Errno::of_i2c(&error))?;
        Ok(0)
    }

    #[inline(never)]
    pub(super) fn spi(&mut self, function: Function, args: Args, memory: &mut [u8]) -> Answer {
        let [handle, ..] = args;
        let grant = self.allowed(function, handle)?;
        let What::Spi { device } = grant.what else { return Err(Errno::BadHandle.into()) };
        self.board.spi(device).ok_or(Errno::Unsupported)?;
        let mut list = Vec::new();
        let moved = plan_spi(function, args, memory, &mut list)?;
        self.count(grant, handle, moved)?;
        let mut device = self.board.spi(device).ok_or(Errno::Unsupported)?;
        device.transaction(&mut list).map_err(|error| Errno::of_spi(&error))?;
        Ok(0)
    }
}

/// The operations of a call, with their bytes: how many bytes move.
#[inline(never)]
fn plan_i2c<'m>(
    function: Function,
    [_, _, a, b, c, d]: Args,
    memory: &'m mut [u8],
    list: &mut Vec<Operation<'m>, MOST_OPERATIONS>,
) -> Result<usize, Failure> {
    let mut ops = Ops::new();
    match function {
        Function::I2cRead => add(&mut ops, kind::READ, a, b),
        Function::I2cWrite => add(&mut ops, kind::WRITE, a, b),
        Function::I2cWriteRead => {
            add(&mut ops, kind::WRITE, a, b);
            add(&mut ops, kind::READ, c, d);
        }
        // `carry_out` sends no other functions here.
        _ => operations(&mut ops, memory, a, b)?,
    }
    for op in &ops {
        let operation = match op.kind {
            kind::READ => Operation::Read(&mut []),
            kind::WRITE => Operation::Write(&[]),
            _ => return Err(Errno::Invalid.into()),
        };
        // There is room for as many as there are `ops`.
        let _ = list.push(operation);
    }
    carve(memory, &ops, |index, _, piece| match list.get_mut(index) {
        Some(Operation::Read(buffer)) => *buffer = piece,
        Some(Operation::Write(buffer)) => *buffer = piece,
        None => {}
    })?;
    Ok(moved(&ops))
}

/// The same for SPI.
#[inline(never)]
fn plan_spi<'m>(
    function: Function,
    [_, a, b, c, ..]: Args,
    memory: &'m mut [u8],
    list: &mut Vec<spi::Operation<'m, u8>, MOST_OPERATIONS>,
) -> Result<usize, Failure> {
    let mut ops = Ops::new();
    match function {
        Function::SpiRead => add(&mut ops, kind::READ, a, b),
        Function::SpiWrite => add(&mut ops, kind::WRITE, a, b),
        Function::SpiTransferInPlace => add(&mut ops, kind::TRANSFER_IN_PLACE, a, b),
        Function::SpiTransfer => push(&mut ops, Op { kind: kind::TRANSFER, start: a, length: c, other: b }),
        // `carry_out` sends no other functions here.
        _ => operations(&mut ops, memory, a, b)?,
    }
    let delays =
        ops.iter().filter(|op| op.kind == kind::DELAY_NS).fold(0, |sum: u32, op| sum.saturating_add(op.length));
    if delays > MOST_DELAY_NS {
        return Err(Errno::Invalid.into());
    }
    for op in &ops {
        let operation = match op.kind {
            kind::READ => spi::Operation::Read(&mut []),
            kind::WRITE => spi::Operation::Write(&[]),
            kind::TRANSFER_IN_PLACE => spi::Operation::TransferInPlace(&mut []),
            kind::TRANSFER => spi::Operation::Transfer(&mut [], &[]),
            kind::DELAY_NS => spi::Operation::DelayNs(op.length),
            _ => return Err(Errno::Invalid.into()),
        };
        let _ = list.push(operation);
    }
    carve(memory, &ops, |index, is_other, piece| match list.get_mut(index) {
        Some(spi::Operation::Transfer(_, buffer)) if is_other => *buffer = piece,
        Some(spi::Operation::Transfer(buffer, _) | spi::Operation::TransferInPlace(buffer)) => *buffer = piece,
        Some(spi::Operation::Read(buffer)) => *buffer = piece,
        Some(spi::Operation::Write(buffer)) => *buffer = piece,
        Some(spi::Operation::DelayNs(_)) | None => {}
    })?;
    Ok(moved(&ops))
}

fn add(ops: &mut Ops, kind: u32, start: u32, length: u32) {
    push(ops, Op { kind, start, length, other: 0 });
}

fn push(ops: &mut Ops, op: Op) {
    // No function has more than there is room for, and `operations` has checked their number.
    let _ = ops.push(op);
}

/// Bytes that operations move.
fn moved(ops: &[Op]) -> usize {
    ops.iter().filter(|op| op.kind != kind::DELAY_NS).fold(0, |sum: usize, op| sum.saturating_add(op.length as usize))
}

/// The operations that start there in the guest's memory.
#[inline(never)]
fn operations(ops: &mut Ops, memory: &mut [u8], start: u32, count: u32) -> Result<(), Failure> {
    if count as usize > MOST_OPERATIONS {
        return Err(Errno::Invalid.into());
    }
    // No more than 4 of 16 bytes.
    let bytes = bytes(memory, start, count * 4 * OPERATION_WORDS as u32)?;
    let (words, _) = bytes.as_chunks::<4>();
    let (records, _) = words.as_chunks::<OPERATION_WORDS>();
    for record in records {
        let [kind, start, length, other] = record.map(u32::from_le_bytes);
        push(ops, Op { kind, start, length, other });
    }
    Ok(())
}

/// Gives each operation its bytes (the second time: those to send), all of them at once: they must not overlap.
fn carve<'m>(memory: &'m mut [u8], ops: &[Op], mut give: impl FnMut(usize, bool, &'m mut [u8])) -> Result<(), Failure> {
    let all = 0..2 * MOST_OPERATIONS;
    for (start, length) in all.clone().filter_map(|which| buffer(ops, which)) {
        range(memory, start, length)?;
    }
    let (mut rest, mut at, mut given) = (memory, 0, 0_u32);
    // From the lowest on.
    while let Some((start, length, which)) = all
        .clone()
        .filter(|which| given >> which & 1 == 0)
        .filter_map(|which| buffer(ops, which).map(|(start, length)| (start, length, which)))
        .min()
    {
        given |= 1 << which;
        // What is below `at` was given away.
        let gap = start.checked_sub(at).ok_or(Errno::Invalid)?;
        let (_, from) = rest.split_at_mut_checked(gap as usize).ok_or(Errno::Invalid)?;
        let (piece, behind) = from.split_at_mut_checked(length as usize).ok_or(Errno::Invalid)?;
        give(which / 2, which % 2 != 0, piece);
        // Inside of the memory, as `range` says.
        (rest, at) = (behind, start.saturating_add(length));
    }
    Ok(())
}

/// Address and length of a buffer: even numbers are those of operations, odd ones the bytes to send behind them. Empty ones overlap with nothing.
fn buffer(ops: &[Op], which: usize) -> Option<(u32, u32)> {
    let op = ops.get(which / 2).filter(|op| op.length != 0)?;
    match (op.kind, which % 2) {
        (kind::DELAY_NS, _) => None,
        (kind::TRANSFER, 1) => Some((op.other, op.length)),
        (_, 0) => Some((op.start, op.length)),
        (_, _) => None,
    }
}

/// Memory cannot be reached that is not there.
impl From<Trap> for Failure {
    fn from(trap: Trap) -> Self {
        Self::Halt(Halt::Trap(trap))
    }
}
