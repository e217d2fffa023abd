//! Guests on a board: they make any calls of its functions, the serial line brings any bytes, drivers fail now and then.
//!
//! The board has a capability table with one grant of each kind. Whatever a guest does: nothing is reached that is not granted, nothing more often than its
//! limit says, the watchdog is fed, no guest sends a frame, and in the end everything is in its safe state.

mod desk;
mod line;
mod program;

use std::mem;

use ermine_boards::link::{
    frame::{Decoder, Event},
    message::Reply,
};
use ermine_boards::{Access, Buffers, Grant, Level, Mark, Pull, RamSlot, Settings, Slot, State, Supervisor};

use self::desk::Desk;
use crate::bytes::Bytes;

/// How long the board runs.
const END_US: u64 = 1_500_000;

/// How long the watchdog has patience: the least of our boards' (`mps2`).
const PATIENCE_US: u64 = 250_000;

/// Bytes of a guest's memory.
const MEMORY: u32 = 2048;

/// Bytes of a slot.
const SLOT: usize = 32 << 10;

/// Bytes that count as one call of a grant with a limit.
const BYTES_PER_CALL: u64 = 16;

/// Calls a second that [`LIMITED`] allows of serial line, SPI device, random numbers and texts.
const AT_MOST: u16 = 40;

/// What guests may use; the last five so often in a second, 0 for as fast as it goes.
const fn table(at_most: u16) -> [Grant; 16] {
    [
        Grant::output("lamp", desk::LAMP),
        Grant::output_safe("valve", desk::VALVE, Level::High),
        Grant::input("button", desk::BUTTON, Pull::Up),
        Grant::in_out("wire", desk::WIRE, Pull::None),
        Grant::delay(),
        Grant::timer("timer", 500),
        Grant::i2c("bus", 0, desk::FIRST..=desk::LAST),
        Grant::adc("light", 0),
        Grant::pwm("motor", 0),
        Grant::storage("store", 0, desk::STORAGE as u32, Access::ReadWrite),
        Grant::serial("listen", 1, Access::Read),
        Grant::serial("talk", 0, Access::ReadWrite).at_most(at_most),
        Grant::spi("screen", 0).at_most(at_most),
        Grant::random().at_most(at_most),
        Grant::log().at_most(at_most),
        Grant::stdio().at_most(at_most),
    ]
}

static FREE: [Grant; 16] = table(0);
static LIMITED: [Grant; 16] = table(AT_MOST);

/// Runs the board that an input means.
///
/// # Panics
///
/// If something happens that must not.
pub fn board(input: &[u8]) {
    let bytes = &mut Bytes::new(input);
    let limited = bytes.below(2) == 1;
    let table = if limited { &LIMITED } else { &FREE };
    let mut desk = Desk::new(bytes.byte(), END_US);
    let mut slots = [const { RamSlot::<SLOT>::new() }; 2];
    if let Some(image) = program::image(bytes, table)
        && slots[0].write(0, &image).is_ok()
    {
        slots[0].set_mark(Mark::New(1)).expect("memory holds what is written");
    }
    let requests = line::script(bytes, table, &mut desk);
    let settings = Settings { table, built_in: None, tick_us: 1000, fuel: 1000, most_ticks: 20 };
    let (mut stack, mut memory, mut arena) = ([0; 256], [0; MEMORY as usize], [0; 128]);
    let (mut scratch, mut state) = ([0; 512], State::new());
    let buffers =
        Buffers { stack: &mut stack, memory: &mut memory, arena: &mut arena, scratch: &mut scratch, state: &mut state };
    let mut supervisor = Supervisor::new(desk, &mut slots, buffers, settings);
    supervisor.run();
    check(&mem::take(supervisor.board()), requests, limited);
}

/// What must hold in the end. `requests` frames were on the line at the most.
fn check(desk: &Desk, requests: usize, limited: bool) {
    desk.is_safe();
    assert!(desk.longest_us <= PATIENCE_US, "the watchdog was not fed for {} µs", desk.longest_us);
    let (mut decoder, mut replies) = (Decoder::new(), 0);
    for &byte in &desk.output {
        if decoder.push(byte) == Event::Frame {
            assert!(Reply::decode(decoder.frame()).is_some(), "a frame is no reply: {:?}", decoder.frame());
            replies += 1;
        }
    }
    assert!(replies <= requests, "{replies} replies to {requests} requests");
    if limited {
        // A second of a limit has 1,000,448 microseconds at least, and one is under way.
        let seconds = END_US / 1_000_000 + 2;
        // Programs for WASI have another grant of random bytes.
        for (what, grants, bytes) in [("line", 1, desk.talked), ("screen", 1, desk.shown), ("random", 2, desk.random)] {
            assert!(bytes <= grants * seconds * u64::from(AT_MOST) * BYTES_PER_CALL, "{what}: {bytes} bytes");
        }
    }
}
