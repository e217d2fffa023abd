//! The guest's imports, carried out: every call passes `granted` first.

mod bus;
mod moved;
mod pins;
mod time;
#[cfg(feature = "wasi")]
mod wasi;
#[cfg(not(feature = "wasi"))]
#[path = "wasi_none.rs"]
mod wasi;

use core::ops::Range;

use ermine::{
    Trap,
    bare::{Call, Halt, Host},
    image::{Import, ItemKind, Signature},
};

use crate::{
    abi::{Function, GRANT_MODULE, Row},
    board::Board,
    errno::Errno,
    grant::Grant,
    refusal::Refusal,
    state::{State, Use},
};

/// From this number on, a host function is a grant: its handle.
const GRANTS_FROM: u32 = 0x100;

/// A second, in units of 1024 microseconds.
const SECOND: u32 = 1_000_000 / 1024;

/// Bytes that count as one call for rate limits.
const BYTES_PER_CALL: usize = 16;

/// A guest's host: a board behind a capability table.
#[derive(Debug)]
pub struct Ports<'b, B> {
    /// The board.
    pub board: &'b mut B,
    /// What is granted.
    pub table: &'static [Grant],
    /// What is known of the guest.
    pub state: &'b mut State,
}

/// Why a call does not return what it should.
enum Failure {
    /// The guest sees this.
    Errno(Errno),
    /// The guest does not go on, now or ever.
    Halt(Halt),
}

impl From<Errno> for Failure {
    fn from(errno: Errno) -> Self {
        Self::Errno(errno)
    }
}

impl From<Halt> for Failure {
    fn from(halt: Halt) -> Self {
        Self::Halt(halt)
    }
}

/// A result of a call, in the slots of the guest.
type Answer = Result<u32, Failure>;

/// Arguments of a call, as slots: an i64 takes two.
type Args = [u32; 6];

/// What an import means, as a number for [`Host::call`].
///
/// # Errors
///
/// Why it is refused: nothing offers it, its type is wrong, or the table does not grant it.
pub fn look_up(table: &[Grant], import: &Import<'_>, signature: &Signature<'_>) -> Result<u32, Refusal> {
    if import.kind != ItemKind::Func {
        return Err(Refusal::Unknown);
    }
    if import.module == GRANT_MODULE {
        let handle = table.iter().take(crate::MOST_GRANTS).position(|grant| grant.name == import.name);
        let handle = handle.ok_or(Refusal::NoGrant)?;
        return if signature.is::<(), u32>() { Ok(GRANTS_FROM + handle as u32) } else { Err(Refusal::Signature) };
    }
    if let Some(answer) = wasi::look_up(table, import, signature) {
        return answer;
    }
    let row = Row::find(import.module, import.name).ok_or(Refusal::Unknown)?;
    if !row.fits(signature) {
        return Err(Refusal::Signature);
    }
    let granted = table.iter().any(|grant| grant.what.allows(row.function).is_ok());
    if granted { Ok(row.function as u32) } else { Err(Refusal::Denied(row.function)) }
}

/// Lent, so that the board comes back when an instance cannot be made.
impl<B: Board> Host for &mut Ports<'_, B> {
    fn resolve(&mut self, import: &Import<'_>, signature: &Signature<'_>) -> Option<u32> {
        look_up(self.table, import, signature).ok()
    }

    /// Out of line, as what it calls: the frame of the engine's loop is on the stack whatever a guest does.
    #[inline(never)]
    fn call(&mut self, number: u32, call: &mut Call<'_>) -> Result<(), Halt> {
        if number < GRANTS_FROM
            && let Some(result) = wasi::call(self, number, call)
        {
            return result;
        }
        let mut args = Args::default();
        args.iter_mut().zip(call.slots()).for_each(|(arg, slot)| *arg = *slot);
        let answer = match number.checked_sub(GRANTS_FROM) {
            Some(handle) => Ok(handle),
            None => {
                // `look_up` gives no other numbers.
                let function = Function::from_number(number).ok_or(Halt::Trap(Trap::BadReference))?;
                self.wait_for_tick()?;
                if function == Function::TimeNow {
                    let now = self.board.now_us();
                    return call.ret(now);
                }
                self.carry_out(function, args, call.memory())
            }
        };
        let result = match answer {
            Ok(result) => result,
            Err(Failure::Errno(errno)) => errno.to_guest(),
            Err(Failure::Halt(halt)) => return Err(halt),
        };
        // The only function without a result has two slots of arguments, which nothing reads afterwards.
        if let Some(slot) = call.slots().first_mut() {
            *slot = result;
        }
        Ok(())
    }
}

impl<B: Board> Ports<'_, B> {
    fn carry_out(&mut self, function: Function, args: Args, memory: &mut [u8]) -> Answer {
        use Function as F;
        match function {
            F::GpioRead | F::GpioWrite | F::GpioToggle | F::GpioSetDirection | F::GpioWatch => {
                self.gpio(function, args)
            }
            F::DelayNs => self.delay(args),
            // Its result is of another type, see `call`.
            F::TimeNow => Ok(0),
            F::TimeStart => self.start_timer(args),
            F::TimeStop => self.stop_timer(args),
            F::SerialRead | F::SerialWrite | F::SerialWatch => self.serial(function, args, memory),
            F::I2cRead | F::I2cWrite | F::I2cWriteRead | F::I2cTransaction => self.i2c(function, args, memory),
            F::SpiRead | F::SpiWrite | F::SpiTransfer | F::SpiTransferInPlace | F::SpiTransaction => {
                self.spi(function, args, memory)
            }
            F::AdcRead | F::PwmMaxDuty | F::PwmSetDuty => self.analog(function, args),
            F::LogWrite => self.log(args, memory),
            F::StorageSize | F::StorageRead | F::StorageWrite => self.storage(function, args, memory),
            F::RandomFill => self.random(args, memory),
        }
    }

    /// A call that comes when the tick is over waits for the next: calls take time that fuel does not measure.
    fn wait_for_tick(&mut self) -> Result<(), Halt> {
        match self.state.tick_end_us {
            Some(end) if self.state.wake_us.is_none() && self.board.now_us() >= end => Err(Halt::Suspend),
            _ => Ok(()),
        }
    }

    /// The grant with this handle, if it allows the function and its rate limit does, too. `bytes` are those that the call moves.
    fn granted(&mut self, function: Function, handle: u32, bytes: usize) -> Result<&'static Grant, Errno> {
        let grant = self.allowed(function, handle)?;
        self.count(grant, handle, bytes)?;
        Ok(grant)
    }

    /// The grant with this handle, if it allows the function.
    fn allowed(&self, function: Function, handle: u32) -> Result<&'static Grant, Errno> {
        let table: &'static [Grant] = self.table;
        let grant = table.get(handle as usize).ok_or(Errno::BadHandle)?;
        grant.what.allows(function)?;
        Ok(grant)
    }

    /// The first grant that allows a function which takes no handle.
    fn granted_unnamed(&mut self, function: Function, bytes: usize) -> Result<(), Errno> {
        let handle = self.table.iter().position(|grant| grant.what.allows(function).is_ok());
        self.granted(function, handle.map_or(u32::MAX, |handle| handle as u32), bytes).map(|_| ())
    }

    /// Counts a call, unless there were too many in this second.
    fn count(&mut self, grant: &Grant, handle: u32, bytes: usize) -> Result<(), Errno> {
        if grant.limit.per_second == 0 {
            return Ok(());
        }
        let used = self.uses_of_this_second(handle)?;
        let cost = u16::try_from(bytes.div_ceil(BYTES_PER_CALL).max(1)).unwrap_or(u16::MAX);
        let calls = used.calls.saturating_add(cost);
        if calls > grant.limit.per_second {
            return Err(Errno::RateLimited);
        }
        used.calls = calls;
        Ok(())
    }

    /// How a grant was used; its count begins anew every second.
    fn uses_of_this_second(&mut self, handle: u32) -> Result<&mut Use, Errno> {
        // They wrap after 50 days, as differences do not. A division would take 160 bytes of stack on a Cortex-M0.
        let now = (self.board.now_us() / 1024) as u32;
        let used = self.state.uses.get_mut(handle as usize).ok_or(Errno::BadHandle)?;
        if now.wrapping_sub(used.since) > SECOND {
            (used.since, used.calls) = (now, 0);
        }
        Ok(used)
    }
}

/// A range of the guest's memory.
fn range(memory: &[u8], start: u32, length: u32) -> Result<Range<usize>, Halt> {
    let outside = Halt::Trap(Trap::MemoryOutOfBounds);
    let end = (start as usize).checked_add(length as usize).ok_or(outside)?;
    if end > memory.len() {
        return Err(outside);
    }
    // Empty ranges overlap with nothing.
    Ok(if length == 0 { 0..0 } else { start as usize..end })
}

/// Bytes of the guest's memory.
fn bytes(memory: &mut [u8], start: u32, length: u32) -> Result<&mut [u8], Halt> {
    let range = range(memory, start, length)?;
    memory.get_mut(range).ok_or(Halt::Trap(Trap::MemoryOutOfBounds))
}
