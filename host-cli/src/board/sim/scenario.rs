//! The scenario file: what a board has, what happens to it when, and what is expected of the guest. `docs/boards.md` explains it.
//!
//! Only the shape is checked here; what names refer to is looked up where they are used.

use crate::exit::{Exit, Failure};
use crate::{duration, load, size};
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// A scenario.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Scenario {
    /// The guest: a path from the scenario's folder.
    pub(super) guest: Option<PathBuf>,
    /// When the run ends.
    pub(super) until: Option<Time>,
    #[serde(default)]
    pub(super) board: Sizes,
    /// The capability table.
    #[serde(default)]
    pub(super) grants: Vec<GrantSpec>,
    /// What is on the buses.
    #[serde(default)]
    pub(super) devices: Vec<DeviceSpec>,
    #[serde(default)]
    pub(super) inputs: Vec<InputSpec>,
    #[serde(default)]
    pub(super) expect: Vec<ExpectSpec>,
}

/// What guests are lent, and how long they may take.
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Sizes {
    pub(super) tick: Time,
    /// Fuel for a tick.
    pub(super) fuel: u32,
    pub(super) most_ticks: u16,
    pub(super) stack: Bytes,
    pub(super) memory: Bytes,
    pub(super) arena: Bytes,
    /// Places for guests that arrive.
    pub(super) slots: u8,
    /// Bytes of each.
    pub(super) slot: Bytes,
}

impl Default for Sizes {
    fn default() -> Self {
        Self {
            tick: Time { us: 1000 },
            fuel: 10_000,
            most_ticks: 100,
            stack: Bytes(16 << 10),
            memory: Bytes(64 << 10),
            arena: Bytes(8 << 10),
            slots: 2,
            slot: Bytes(64 << 10),
        }
    }
}

/// A time, in microseconds: `"250ms"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Time {
    pub(super) us: u64,
}

impl TryFrom<String> for Time {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let time = duration::parse(&text)?;
        let us = u64::try_from(time.as_micros()).map_err(|_| "too long".to_owned())?;
        Ok(Self { us })
    }
}

/// A number of bytes: `1024` or `"1K"`.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "toml::Value")]
pub(super) struct Bytes(pub(super) usize);

/// No board that is worth simulating has more of anything.
const MOST_BYTES: usize = 64 << 20;

impl TryFrom<toml::Value> for Bytes {
    type Error = String;

    fn try_from(value: toml::Value) -> Result<Self, String> {
        let bytes = match value {
            toml::Value::Integer(number) => usize::try_from(number).ok(),
            toml::Value::String(text) => Some(size::parse(&text)?),
            toml::Value::Float(_)
            | toml::Value::Boolean(_)
            | toml::Value::Datetime(_)
            | toml::Value::Array(_)
            | toml::Value::Table(_) => None,
        };
        let bytes = bytes.ok_or_else(|| "expected a number of bytes such as 1024 or \"64K\"".to_owned())?;
        if bytes <= MOST_BYTES { Ok(Self(bytes)) } else { Err("a board has 64M at the most".to_owned()) }
    }
}

/// A level of a pin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Level {
    #[default]
    Low,
    High,
}

impl Level {
    pub(super) fn of(high: bool) -> Self {
        if high { Self::High } else { Self::Low }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::High => "high",
        }
    }
}

/// What holds an input.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Pull {
    #[default]
    None,
    Up,
    Down,
}

/// Which way bytes may go.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Access {
    Read,
    Write,
    ReadWrite,
}

/// A line of the capability table, as `ermine_boards::Grant` has them. `at_most` is calls a second, 0 is no limit.
#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
#[rustfmt::skip]
pub(super) enum GrantSpec {
    Input { name: String, pin: u8, #[serde(default)] pull: Pull, #[serde(default)] at_most: u16 },
    Output { name: String, pin: u8, #[serde(default)] safe: Level, #[serde(default)] at_most: u16 },
    InOut { name: String, pin: u8, #[serde(default)] pull: Pull, #[serde(default)] at_most: u16 },
    Delay { #[serde(default)] at_most: u16 },
    Clock { #[serde(default)] at_most: u16 },
    Timer { name: String, least: Time, #[serde(default)] at_most: u16 },
    Serial { name: String, #[serde(default)] port: u8, access: Access, #[serde(default)] at_most: u16 },
    /// The lowest and the highest address.
    I2c { name: String, #[serde(default)] bus: u8, addresses: [u8; 2], #[serde(default)] at_most: u16 },
    Spi { name: String, #[serde(default)] device: u8, #[serde(default)] at_most: u16 },
    Adc { name: String, channel: u8, #[serde(default)] at_most: u16 },
    Pwm { name: String, channel: u8, #[serde(default)] at_most: u16 },
    Log { #[serde(default)] at_most: u16 },
    Storage { name: String, #[serde(default)] region: u8, bytes: Bytes, access: Access, #[serde(default)] at_most: u16 },
    Random { #[serde(default)] at_most: u16 },
}

/// Something on a bus.
#[derive(Debug, Deserialize)]
#[serde(tag = "model", rename_all = "lowercase", deny_unknown_fields)]
#[rustfmt::skip]
pub(super) enum DeviceSpec {
    /// A temperature sensor of 9 bits.
    Lm75 { name: String, #[serde(default)] bus: u8, address: u8, #[serde(default)] celsius: f64 },
    /// A temperature sensor of 12 bits.
    Tmp102 { name: String, #[serde(default)] bus: u8, address: u8, #[serde(default)] celsius: f64 },
    /// Registers of a byte: the first byte written says where to go on.
    Registers { name: String, #[serde(default)] bus: u8, address: u8, #[serde(default)] values: Vec<u8> },
    /// A display of black and white, on I²C or, with a data/command pin, on SPI.
    Ssd1306 {
        name: String, #[serde(default)] bus: u8, address: Option<u8>, spi: Option<u8>, dc: Option<String>,
        #[serde(default = "ssd1306_width")] width: u16, #[serde(default = "ssd1306_height")] height: u16,
    },
    /// A display with colours, on SPI, with a data/command pin.
    St7789 {
        name: String, #[serde(default)] spi: u8, dc: String,
        #[serde(default = "st7789_side")] width: u16, #[serde(default = "st7789_side")] height: u16,
    },
}

fn ssd1306_width() -> u16 {
    128
}

fn ssd1306_height() -> u16 {
    64
}

fn st7789_side() -> u16 {
    240
}

/// Something that happens to the board: one of `pin`, `adc`, `serial`, `device`, `push` and `request`, with what belongs to it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct InputSpec {
    pub(super) at: Time,
    pub(super) pin: Option<String>,
    pub(super) level: Option<Level>,
    pub(super) adc: Option<String>,
    pub(super) value: Option<u16>,
    pub(super) serial: Option<String>,
    pub(super) text: Option<String>,
    pub(super) bytes: Option<Vec<u8>>,
    pub(super) device: Option<String>,
    pub(super) celsius: Option<f64>,
    pub(super) register: Option<u8>,
    /// A guest that arrives over the line to whoever looks after the board.
    pub(super) push: Option<PathBuf>,
    pub(super) request: Option<RequestSpec>,
}

/// What can be asked over the line.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum RequestSpec {
    Status,
    Run,
    Stop,
}

/// Something that is expected: one of `pin`, `pwm`, `serial`, `bus`, `console`, `device` and `stop`, with what belongs to it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ExpectSpec {
    /// About when; any time without it. For devices: by default the end.
    pub(super) at: Option<Time>,
    /// How far from that.
    pub(super) within: Option<Time>,
    /// How often, exactly; at least once without it.
    pub(super) times: Option<u32>,
    pub(super) pin: Option<String>,
    pub(super) level: Option<Level>,
    pub(super) pwm: Option<String>,
    pub(super) duty: Option<u16>,
    pub(super) serial: Option<String>,
    pub(super) text: Option<String>,
    /// A device on a bus: a transaction with it has `text`.
    pub(super) bus: Option<String>,
    /// Part of a line of the console.
    pub(super) console: Option<String>,
    /// A display: from `x`, `y` on it shows these rows, `#` for what is lit.
    pub(super) device: Option<String>,
    pub(super) shows: Option<Vec<String>>,
    #[serde(default)]
    pub(super) x: u16,
    #[serde(default)]
    pub(super) y: u16,
    /// Part of the report of the guest's end.
    pub(super) stop: Option<String>,
}

/// Reads a scenario.
///
/// # Errors
///
/// If there is no such file, or it is none.
pub(super) fn read(path: &Path) -> Result<Scenario, Failure> {
    let name = load::name(path);
    let bytes = load::contents(path)?;
    let text = String::from_utf8(bytes).map_err(|_| invalid(&name, "it is not UTF-8"))?;
    toml::from_str(&text).map_err(|error| {
        let shown = error.to_string();
        let mut lines = shown.lines().map(str::to_owned);
        let _first = lines.next();
        invalid(&name, error.message().trim()).with_details(lines.filter(|line| line != error.message()))
    })
}

/// A scenario that cannot be used.
pub(super) fn invalid(name: &str, why: impl std::fmt::Display) -> Failure {
    Failure::new(Exit::CannotLoad, format!("{name} is not a scenario that can be run: {why}"))
}
