//! The functions that guests may import: one table of names, types and interfaces.
//!
//! A module's name ends in the version of its interface. A change that would break a guest gets a new version beside the old one;
//! a new function does not, since guests import functions by name. `docs/boards.md` has the table with what the functions do.

use ermine::{ValType, image::Signature};

/// A group of functions: an import's module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[repr(u8)]
pub enum Interface {
    /// Pins.
    Gpio,
    /// Waiting.
    Delay,
    /// The clock, and timers.
    Time,
    /// Serial lines.
    Serial,
    /// I²C buses.
    I2c,
    /// Devices on SPI buses.
    Spi,
    /// Analog inputs.
    Adc,
    /// Outputs with a duty cycle.
    Pwm,
    /// Messages for whoever looks after the board.
    Log,
    /// Bytes that stay.
    Storage,
    /// Random numbers.
    Random,
}

/// The module whose functions are grants: `led() -> i32` is the handle of the grant called `led`.
pub const GRANT_MODULE: &str = "ermine:grant@1";

/// The function that runs first, if there is one: no parameters, no results.
pub const START: &str = "_start";

/// The function that is called for each event, if there is one: the handle that it is from, and what happened.
pub const ON_EVENT: &str = "on_event";

/// Words of an operation of an I²C or SPI transaction in the guest's memory: kind, address of the bytes, their number, address of the bytes to send.
pub const OPERATION_WORDS: usize = 4;

/// Operations that a transaction has at the most.
pub const MOST_OPERATIONS: usize = 4;

impl Interface {
    /// The module's name.
    #[must_use]
    pub fn module(self) -> &'static str {
        match self {
            Self::Gpio => "ermine:gpio@1",
            Self::Delay => "ermine:delay@1",
            Self::Time => "ermine:time@1",
            Self::Serial => "ermine:serial@1",
            Self::I2c => "ermine:i2c@1",
            Self::Spi => "ermine:spi@1",
            Self::Adc => "ermine:adc@1",
            Self::Pwm => "ermine:pwm@1",
            Self::Log => "ermine:log@1",
            Self::Storage => "ermine:storage@1",
            Self::Random => "ermine:random@1",
        }
    }
}

/// A row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// The function.
    pub function: Function,
    /// Its module.
    pub interface: Interface,
    /// Its name there.
    pub name: &'static str,
    /// The types of its parameters.
    pub params: &'static [ValType],
    /// The type of its result.
    pub result: Option<ValType>,
}

macro_rules! functions {
    ($($interface:ident { $($function:ident $name:literal ($($param:ident)*) $($result:ident)?;)* })*) => {
        /// A function that guests may import.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[cfg_attr(feature = "defmt", derive(defmt::Format))]
        #[expect(missing_docs, reason = "interface and name say what they are; docs/boards.md what they do")]
        #[repr(u8)]
        pub enum Function {
            $($($function,)*)*
        }

        /// All functions, in the order of [`Function`].
        pub static FUNCTIONS: &[Row] = &[$($(Row {
            function: Function::$function,
            interface: Interface::$interface,
            name: $name,
            params: &[$(ValType::$param),*],
            result: result!($($result)?),
        },)*)*];
    };
}

macro_rules! result {
    () => {
        None
    };
    ($result:ident) => {
        Some(ValType::$result)
    };
}

functions! {
    Gpio {
        GpioRead "read" (I32) I32;
        GpioWrite "write" (I32 I32) I32;
        GpioToggle "toggle" (I32) I32;
        GpioSetDirection "set_direction" (I32 I32) I32;
        GpioWatch "watch" (I32 I32) I32;
    }
    Delay {
        DelayNs "ns" (I64);
    }
    Time {
        TimeNow "now" () I64;
        TimeStart "start" (I32 I64 I32) I32;
        TimeStop "stop" (I32) I32;
    }
    Serial {
        SerialRead "read" (I32 I32 I32) I32;
        SerialWrite "write" (I32 I32 I32) I32;
        SerialWatch "watch" (I32 I32) I32;
    }
    I2c {
        I2cRead "read" (I32 I32 I32 I32) I32;
        I2cWrite "write" (I32 I32 I32 I32) I32;
        I2cWriteRead "write_read" (I32 I32 I32 I32 I32 I32) I32;
        I2cTransaction "transaction" (I32 I32 I32 I32) I32;
    }
    Spi {
        SpiRead "read" (I32 I32 I32) I32;
        SpiWrite "write" (I32 I32 I32) I32;
        SpiTransfer "transfer" (I32 I32 I32 I32) I32;
        SpiTransferInPlace "transfer_in_place" (I32 I32 I32) I32;
        SpiTransaction "transaction" (I32 I32 I32) I32;
    }
    Adc {
        AdcRead "read" (I32) I32;
    }
    Pwm {
        PwmMaxDuty "max_duty" (I32) I32;
        PwmSetDuty "set_duty" (I32 I32) I32;
    }
    Log {
        LogWrite "write" (I32 I32 I32) I32;
    }
    Storage {
        StorageSize "size" (I32) I32;
        StorageRead "read" (I32 I32 I32 I32) I32;
        StorageWrite "write" (I32 I32 I32 I32) I32;
    }
    Random {
        RandomFill "fill" (I32 I32) I32;
    }
}

impl Row {
    /// Whether an import with this signature means this function.
    #[must_use]
    pub fn fits(&self, signature: &Signature<'_>) -> bool {
        signature.params().eq(self.params.iter().copied()) && signature.results().eq(self.result)
    }

    /// The function with this name.
    #[must_use]
    pub fn find(module: &str, name: &str) -> Option<&'static Self> {
        FUNCTIONS.iter().find(|row| row.name == name && row.interface.module() == module)
    }
}

impl Function {
    /// Its row.
    #[must_use]
    pub fn from_number(number: u32) -> Option<Self> {
        FUNCTIONS.get(number as usize).map(|row| row.function)
    }
}

#[cfg(test)]
mod tests {
    use super::{FUNCTIONS, Function};

    #[test]
    fn each_function_has_the_row_of_its_number() {
        for (number, row) in FUNCTIONS.iter().enumerate() {
            assert_eq!(row.function as usize, number);
            assert_eq!(Function::from_number(number as u32), Some(row.function));
        }
    }
}
