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

impl<B: Board> Ports<'_, B> {
    pub(super) fn i2c(&mut self, function: Function, args: Args, memory: &mut [u8]) -> Answer {
        let [handle, address, a, b, c, d] = args;
        let ops = match function {
            Function::I2cRead => list(&[Op { kind: kind::READ, start: a, length: b, other: 0 }]),
            Function::I2cWrite => list(&[Op { kind: kind::WRITE, start: a, length: b, other: 0 }]),
            Function::I2cWriteRead => list(&[
                Op { kind: kind::WRITE, start: a, length: b, other: 0 },
                Op { kind: kind::READ, start: c, length: d, other: 0 },
            ]),
            // `carry_out` sends no other functions here.
            _ => operations(memory, a, b)?,
        };
        let grant = self.granted(function, handle, moved(&ops))?;
        let What::I2c { bus, first, last } = grant.what else { return Err(Errno::BadHandle.into()) };
        let address = u8::try_from(address).ok().filter(|address| (first..=last).contains(address));
        let address = address.ok_or(Errno::Denied)?;
        let mut bus = self.board.i2c(bus).ok_or(Errno::Unsupported)?;
        let mut list = Vec::<Operation<'_>, MOST_OPERATIONS>::new();
        for (op, buffer) in ops.iter().zip(buffers(memory, &ops)?) {
            let operation = match op.kind {
                kind::READ => Operation::Read(buffer),
                kind::WRITE => Operation::Write(buffer),
                _ => return Err(Errno::Invalid.into()),
            };
            // There is room for as many as there are `ops`.
            let _ = list.push(operation);
        }
        bus.transaction(address, &mut list).map_err(|error| Errno::of_i2c(&error))?;
        Ok(0)
    }

    pub(super) fn spi(&mut self, function: Function, args: Args, memory: &mut [u8]) -> Answer {
        let [handle, a, b, c, ..] = args;
        let one = |kind| list(&[Op { kind, start: a, length: b, other: 0 }]);
        let ops = match function {
            Function::SpiRead => one(kind::READ),
            Function::SpiWrite => one(kind::WRITE),
            Function::SpiTransferInPlace => one(kind::TRANSFER_IN_PLACE),
            Function::SpiTransfer => list(&[Op { kind: kind::TRANSFER, start: a, length: c, other: b }]),
            // `carry_out` sends no other functions here.
            _ => operations(memory, a, b)?,
        };
        let grant = self.granted(function, handle, moved(&ops))?;
        let What::Spi { device } = grant.what else { return Err(Errno::BadHandle.into()) };
        let mut device = self.board.spi(device).ok_or(Errno::Unsupported)?;
        let mut list = Vec::<spi::Operation<'_, u8>, MOST_OPERATIONS>::new();
        let [a, b, c, d, other_a, other_b, other_c, other_d] = spi_buffers(memory, &ops)?;
        let pairs = [(a, other_a), (b, other_b), (c, other_c), (d, other_d)];
        for (op, (buffer, other)) in ops.iter().zip(pairs) {
            let operation = match op.kind {
                kind::READ => spi::Operation::Read(buffer),
                kind::WRITE => spi::Operation::Write(buffer),
                kind::TRANSFER_IN_PLACE => spi::Operation::TransferInPlace(buffer),
                kind::TRANSFER => spi::Operation::Transfer(buffer, other),
                kind::DELAY_NS => spi::Operation::DelayNs(op.length),
                _ => return Err(Errno::Invalid.into()),
            };
            let _ = list.push(operation);
        }
        device.transaction(&mut list).map_err(|error| Errno::of_spi(&error))?;
        Ok(0)
    }
}

fn list(ops: &[Op]) -> Ops {
    Ops::from_slice(ops).unwrap_or_default()
}

/// Bytes that operations move.
fn moved(ops: &[Op]) -> usize {
    ops.iter().filter(|op| op.kind != kind::DELAY_NS).fold(0, |sum: usize, op| sum.saturating_add(op.length as usize))
}

/// The operations that start there in the guest's memory.
fn operations(memory: &mut [u8], start: u32, count: u32) -> Result<Ops, Failure> {
    if count as usize > MOST_OPERATIONS {
        return Err(Errno::Invalid.into());
    }
    // No more than 4 of 16 bytes.
    let bytes = bytes(memory, start, count * 4 * OPERATION_WORDS as u32)?;
    let (words, _) = bytes.as_chunks::<4>();
    let (records, _) = words.as_chunks::<OPERATION_WORDS>();
    let records = records.iter().map(|record| {
        let [kind, start, length, other] = record.map(u32::from_le_bytes);
        Op { kind, start, length, other }
    });
    Ok(records.collect())
}

/// The bytes of each operation: all at once, since they must not overlap.
fn buffers<'m>(memory: &'m mut [u8], ops: &[Op]) -> Result<[&'m mut [u8]; MOST_OPERATIONS], Failure> {
    let mut ranges = [const { 0..0 }; MOST_OPERATIONS];
    for (place, op) in ranges.iter_mut().zip(ops) {
        *place = range(memory, op.start, op.length)?;
    }
    memory.get_disjoint_mut(ranges).map_err(|_| Errno::Invalid.into())
}

/// The same with the bytes to send behind them, for operations that have two buffers.
fn spi_buffers<'m>(memory: &'m mut [u8], ops: &[Op]) -> Result<[&'m mut [u8]; 2 * MOST_OPERATIONS], Failure> {
    let mut ranges = [const { 0..0 }; 2 * MOST_OPERATIONS];
    let (own, others) = ranges.split_at_mut(MOST_OPERATIONS);
    for ((place, other), op) in own.iter_mut().zip(others).zip(ops) {
        if op.kind != kind::DELAY_NS {
            *place = range(memory, op.start, op.length)?;
        }
        if op.kind == kind::TRANSFER {
            *other = range(memory, op.other, op.length)?;
        }
    }
    let buffers = memory.get_disjoint_mut(ranges);
    buffers.map_err(|_| Failure::Errno(Errno::Invalid))
}

/// Memory cannot be reached that is not there.
impl From<Trap> for Failure {
    fn from(trap: Trap) -> Self {
        Self::Halt(Halt::Trap(trap))
    }
}
