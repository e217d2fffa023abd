//! A board in memory: its clock goes on when it is looked at or waited for, and everything that happens is written down.

#![allow(dead_code, unreachable_pub, missing_docs, reason = "each test uses a part of it")]

use std::collections::VecDeque;
use std::convert::Infallible;

use embedded_hal::digital::{ErrorType, InputPin, OutputPin};
use embedded_hal::i2c::{self, ErrorKind, I2c, NoAcknowledgeSource, Operation};
use ermine::{Config, Engine, Profile};
use ermine_boards::link::{
    frame::{Decoder, Event},
    message::{Reply, Request},
};
use ermine_boards::{Absent, Board, Buffers, Errno, Grant, Mode, RamSlot, Settings, State, Supervisor};

/// Pins of the board.
pub const PINS: usize = 4;
/// Who answers on the bus.
pub const SENSOR: u8 = 0x48;

/// The board.
#[derive(Debug, Default)]
pub struct Desk {
    pub now_us: u64,
    pub end_us: u64,
    pub pins: [bool; PINS],
    /// Levels that something outside gives to pins, and when.
    pub edges: VecDeque<(u64, usize, bool)>,
    /// When which pin was driven, and how.
    pub writes: Vec<(u64, usize, bool)>,
    /// What arrives on the serial line, and when.
    pub input: VecDeque<(u64, u8)>,
    pub output: Vec<u8>,
    /// What a byte of it takes.
    pub line_us: u64,
    pub fed: u64,
    pub last_fed_us: u64,
    pub longest_without_food_us: u64,
    pub storage: [u8; 16],
    /// The register of the sensor that is read next.
    pub pointer: u8,
    /// Its register 0.
    pub temperature: [u8; 2],
}

/// A pin of it.
pub struct Pin<'a> {
    desk: &'a mut Desk,
    pin: usize,
}

/// Its bus.
pub struct Bus<'a>(&'a mut Desk);

impl ErrorType for Pin<'_> {
    type Error = Infallible;
}

impl OutputPin for Pin<'_> {
    fn set_low(&mut self) -> Result<(), Infallible> {
        self.desk.drive(self.pin, false);
        Ok(())
    }

    fn set_high(&mut self) -> Result<(), Infallible> {
        self.desk.drive(self.pin, true);
        Ok(())
    }
}

impl InputPin for Pin<'_> {
    fn is_high(&mut self) -> Result<bool, Infallible> {
        Ok(self.desk.pins[self.pin])
    }

    fn is_low(&mut self) -> Result<bool, Infallible> {
        Ok(!self.desk.pins[self.pin])
    }
}

impl i2c::ErrorType for Bus<'_> {
    type Error = ErrorKind;
}

impl I2c for Bus<'_> {
    fn transaction(&mut self, address: u8, operations: &mut [Operation<'_>]) -> Result<(), ErrorKind> {
        if address != SENSOR {
            return Err(ErrorKind::NoAcknowledge(NoAcknowledgeSource::Address));
        }
        for operation in operations {
            match operation {
                Operation::Write(bytes) => self.0.pointer = bytes[0],
                Operation::Read(bytes) if self.0.pointer == 0 => bytes.copy_from_slice(&self.0.temperature),
                Operation::Read(bytes) => bytes.fill(self.0.pointer + 1),
            }
        }
        Ok(())
    }
}

impl Desk {
    fn drive(&mut self, pin: usize, high: bool) {
        self.pins[pin] = high;
        self.writes.push((self.now_us, pin, high));
    }

    /// What was written to the console outside of frames.
    pub fn text(&self) -> String {
        self.found().0
    }

    /// The replies that were sent.
    pub fn replies(&self) -> Vec<String> {
        self.found().1
    }

    fn found(&self) -> (String, Vec<String>) {
        let (mut decoder, mut text, mut replies) = (Decoder::new(), String::new(), Vec::new());
        for &byte in &self.output {
            match decoder.push(byte) {
                Event::None => {}
                Event::Text => text.push_str(std::str::from_utf8(decoder.text()).expect("text")),
                Event::Frame => {
                    let (_, _, reply) = Reply::decode(decoder.frame()).expect("a reply");
                    replies.push(format!("{reply:?}"));
                }
            }
        }
        (text, replies)
    }

    /// Lets a request arrive.
    pub fn receive(&mut self, at_us: u64, request: &Request<'_>) {
        let bytes = request.encode(1).expect("it fits");
        self.input.extend(bytes.iter().map(|&byte| (at_us, byte)));
    }

    /// Lets an image arrive.
    pub fn receive_image(&mut self, at_us: u64, image: &[u8]) {
        self.receive(at_us, &Request::Begin { size: image.len() as u32 });
        for (index, bytes) in image.chunks(64).enumerate() {
            self.receive(at_us, &Request::Data { offset: index as u32 * 64, bytes });
        }
        self.receive(at_us, &Request::Commit);
    }
}

impl Board for Desk {
    const NAME: &'static str = "desk";

    type Pin<'a> = Pin<'a>;
    type I2c<'a> = Bus<'a>;
    type Spi<'a> = Absent;
    type Pwm<'a> = Absent;
    type Serial<'a> = Absent;

    fn now_us(&mut self) -> u64 {
        // Everything takes a little time.
        self.now_us += 1;
        self.now_us
    }

    fn idle(&mut self, until_us: u64) {
        self.now_us = self.now_us.max(until_us.min(self.end_us));
        while let Some((_, pin, high)) = self.edges.pop_front_if(|(at, ..)| *at <= self.now_us) {
            self.pins[pin] = high;
        }
    }

    fn feed_watchdog(&mut self) {
        self.fed += 1;
        self.longest_without_food_us = self.longest_without_food_us.max(self.now_us - self.last_fed_us);
        self.last_fed_us = self.now_us;
    }

    fn console_read(&mut self) -> Option<u8> {
        self.input.pop_front_if(|(at, _)| *at <= self.now_us).map(|(_, byte)| byte)
    }

    fn console_write(&mut self, bytes: &[u8]) {
        self.now_us += self.line_us * bytes.len() as u64;
        self.output.extend(bytes);
    }

    fn has_ended(&mut self) -> bool {
        self.now_us >= self.end_us
    }

    fn pin(&mut self, pin: u8) -> Option<Pin<'_>> {
        let pin = usize::from(pin);
        (pin < PINS).then_some(Pin { desk: self, pin })
    }

    fn set_mode(&mut self, pin: u8, _: Mode) -> Result<(), Errno> {
        if usize::from(pin) < PINS { Ok(()) } else { Err(Errno::Unsupported) }
    }

    fn i2c(&mut self, bus: u8) -> Option<Bus<'_>> {
        (bus == 0).then_some(Bus(self))
    }

    fn storage_read(&mut self, _: u8, offset: u32, bytes: &mut [u8]) -> Result<(), Errno> {
        bytes.copy_from_slice(&self.storage[offset as usize..][..bytes.len()]);
        Ok(())
    }

    fn storage_write(&mut self, _: u8, offset: u32, bytes: &[u8]) -> Result<(), Errno> {
        self.storage[offset as usize..][..bytes.len()].copy_from_slice(bytes);
        Ok(())
    }
}

/// The image of a guest in the text format, paying fuel.
pub fn image(wat: &str) -> Vec<u8> {
    let wasm = wat::parse_str(wat).unwrap_or_else(|error| panic!("{error}"));
    let mut config = Config::default();
    config.profile(Profile::Base).consume_fuel(true).wasm_custom_page_sizes(true);
    Engine::new(&config).precompile_module(&wasm).unwrap_or_else(|error| panic!("{error}"))
}

/// The same, where a board would have it. It is never freed.
pub fn in_flash(image: &[u8]) -> &'static [u8] {
    // One word more, so that there is a place in it that is a multiple of 4.
    let bytes: &'static mut [u8] = Box::leak(vec![0; image.len() + 3].into_boxed_slice());
    let start = bytes.as_ptr().align_offset(4);
    let place = &mut bytes[start..][..image.len()];
    place.copy_from_slice(image);
    place
}

/// A tick of the tests, and its fuel.
pub const TICK_US: u32 = 1000;
pub const FUEL: u32 = 1000;
/// Ticks that a guest may take.
pub const MOST_TICKS: u16 = 20;

/// Lets a board run a guest for so many milliseconds: the board afterwards.
pub fn run(table: &'static [Grant], built_in: Option<&[u8]>, milliseconds: u64, mut desk: Desk) -> Desk {
    desk.end_us = milliseconds * 1000;
    let settings =
        Settings { table, built_in: built_in.map(in_flash), tick_us: TICK_US, fuel: FUEL, most_ticks: MOST_TICKS };
    let mut slots = [const { RamSlot::<4096>::new() }; 2];
    let (mut stack, mut memory, mut arena) = ([0; 256], [0; 2048], [0; 128]);
    let (mut scratch, mut state) = ([0; 64], State::new());
    let buffers =
        Buffers { stack: &mut stack, memory: &mut memory, arena: &mut arena, scratch: &mut scratch, state: &mut state };
    let mut supervisor = Supervisor::new(desk, &mut slots, buffers, settings);
    supervisor.run();
    std::mem::take(supervisor.board())
}
