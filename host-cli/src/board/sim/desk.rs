//! A board in memory, with what the scenario has given to it.

use super::clock::Clock;
use super::console::Console;
use super::devices::Device;
use super::expect::Expectation;
use super::inputs::Action;
use super::ports::{Bus, Pin, Pwm, Serial, Spi};
use super::scenario::Level;
use super::table::{self, name_of};
use super::trace::{Event, Kind, Trace, hexadecimal};
use crate::symbolize::annotate;
use ermine::image::SymbolMap;
use ermine_boards::{Board, Errno, Grant, Mode, Pull, What};
use std::collections::{BTreeMap, VecDeque};

/// What is seen of the board, and what of that was expected.
#[derive(Debug)]
pub(super) struct Watch {
    pub(super) trace: Trace,
    pub(super) expectations: Vec<Expectation>,
    /// Maps of the guests, by their images' checksums.
    pub(super) maps: Vec<(u32, SymbolMap)>,
    /// How the last guest ended, as the board has said it.
    pub(super) ended: Option<String>,
    /// Whether the run is over: what the board does then is no doing of the guest's.
    over: bool,
}

impl Watch {
    pub(super) fn new(trace: Trace, expectations: Vec<Expectation>, maps: Vec<(u32, SymbolMap)>) -> Self {
        Self { trace, expectations, maps, ended: None, over: false }
    }

    fn event(&mut self, event: &Event) {
        if !self.over {
            let report = event.text.strip_prefix("ermine: ").filter(|_| event.kind == Kind::Console);
            self.ended = report.map(str::to_owned).or_else(|| self.ended.take());
            self.trace.write(event);
            self.expectations.iter_mut().for_each(|expectation| expectation.observe(event));
        }
    }

    /// Names for the places in a report.
    fn named(&self, line: String) -> String {
        let map = self.maps.iter().find(|(checksum, _)| line.contains(&format!("(image {checksum:08x})")));
        map.map_or(line.clone(), |(_, map)| annotate(map, &line))
    }
}

/// The board.
pub(super) struct Desk {
    pub(super) table: &'static [Grant],
    pub(super) clock: Clock,
    /// When the run ends.
    pub(super) end_us: Option<u64>,
    pub(super) pins: BTreeMap<u8, PinState>,
    pub(super) devices: Vec<Device>,
    /// What waits for the guest on serial lines.
    pub(super) serial: BTreeMap<u8, VecDeque<u8>>,
    adc: BTreeMap<u8, u16>,
    pub(super) pwm: BTreeMap<u8, u16>,
    storage: BTreeMap<u8, Vec<u8>>,
    random: u64,
    /// What the scenario does, in order.
    pub(super) schedule: VecDeque<(u64, Action)>,
    pub(super) console: Console,
    pub(super) watch: Watch,
}

/// A pin.
#[derive(Debug, Default)]
pub(super) struct PinState {
    /// How it works, once it was set.
    mode: Option<Mode>,
    /// What the guest drives.
    driven: bool,
    /// What something outside drives.
    outside: Option<bool>,
}

impl PinState {
    /// Its level.
    pub(super) fn level(&self) -> bool {
        match self.mode {
            Some(Mode::Output) => self.driven,
            Some(Mode::Input(pull)) => self.outside.unwrap_or(matches!(pull, Pull::Up)),
            None => self.outside.unwrap_or(false),
        }
    }
}

impl Desk {
    /// A board with this table on which nothing has happened.
    pub(super) fn new(table: &'static [Grant], clock: Clock, console: Console, watch: Watch) -> Self {
        let pins = table.iter().filter_map(|grant| table::pin(&grant.what)).map(|pin| (pin, PinState::default()));
        let storage = table.iter().filter_map(|grant| match grant.what {
            // Erased flash. No more than 64 MiB, as it was read.
            What::Storage { region, bytes, .. } => Some((region, vec![0xff; bytes as usize])),
            _ => None,
        });
        let pwm = table.iter().filter_map(|grant| table::pwm(&grant.what)).map(|channel| (channel, 0));
        let serial = table.iter().filter_map(|grant| table::port(&grant.what)).map(|port| (port, VecDeque::new()));
        Self {
            table,
            clock,
            end_us: None,
            pins: pins.collect(),
            devices: Vec::new(),
            serial: serial.collect(),
            adc: BTreeMap::new(),
            pwm: pwm.collect(),
            storage: storage.collect(),
            // Any but 0.
            random: 0x9e37_79b9_7f4a_7c15,
            schedule: VecDeque::new(),
            console,
            watch,
        }
    }

    /// Something happens now.
    pub(super) fn event(&mut self, kind: Kind, name: impl Into<String>, text: impl Into<String>) {
        let event = Event { at_us: self.clock.us(), kind, name: name.into(), text: text.into() };
        self.watch.event(&event);
    }

    /// The guest drives a pin.
    pub(super) fn drive(&mut self, pin: u8, high: bool) {
        let Some(state) = self.pins.get_mut(&pin) else { return };
        if std::mem::replace(&mut state.driven, high) != high {
            self.event(Kind::Pin, name_of(self.table, table::pin, pin), Level::of(high).name());
        }
    }

    /// Does what the scenario does up to now.
    fn catch_up(&mut self) {
        while let Some((_, action)) = self.schedule.pop_front_if(|(at, _)| *at <= self.clock.us()) {
            self.act(action);
        }
    }

    fn act(&mut self, action: Action) {
        match action {
            Action::Pin { pin, high } => {
                self.pins.entry(pin).or_default().outside = Some(high);
                self.event(Kind::Input, name_of(self.table, table::pin, pin), Level::of(high).name());
            }
            Action::Adc { channel, value } => {
                self.adc.insert(channel, value);
                self.event(Kind::Input, name_of(self.table, table::adc, channel), value.to_string());
            }
            Action::Serial { port, bytes } => {
                let text = String::from_utf8_lossy(&bytes).escape_debug().to_string();
                self.serial.entry(port).or_default().extend(bytes);
                self.event(Kind::Input, name_of(self.table, table::port, port), text);
            }
            Action::Celsius { device, celsius } => {
                let Some(device) = self.devices.get_mut(device) else { return };
                device.set_celsius(celsius);
                let name = device.name.clone();
                self.event(Kind::Input, name, format!("{celsius} degrees"));
            }
            Action::Register { device, register, value } => {
                let Some(device) = self.devices.get_mut(device) else { return };
                device.set_register(register, value);
                let name = device.name.clone();
                self.event(Kind::Input, name, format!("register {register:#04x} is {value:#04x}"));
            }
            Action::Send { what, frames } => {
                self.console.send(&frames);
                self.event(Kind::Link, "", what);
            }
            Action::Look { expectation, device } => self.look(expectation, device),
        }
    }

    /// Compares what a display shows with what is expected.
    pub(super) fn look(&mut self, expectation: usize, device: usize) {
        let screen = self.devices.get(device).and_then(Device::screen);
        if let (Some(screen), Some(expectation)) = (screen, self.watch.expectations.get_mut(expectation)) {
            expectation.look(&screen);
        }
    }

    /// Bytes that stay.
    fn storage(&mut self, region: u8, offset: u32, len: usize) -> Result<&mut [u8], Errno> {
        let bytes = self.storage.get_mut(&region).ok_or(Errno::Unsupported)?;
        let start = usize::try_from(offset).map_err(|_| Errno::OutOfRange)?;
        bytes.get_mut(start..).and_then(|bytes| bytes.get_mut(..len)).ok_or(Errno::OutOfRange)
    }
}

impl Board for Desk {
    const NAME: &'static str = "sim";

    type Pin<'a> = Pin<'a>;
    type I2c<'a> = Bus<'a>;
    type Spi<'a> = Spi<'a>;
    type Pwm<'a> = Pwm<'a>;
    type Serial<'a> = Serial<'a>;

    fn now_us(&mut self) -> u64 {
        self.clock.look()
    }

    fn idle(&mut self, until_us: u64) {
        let until_us = self.end_us.map_or(until_us, |end| until_us.min(end));
        while let Some(&(at, _)) = self.schedule.front()
            && at <= until_us
        {
            self.clock.wait(at);
            self.catch_up();
        }
        self.clock.wait(until_us);
    }

    fn feed_watchdog(&mut self) {
        self.catch_up();
    }

    fn console_read(&mut self) -> Option<u8> {
        self.console.read()
    }

    fn console_write(&mut self, bytes: &[u8]) {
        let mut found = Vec::new();
        self.console.write(bytes, |kind, text| found.push((kind, text)));
        for (kind, text) in found {
            let text = self.watch.named(text);
            self.event(kind, "", text);
        }
    }

    fn has_ended(&mut self) -> bool {
        let over = self.end_us.is_some_and(|end| self.clock.us() >= end)
            || self.console.has_ended()
            || self.watch.trace.failure.is_some();
        self.watch.over |= over;
        over
    }

    fn pin(&mut self, pin: u8) -> Option<Pin<'_>> {
        self.pins.contains_key(&pin).then_some(Pin { desk: self, pin })
    }

    fn set_mode(&mut self, pin: u8, mode: Mode) -> Result<(), Errno> {
        let state = self.pins.get_mut(&pin).ok_or(Errno::Unsupported)?;
        let before = state.mode.replace(mode);
        if before.is_some_and(|before| before != mode) {
            let text = if mode == Mode::Output { "output" } else { "input" };
            self.event(Kind::Mode, name_of(self.table, table::pin, pin), text);
        }
        Ok(())
    }

    fn i2c(&mut self, bus: u8) -> Option<Bus<'_>> {
        Some(Bus { desk: self, bus })
    }

    fn spi(&mut self, device: u8) -> Option<Spi<'_>> {
        Some(Spi { desk: self, device })
    }

    fn pwm(&mut self, channel: u8) -> Option<Pwm<'_>> {
        self.pwm.contains_key(&channel).then_some(Pwm { desk: self, channel })
    }

    fn serial(&mut self, port: u8) -> Option<Serial<'_>> {
        self.serial.contains_key(&port).then_some(Serial { desk: self, port })
    }

    fn adc(&mut self, channel: u8) -> Result<u16, Errno> {
        Ok(self.adc.get(&channel).copied().unwrap_or(0))
    }

    fn storage_read(&mut self, region: u8, offset: u32, bytes: &mut [u8]) -> Result<(), Errno> {
        bytes.copy_from_slice(self.storage(region, offset, bytes.len())?);
        Ok(())
    }

    fn storage_write(&mut self, region: u8, offset: u32, bytes: &[u8]) -> Result<(), Errno> {
        self.storage(region, offset, bytes.len())?.copy_from_slice(bytes);
        self.event(Kind::Storage, region.to_string(), format!("{} at {offset}", hexadecimal(bytes)));
        Ok(())
    }

    /// The same in each run (xorshift64).
    fn random(&mut self, bytes: &mut [u8]) -> Result<(), Errno> {
        for byte in bytes {
            self.random ^= self.random << 13;
            self.random ^= self.random >> 7;
            self.random ^= self.random << 17;
            *byte = self.random.to_le_bytes()[7];
        }
        Ok(())
    }
}
