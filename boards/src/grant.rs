//! The capability table: what a guest may use of its board, as constant data in flash.
//!
//! A guest knows nothing of pins and buses. It imports a grant by its name and gets a handle, the grant's place in the table. Whatever it does with
//! a handle is looked up here. What no grant allows is refused: at load where a name or an interface is missing, else with an [`Errno`].

use core::ops::RangeInclusive;

use crate::{abi::Function, errno::Errno};

/// A level of a pin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Level {
    /// About 0 V.
    Low,
    /// About the supply.
    High,
}

/// What holds an input that nothing drives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Pull {
    /// Nothing.
    None,
    /// A resistor to the supply.
    Up,
    /// A resistor to ground.
    Down,
}

/// Which way bytes may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Access {
    /// To the guest.
    Read,
    /// From the guest.
    Write,
    /// Both.
    ReadWrite,
}

/// What is granted. Numbers of pins, buses and channels are the board's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum What {
    /// A pin that the guest reads.
    Input {
        /// The pin.
        pin: u8,
        /// Its resistor.
        pull: Pull,
    },
    /// A pin that the guest drives.
    Output {
        /// The pin.
        pin: u8,
        /// Its level before the guest runs and after it was stopped.
        safe: Level,
    },
    /// A pin whose direction the guest chooses. It is an input before and after.
    InOut {
        /// The pin.
        pin: u8,
        /// Its resistor as an input.
        pull: Pull,
    },
    /// Waiting.
    Delay,
    /// The clock.
    Clock,
    /// A timer that gives events.
    Timer {
        /// The shortest period, in microseconds.
        least_us: u32,
    },
    /// A serial line.
    Serial {
        /// The line.
        port: u8,
        /// Which way.
        access: Access,
    },
    /// Devices on an I²C bus.
    I2c {
        /// The bus.
        bus: u8,
        /// The lowest address, of 7 bits.
        first: u8,
        /// The highest.
        last: u8,
    },
    /// A device on an SPI bus, with its chip select.
    Spi {
        /// The device.
        device: u8,
    },
    /// An analog input.
    Adc {
        /// The channel.
        channel: u8,
    },
    /// An output with a duty cycle.
    Pwm {
        /// The channel.
        channel: u8,
        /// Its duty before the guest runs and after it was stopped.
        safe: u16,
    },
    /// Messages.
    Log,
    /// Bytes that stay.
    Storage {
        /// Which.
        region: u8,
        /// How many bytes.
        bytes: u32,
        /// Which way.
        access: Access,
    },
    /// Random numbers.
    Random,
    /// The streams of programs for WASI, with cargo feature `wasi`.
    Stdio,
}

/// How often a grant may be used: calls in a second. Operations on several bytes count as one call for each 16 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Limit {
    /// Calls a second; 0 is no limit.
    pub per_second: u16,
}

/// A line of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Grant {
    /// What guests call it.
    pub name: &'static str,
    /// What it is.
    pub what: What,
    /// How often.
    pub limit: Limit,
}

impl Grant {
    const fn new(name: &'static str, what: What) -> Self {
        Self { name, what, limit: Limit { per_second: 0 } }
    }

    /// A pin that the guest reads.
    #[must_use]
    pub const fn input(name: &'static str, pin: u8, pull: Pull) -> Self {
        Self::new(name, What::Input { pin, pull })
    }

    /// A pin that the guest drives; low before it runs and after it was stopped.
    #[must_use]
    pub const fn output(name: &'static str, pin: u8) -> Self {
        Self::new(name, What::Output { pin, safe: Level::Low })
    }

    /// The same, with another safe level.
    #[must_use]
    pub const fn output_safe(name: &'static str, pin: u8, safe: Level) -> Self {
        Self::new(name, What::Output { pin, safe })
    }

    /// A pin whose direction the guest chooses.
    #[must_use]
    pub const fn in_out(name: &'static str, pin: u8, pull: Pull) -> Self {
        Self::new(name, What::InOut { pin, pull })
    }

    /// Waiting.
    #[must_use]
    pub const fn delay() -> Self {
        Self::new("delay", What::Delay)
    }

    /// The clock.
    #[must_use]
    pub const fn clock() -> Self {
        Self::new("clock", What::Clock)
    }

    /// A timer whose period is at least so many microseconds.
    #[must_use]
    pub const fn timer(name: &'static str, least_us: u32) -> Self {
        Self::new(name, What::Timer { least_us })
    }

    /// A serial line.
    #[must_use]
    pub const fn serial(name: &'static str, port: u8, access: Access) -> Self {
        Self::new(name, What::Serial { port, access })
    }

    /// The devices with these addresses on an I²C bus.
    #[must_use]
    pub const fn i2c(name: &'static str, bus: u8, addresses: RangeInclusive<u8>) -> Self {
        Self::new(name, What::I2c { bus, first: *addresses.start(), last: *addresses.end() })
    }

    /// A device on an SPI bus.
    #[must_use]
    pub const fn spi(name: &'static str, device: u8) -> Self {
        Self::new(name, What::Spi { device })
    }

    /// An analog input.
    #[must_use]
    pub const fn adc(name: &'static str, channel: u8) -> Self {
        Self::new(name, What::Adc { channel })
    }

    /// An output with a duty cycle; 0 before the guest runs and after it was stopped.
    #[must_use]
    pub const fn pwm(name: &'static str, channel: u8) -> Self {
        Self::new(name, What::Pwm { channel, safe: 0 })
    }

    /// Messages.
    #[must_use]
    pub const fn log() -> Self {
        Self::new("log", What::Log)
    }

    /// Bytes that stay.
    #[must_use]
    pub const fn storage(name: &'static str, region: u8, bytes: u32, access: Access) -> Self {
        Self::new(name, What::Storage { region, bytes, access })
    }

    /// Random numbers.
    #[must_use]
    pub const fn random() -> Self {
        Self::new("random", What::Random)
    }

    /// What programs for WASI preview 1 use that read, write and end. It needs the cargo feature `wasi`.
    #[must_use]
    pub const fn stdio() -> Self {
        Self::new("stdio", What::Stdio)
    }

    /// The same, but no more than so many calls a second.
    #[must_use]
    pub const fn at_most(mut self, per_second: u16) -> Self {
        self.limit = Limit { per_second };
        self
    }
}

impl Access {
    fn reads(self) -> Result<(), Errno> {
        if self == Self::Write { Err(Errno::ModeNotAllowed) } else { Ok(()) }
    }

    fn writes(self) -> Result<(), Errno> {
        if self == Self::Read { Err(Errno::ModeNotAllowed) } else { Ok(()) }
    }
}

impl What {
    /// Whether a function may be called with this grant. The one place that decides it, at load and at each call.
    ///
    /// # Errors
    ///
    /// [`Errno::BadHandle`] if the function is for another kind of grant, [`Errno::ModeNotAllowed`] if it goes the wrong way.
    pub fn allows(&self, function: Function) -> Result<(), Errno> {
        use Function as F;
        match (self, function) {
            (Self::Input { .. } | Self::InOut { .. } | Self::Output { .. }, F::GpioRead)
            | (Self::Input { .. } | Self::InOut { .. }, F::GpioWatch)
            | (Self::Output { .. } | Self::InOut { .. }, F::GpioWrite | F::GpioToggle)
            | (Self::InOut { .. }, F::GpioSetDirection)
            | (Self::Delay, F::DelayNs)
            | (Self::Clock, F::TimeNow)
            | (Self::Timer { .. }, F::TimeStart | F::TimeStop)
            | (Self::I2c { .. }, F::I2cRead | F::I2cWrite | F::I2cWriteRead | F::I2cTransaction)
            | (
                Self::Spi { .. },
                F::SpiRead | F::SpiWrite | F::SpiTransfer | F::SpiTransferInPlace | F::SpiTransaction,
            )
            | (Self::Adc { .. }, F::AdcRead)
            | (Self::Pwm { .. }, F::PwmMaxDuty | F::PwmSetDuty)
            | (Self::Log, F::LogWrite)
            | (Self::Storage { .. }, F::StorageSize)
            | (Self::Random, F::RandomFill) => Ok(()),
            (Self::Serial { access, .. }, F::SerialRead | F::SerialWatch)
            | (Self::Storage { access, .. }, F::StorageRead) => access.reads(),
            (Self::Serial { access, .. }, F::SerialWrite) | (Self::Storage { access, .. }, F::StorageWrite) => {
                access.writes()
            }
            (Self::Input { .. }, F::GpioWrite | F::GpioToggle | F::GpioSetDirection)
            | (Self::Output { .. }, F::GpioWatch | F::GpioSetDirection) => Err(Errno::ModeNotAllowed),
            _ => Err(Errno::BadHandle),
        }
    }
}

/// The line that the table would need so that a function can be called.
#[must_use]
pub fn line_for(function: Function) -> &'static str {
    use Function as F;
    match function {
        F::GpioRead | F::GpioWatch => "Grant::input(\"NAME\", PIN, Pull::None)",
        F::GpioWrite | F::GpioToggle => "Grant::output(\"NAME\", PIN)",
        F::GpioSetDirection => "Grant::in_out(\"NAME\", PIN, Pull::None)",
        F::DelayNs => "Grant::delay()",
        F::TimeNow => "Grant::clock()",
        F::TimeStart | F::TimeStop => "Grant::timer(\"NAME\", LEAST_US)",
        F::SerialRead | F::SerialWatch => "Grant::serial(\"NAME\", PORT, Access::Read)",
        F::SerialWrite => "Grant::serial(\"NAME\", PORT, Access::Write)",
        F::I2cRead | F::I2cWrite | F::I2cWriteRead | F::I2cTransaction => "Grant::i2c(\"NAME\", BUS, FIRST..=LAST)",
        F::SpiRead | F::SpiWrite | F::SpiTransfer | F::SpiTransferInPlace | F::SpiTransaction => {
            "Grant::spi(\"NAME\", DEVICE)"
        }
        F::AdcRead => "Grant::adc(\"NAME\", CHANNEL)",
        F::PwmMaxDuty | F::PwmSetDuty => "Grant::pwm(\"NAME\", CHANNEL)",
        F::LogWrite => "Grant::log()",
        F::StorageSize | F::StorageRead => "Grant::storage(\"NAME\", REGION, BYTES, Access::Read)",
        F::StorageWrite => "Grant::storage(\"NAME\", REGION, BYTES, Access::Write)",
        F::RandomFill => "Grant::random()",
    }
}
