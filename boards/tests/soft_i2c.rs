//! The I²C controller of two pins, with a device at the other end of simulated wires: what it makes of the levels, bit by bit.

#![allow(missing_docs, reason = "a test")]

use std::cell::RefCell;
use std::convert::Infallible;
use std::rc::Rc;

use embedded_hal::delay::DelayNs;
use embedded_hal::digital::{ErrorType, InputPin, OutputPin};
use embedded_hal::i2c::{ErrorKind, I2c, NoAcknowledgeSource, Operation};
use ermine_boards::SoftI2c;

/// Who answers.
const ADDRESS: u8 = 0x48;

/// What the device does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Device {
    #[default]
    Away,
    /// Bits of a byte come in.
    Hears(u8, u8),
    /// It holds data low for an acknowledgement; then it hears, or sends.
    Acknowledges(bool),
    /// It sends a byte, so many bits are left; then the controller acknowledges.
    Sends(u8, u8),
    Waits,
}

/// Two wires, with what is on them.
#[derive(Debug, Default)]
struct Wires {
    /// Clock and data, as the controller drives them.
    driven: [bool; 2],
    device: Device,
    addressed: bool,
    /// What it sends, byte by byte.
    answers: Vec<u8>,
    /// What happened: S and P, bytes, `+` and `-` for acknowledgements.
    seen: String,
    /// Bytes that it acknowledges.
    patience: usize,
    /// Half periods that it holds the clock after each byte, and that are left of them.
    stretch: u32,
    held: u32,
    /// Something holds data low, for so many clocks.
    stuck: u32,
    /// Another controller drives data low.
    rival: bool,
}

impl Wires {
    fn clock(&self) -> bool {
        self.driven[0] && self.held == 0
    }

    fn data(&self) -> bool {
        let device = match self.device {
            Device::Acknowledges(_) => false,
            Device::Sends(byte, left) => byte >> (left - 1) & 1 != 0,
            Device::Away | Device::Hears(..) | Device::Waits => true,
        };
        let rival = self.rival && matches!(self.device, Device::Hears(..));
        self.driven[1] && device && self.stuck == 0 && !rival
    }

    fn drive(&mut self, wire: usize, high: bool) {
        let before = (self.driven[0], self.data());
        self.driven[wire] = high;
        match (before, (self.driven[0], self.data())) {
            ((true, true), (true, false)) => {
                self.seen.push('S');
                (self.device, self.addressed) = (Device::Hears(0, 9), false);
            }
            ((true, false), (true, true)) => {
                self.seen.push('P');
                self.device = Device::Away;
            }
            ((true, _), (false, _)) => self.falls(before.1),
            _ => {}
        }
    }

    /// A bit is over.
    fn falls(&mut self, level: bool) {
        self.stuck = self.stuck.saturating_sub(1);
        self.device = match self.device {
            // The fall behind a start ends no bit.
            Device::Hears(_, 9) => Device::Hears(0, 8),
            Device::Hears(byte, left) => {
                let (byte, left) = (byte << 1 | u8::from(level), left - 1);
                if left > 0 { Device::Hears(byte, left) } else { self.hear(byte) }
            }
            Device::Acknowledges(sends) => {
                self.held = self.stretch;
                if sends { self.send() } else { Device::Hears(0, 8) }
            }
            Device::Sends(byte, 1) => {
                self.seen += &format!("{byte:02x}");
                Device::Waits
            }
            Device::Sends(byte, left) => Device::Sends(byte, left - 1),
            Device::Waits => {
                self.seen.push(if level { '-' } else { '+' });
                if level { Device::Away } else { self.send() }
            }
            other => other,
        };
    }

    /// A byte has come.
    fn hear(&mut self, byte: u8) -> Device {
        self.seen += &format!("{byte:02x}");
        let is_address = !self.addressed;
        self.addressed = true;
        if (is_address && byte >> 1 != ADDRESS) || self.patience == 0 {
            self.seen.push('-');
            return Device::Away;
        }
        self.patience -= 1;
        self.seen.push('+');
        Device::Acknowledges(is_address && byte & 1 != 0)
    }

    fn send(&mut self) -> Device {
        Device::Sends(self.answers.remove(0), 8)
    }
}

struct Wire(Rc<RefCell<Wires>>, usize);

impl ErrorType for Wire {
    type Error = Infallible;
}

impl OutputPin for Wire {
    fn set_low(&mut self) -> Result<(), Infallible> {
        self.0.borrow_mut().drive(self.1, false);
        Ok(())
    }

    fn set_high(&mut self) -> Result<(), Infallible> {
        self.0.borrow_mut().drive(self.1, true);
        Ok(())
    }
}

impl InputPin for Wire {
    fn is_high(&mut self) -> Result<bool, Infallible> {
        let wires = self.0.borrow();
        Ok(if self.1 == 0 { wires.clock() } else { wires.data() })
    }

    fn is_low(&mut self) -> Result<bool, Infallible> {
        self.is_high().map(|high| !high)
    }
}

/// Time passes: what holds the clock lets go of it.
struct Wait(Rc<RefCell<Wires>>);

impl DelayNs for Wait {
    fn delay_ns(&mut self, _: u32) {
        let mut wires = self.0.borrow_mut();
        wires.held = wires.held.saturating_sub(1);
    }
}

/// What comes of a transaction, and what was seen on the wires.
fn run(wires: Wires, operations: &mut [Operation<'_>]) -> (Result<(), ErrorKind>, String) {
    run_at(ADDRESS, wires, operations)
}

fn run_at(address: u8, wires: Wires, operations: &mut [Operation<'_>]) -> (Result<(), ErrorKind>, String) {
    let wires = Rc::new(RefCell::new(Wires { driven: [true; 2], ..wires }));
    let wire = |number| Wire(Rc::clone(&wires), number);
    let mut bus = SoftI2c::new(wire(0), wire(1), Wait(Rc::clone(&wires)));
    let result = bus.transaction(address, operations);
    let seen = wires.borrow().seen.clone();
    (result, seen)
}

fn patient() -> Wires {
    Wires { patience: usize::MAX, answers: vec![0x19, 0x80, 0xff, 0], ..Wires::default() }
}

#[test]
fn a_register_is_written_and_read_with_a_repeated_start_between() {
    let mut bytes = [0; 2];
    let (result, seen) = run(patient(), &mut [Operation::Write(&[0x05]), Operation::Read(&mut bytes)]);
    assert_eq!((result, seen.as_str()), (Ok(()), "S90+05+S91+19+80-P"));
    assert_eq!(bytes, [0x19, 0x80]);
}

#[test]
fn operations_of_one_direction_are_one_transfer() {
    let (mut first, mut second) = ([0; 1], [0; 2]);
    let (result, seen) = run(patient(), &mut [Operation::Read(&mut first), Operation::Read(&mut second)]);
    assert_eq!((result, seen.as_str()), (Ok(()), "S91+19+80+ff-P"));
    let (result, seen) = run(patient(), &mut [Operation::Write(&[1, 2]), Operation::Write(&[3])]);
    assert_eq!((result, seen.as_str()), (Ok(()), "S90+01+02+03+P"));
}

#[test]
fn a_device_that_is_not_there_does_not_acknowledge() {
    let (result, seen) = run_at(0x20, patient(), &mut [Operation::Write(&[1])]);
    assert_eq!(result, Err(ErrorKind::NoAcknowledge(NoAcknowledgeSource::Address)));
    assert_eq!(seen, "S40-P");
}

#[test]
fn a_device_that_takes_no_more_does_not_acknowledge_data() {
    let (result, seen) = run(Wires { patience: 2, ..patient() }, &mut [Operation::Write(&[1, 2, 3])]);
    assert_eq!(result, Err(ErrorKind::NoAcknowledge(NoAcknowledgeSource::Data)));
    assert_eq!(seen, "S90+01+02-P");
}

#[test]
fn a_device_may_hold_the_clock_but_not_for_ever() {
    let mut bytes = [0; 2];
    let (result, _) = run(Wires { stretch: 4_000, ..patient() }, &mut [Operation::Read(&mut bytes)]);
    assert_eq!((result, bytes), (Ok(()), [0x19, 0x80]));
    let (result, _) = run(Wires { stretch: u32::MAX, ..patient() }, &mut [Operation::Read(&mut bytes)]);
    assert_eq!(result, Err(ErrorKind::Bus));
}

#[test]
fn a_device_that_was_interrupted_is_clocked_until_it_lets_go() {
    let (result, seen) = run(Wires { stuck: 6, ..patient() }, &mut [Operation::Write(&[1])]);
    assert_eq!(result, Ok(()));
    assert!(seen.ends_with("S90+01+P"), "{seen}");
    let (result, _) = run(Wires { stuck: u32::MAX, ..patient() }, &mut [Operation::Write(&[1])]);
    assert_eq!(result, Err(ErrorKind::Bus));
}

#[test]
fn lines_that_are_always_low_are_a_fault_of_the_bus() {
    let (result, _) = run(Wires { held: u32::MAX, stuck: u32::MAX, ..patient() }, &mut [Operation::Write(&[1])]);
    assert_eq!(result, Err(ErrorKind::Bus));
}

#[test]
fn another_controller_keeps_the_bus() {
    let (result, seen) = run(Wires { rival: true, ..patient() }, &mut [Operation::Write(&[1])]);
    assert_eq!(result, Err(ErrorKind::ArbitrationLoss));
    assert!(!seen.contains('+'), "{seen}");
}
