//! Why a call of a guest failed: the numbers that guests see, with a minus in front.

use embedded_hal::{
    digital, i2c,
    spi::{self, ErrorKind as Spi},
};

macro_rules! errnos {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $text:literal;)*) => {
        /// Why a call failed. Guests see its number with a minus in front. Numbers never change their meaning.
        ///
        /// The cases of buses are those of embedded-hal 1.0, the first ones those that wasi-gpio tells apart.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[cfg_attr(feature = "defmt", derive(defmt::Format))]
        #[non_exhaustive]
        #[repr(u8)]
        pub enum Errno {
            $($(#[$doc])* $name = $code,)*
        }

        impl Errno {
            /// All cases.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The name that documents and the C header use.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }
        }
    };
}

errnos! {
    /// The grant does not reach so far: an address outside its range, a write to what is read-only.
    Denied = 1, "denied";
    /// The table has no grant with this handle, or it is of another kind.
    BadHandle = 2, "bad_handle";
    /// The direction is not granted: a write to an input.
    ModeNotAllowed = 3, "mode_not_allowed";
    /// An argument has no meaning, or two buffers overlap.
    Invalid = 4, "invalid";
    /// More calls than the grant's rate limit allows.
    RateLimited = 5, "rate_limited";
    /// The board does not have it.
    Unsupported = 6, "unsupported";
    /// Nothing to read, or no room to write, or in use: try later.
    Busy = 7, "busy";
    /// A range outside the storage.
    OutOfRange = 8, "out_of_range";
    /// I²C: a bus error.
    Bus = 9, "bus";
    /// I²C: the arbitration was lost.
    ArbitrationLoss = 10, "arbitration_loss";
    /// I²C: nobody answers at the address.
    NoAcknowledgeAddress = 11, "no_acknowledge_address";
    /// I²C: data were not acknowledged.
    NoAcknowledgeData = 12, "no_acknowledge_data";
    /// I²C: no acknowledgement, it is not known of what.
    NoAcknowledge = 13, "no_acknowledge";
    /// A receiver was not emptied, or a transmitter not filled, in time.
    Overrun = 14, "overrun";
    /// SPI: several controllers on the bus.
    ModeFault = 15, "mode_fault";
    /// SPI: a frame that is not formatted as it should be.
    FrameFormat = 16, "frame_format";
    /// SPI: chip select could not be driven.
    ChipSelectFault = 17, "chip_select_fault";
    /// Anything else that a driver reports.
    Other = 18, "other";
}

impl Errno {
    /// What guests see.
    #[must_use]
    pub fn to_guest(self) -> u32 {
        (self as u32).wrapping_neg()
    }

    /// The case of an error of an I²C driver.
    pub fn of_i2c(error: &impl i2c::Error) -> Self {
        match error.kind() {
            i2c::ErrorKind::Bus => Self::Bus,
            i2c::ErrorKind::ArbitrationLoss => Self::ArbitrationLoss,
            i2c::ErrorKind::NoAcknowledge(i2c::NoAcknowledgeSource::Address) => Self::NoAcknowledgeAddress,
            i2c::ErrorKind::NoAcknowledge(i2c::NoAcknowledgeSource::Data) => Self::NoAcknowledgeData,
            i2c::ErrorKind::NoAcknowledge(i2c::NoAcknowledgeSource::Unknown) => Self::NoAcknowledge,
            i2c::ErrorKind::Overrun => Self::Overrun,
            // `Other`, and what later versions of embedded-hal tell apart.
            _ => Self::Other,
        }
    }

    /// The case of an error of an SPI driver.
    pub fn of_spi(error: &impl spi::Error) -> Self {
        match error.kind() {
            Spi::Overrun => Self::Overrun,
            Spi::ModeFault => Self::ModeFault,
            Spi::FrameFormat => Self::FrameFormat,
            Spi::ChipSelectFault => Self::ChipSelectFault,
            // As above.
            _ => Self::Other,
        }
    }

    /// The case of an error of a pin: embedded-hal has only one.
    pub fn of_pin(_: &impl digital::Error) -> Self {
        Self::Other
    }
}
