//! A board whose clock goes on by what its drivers take, and that tells when something is reached that is not granted.

use std::collections::VecDeque;
use std::convert::Infallible;

use embedded_hal::digital::{self, InputPin, OutputPin};
use embedded_hal::i2c::{self, I2c};
use embedded_hal::pwm::{self, SetDutyCycle};
use embedded_hal::spi::{self, SpiDevice};
use embedded_io::{ErrorType, Read, ReadReady, Write};
use ermine_boards::{Board, Errno, Mode};

/// An output that is safe when it is low.
pub(super) const LAMP: u8 = 0;
/// An output that is safe when it is high.
pub(super) const VALVE: u8 = 1;
/// An input.
pub(super) const BUTTON: u8 = 2;
/// A pin of both directions.
pub(super) const WIRE: u8 = 3;
/// Pins.
const PINS: usize = 6;
/// The lowest address on the bus that is granted.
pub(super) const FIRST: u8 = 0x40;
/// The highest.
pub(super) const LAST: u8 = 0x47;
/// Bytes of the storage.
pub(super) const STORAGE: usize = 64;
/// The largest duty.
const MOST_DUTY: u16 = 1000;

/// A byte on a line of 115,200 baud.
const LINE_US: u64 = 87;
/// A byte on a bus of 100 kHz.
const I2C_US: u64 = 90;
/// A byte of SPI at 1 MHz.
const SPI_US: u64 = 8;
/// A random byte of a slow source.
const RANDOM_US: u64 = 500;

/// The board.
#[derive(Debug, Default)]
pub(super) struct Desk {
    now_us: u64,
    end_us: u64,
    fed_us: u64,
    /// The longest time between two meals of the watchdog.
    pub(super) longest_us: u64,
    /// What arrives on the line of messages, and when.
    pub(super) input: VecDeque<(u64, u8)>,
    /// When the line can bring its next byte.
    next_us: u64,
    /// What was written to it.
    pub(super) output: Vec<u8>,
    levels: [bool; PINS],
    drives: [bool; PINS],
    duty: u16,
    storage: Vec<u8>,
    /// Bytes that went over the line that is granted.
    pub(super) talked: u64,
    /// Bytes that went over SPI.
    pub(super) shown: u64,
    /// Random bytes.
    pub(super) random: u64,
    /// Which calls of drivers fail: one in so many, none for 0.
    faults: u32,
    calls: u32,
}

/// What a driver tells that fails.
#[derive(Debug)]
pub(super) struct Fault;

pub(super) struct Pin<'a>(&'a mut Desk, u8);
pub(super) struct Bus<'a>(&'a mut Desk);
pub(super) struct Screen<'a>(&'a mut Desk);
pub(super) struct Motor<'a>(&'a mut Desk);
pub(super) struct Line<'a>(&'a mut Desk, u8);

impl Desk {
    pub(super) fn new(faults: u8, end_us: u64) -> Self {
        let mut levels = [false; PINS];
        levels[usize::from(LAMP)] = true;
        Self { faults: faults.into(), end_us, levels, duty: 1, storage: vec![0; STORAGE], ..Self::default() }
    }

    /// Lets bytes arrive.
    pub(super) fn receive(&mut self, at_us: u64, bytes: &[u8]) {
        self.input.extend(bytes.iter().map(|&byte| (at_us, byte)));
    }

    /// Nothing is driven that must not be.
    pub(super) fn is_safe(&self) {
        let [lamp, valve, wire] = [LAMP, VALVE, WIRE].map(usize::from);
        assert!(!self.levels[lamp] && self.levels[valve] && !self.drives[wire] && self.duty == 0, "not safe: {self:?}");
    }

    fn pass(&mut self, each_us: u64, bytes: usize) {
        self.now_us += each_us * bytes as u64;
    }

    fn works(&mut self) -> Result<(), Fault> {
        self.calls += 1;
        if self.faults != 0 && self.calls.is_multiple_of(self.faults) { Err(Fault) } else { Ok(()) }
    }

    fn drive(&mut self, pin: u8, high: bool) {
        assert!([LAMP, VALVE, WIRE].contains(&pin), "pin {pin} is driven");
        self.levels[usize::from(pin)] = high;
    }
}

impl Board for Desk {
    const NAME: &'static str = "fuzzed desk";

    type Pin<'a> = Pin<'a>;
    type I2c<'a> = Bus<'a>;
    type Spi<'a> = Screen<'a>;
    type Pwm<'a> = Motor<'a>;
    type Serial<'a> = Line<'a>;

    fn now_us(&mut self) -> u64 {
        self.now_us += 1;
        self.now_us
    }

    fn idle(&mut self, until_us: u64) {
        self.now_us = self.now_us.max(until_us.min(self.end_us));
        // Somebody presses the button.
        self.levels[usize::from(BUTTON)] = self.now_us & 0x4000 != 0;
    }

    fn feed_watchdog(&mut self) {
        self.longest_us = self.longest_us.max(self.now_us - self.fed_us);
        self.fed_us = self.now_us;
    }

    fn console_read(&mut self) -> Option<u8> {
        let now = self.now_us();
        if now < self.next_us {
            return None;
        }
        let (_, byte) = self.input.pop_front_if(|(at, _)| *at <= now)?;
        self.next_us = self.next_us.max(now.saturating_sub(16 * LINE_US)) + LINE_US;
        Some(byte)
    }

    fn console_write(&mut self, bytes: &[u8]) {
        self.pass(LINE_US, bytes.len());
        self.output.extend(bytes);
    }

    fn has_ended(&mut self) -> bool {
        self.now_us >= self.end_us
    }

    fn pin(&mut self, pin: u8) -> Option<Pin<'_>> {
        assert!(pin <= WIRE, "pin {pin}");
        Some(Pin(self, pin))
    }

    fn set_mode(&mut self, pin: u8, mode: Mode) -> Result<(), Errno> {
        let drives = mode == Mode::Output;
        assert!(pin == WIRE || drives == [LAMP, VALVE].contains(&pin), "pin {pin}: {mode:?}");
        self.drives[usize::from(pin)] = drives;
        Ok(())
    }

    fn i2c(&mut self, bus: u8) -> Option<Bus<'_>> {
        assert_eq!(bus, 0, "bus");
        Some(Bus(self))
    }

    fn spi(&mut self, device: u8) -> Option<Screen<'_>> {
        assert_eq!(device, 0, "device");
        Some(Screen(self))
    }

    fn pwm(&mut self, channel: u8) -> Option<Motor<'_>> {
        assert_eq!(channel, 0, "channel");
        Some(Motor(self))
    }

    fn serial(&mut self, port: u8) -> Option<Line<'_>> {
        Some(Line(self, port))
    }

    fn adc(&mut self, channel: u8) -> Result<u16, Errno> {
        assert_eq!(channel, 0, "channel");
        self.works().map_err(|_| Errno::Other)?;
        Ok(self.now_us as u16)
    }

    fn storage_read(&mut self, region: u8, offset: u32, bytes: &mut [u8]) -> Result<(), Errno> {
        assert_eq!(region, 0, "region");
        self.works().map_err(|_| Errno::Other)?;
        bytes.copy_from_slice(&self.storage[offset as usize..][..bytes.len()]);
        Ok(())
    }

    fn storage_write(&mut self, region: u8, offset: u32, bytes: &[u8]) -> Result<(), Errno> {
        assert_eq!(region, 0, "region");
        self.works().map_err(|_| Errno::Other)?;
        self.storage[offset as usize..][..bytes.len()].copy_from_slice(bytes);
        Ok(())
    }

    fn random(&mut self, bytes: &mut [u8]) -> Result<(), Errno> {
        self.works().map_err(|_| Errno::Unsupported)?;
        self.pass(RANDOM_US, bytes.len());
        self.random += bytes.len() as u64;
        bytes.fill(self.now_us as u8);
        Ok(())
    }
}

impl From<Fault> for i2c::ErrorKind {
    fn from(_: Fault) -> Self {
        Self::Overrun
    }
}

impl From<Fault> for spi::ErrorKind {
    fn from(_: Fault) -> Self {
        Self::ModeFault
    }
}

impl From<Fault> for embedded_io::ErrorKind {
    fn from(_: Fault) -> Self {
        Self::Other
    }
}

impl digital::ErrorType for Pin<'_> {
    type Error = Infallible;
}

impl InputPin for Pin<'_> {
    fn is_high(&mut self) -> Result<bool, Infallible> {
        Ok(self.0.levels[usize::from(self.1)])
    }

    fn is_low(&mut self) -> Result<bool, Infallible> {
        self.is_high().map(|high| !high)
    }
}

impl OutputPin for Pin<'_> {
    fn set_low(&mut self) -> Result<(), Infallible> {
        self.0.drive(self.1, false);
        Ok(())
    }

    fn set_high(&mut self) -> Result<(), Infallible> {
        self.0.drive(self.1, true);
        Ok(())
    }
}

impl i2c::ErrorType for Bus<'_> {
    type Error = i2c::ErrorKind;
}

impl I2c for Bus<'_> {
    fn transaction(&mut self, address: u8, operations: &mut [i2c::Operation<'_>]) -> Result<(), i2c::ErrorKind> {
        assert!((FIRST..=LAST).contains(&address), "device {address:#x}");
        self.0.works()?;
        for operation in operations {
            let bytes = match operation {
                i2c::Operation::Read(bytes) => {
                    bytes.fill(address);
                    bytes.len()
                }
                i2c::Operation::Write(bytes) => bytes.len(),
            };
            self.0.pass(I2C_US, bytes + 1);
        }
        Ok(())
    }
}

impl spi::ErrorType for Screen<'_> {
    type Error = spi::ErrorKind;
}

impl SpiDevice for Screen<'_> {
    fn transaction(&mut self, operations: &mut [spi::Operation<'_, u8>]) -> Result<(), spi::ErrorKind> {
        self.0.works()?;
        for operation in operations {
            let bytes = match operation {
                spi::Operation::Read(bytes) | spi::Operation::TransferInPlace(bytes) => {
                    bytes.reverse();
                    bytes.len()
                }
                spi::Operation::Write(bytes) => bytes.len(),
                spi::Operation::Transfer(to, from) => {
                    assert_eq!(to.len(), from.len(), "a transfer");
                    to.copy_from_slice(from);
                    to.len()
                }
                spi::Operation::DelayNs(ns) => {
                    self.0.now_us += u64::from(*ns / 1000);
                    0
                }
            };
            self.0.pass(SPI_US, bytes);
            self.0.shown += bytes as u64;
        }
        Ok(())
    }
}

impl pwm::ErrorType for Motor<'_> {
    type Error = Infallible;
}

impl SetDutyCycle for Motor<'_> {
    fn max_duty_cycle(&self) -> u16 {
        MOST_DUTY
    }

    fn set_duty_cycle(&mut self, duty: u16) -> Result<(), Infallible> {
        assert!(duty <= MOST_DUTY, "duty {duty}");
        self.0.duty = duty;
        Ok(())
    }
}

impl ErrorType for Line<'_> {
    type Error = embedded_io::ErrorKind;
}

impl ReadReady for Line<'_> {
    fn read_ready(&mut self) -> Result<bool, embedded_io::ErrorKind> {
        self.0.works()?;
        Ok(self.0.now_us & 8 != 0)
    }
}

impl Read for Line<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, embedded_io::ErrorKind> {
        self.0.works()?;
        let read = buffer.len().min(3);
        buffer[..read].fill(7);
        self.0.talked += if self.1 == 0 { read as u64 } else { 0 };
        Ok(read)
    }
}

impl Write for Line<'_> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, embedded_io::ErrorKind> {
        assert_eq!(self.1, 0, "a line that may only be read");
        self.0.works()?;
        let written = bytes.len().min(16);
        self.0.pass(LINE_US, written);
        self.0.talked += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> Result<(), embedded_io::ErrorKind> {
        Ok(())
    }
}
