//! Why a call failed, as embedded-hal and embedded-io want to know it.

use core::fmt;

use embedded_hal::{digital, i2c, pwm, spi};

macro_rules! errors {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $text:literal;)*) => {
        /// Why a call failed.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[non_exhaustive]
        #[repr(u8)]
        pub enum Error {
            $($(#[$doc])* $name = $code,)*
        }

        impl Error {
            fn of(code: i32) -> Self {
                match code {
                    $($code => Self::$name,)*
                    _ => Self::Other,
                }
            }
        }

        impl fmt::Display for Error {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self {
                    $(Self::$name => $text,)*
                })
            }
        }
    };
}

errors! {
    /// The grant does not reach so far.
    Denied = 1, "denied";
    /// No grant has this handle, or it is of another kind.
    BadHandle = 2, "bad_handle";
    /// The direction is not granted.
    ModeNotAllowed = 3, "mode_not_allowed";
    /// An argument without meaning, or buffers that overlap.
    Invalid = 4, "invalid";
    /// More calls than the grant allows.
    RateLimited = 5, "rate_limited";
    /// This board does not have it.
    Unsupported = 6, "unsupported";
    /// Try later.
    Busy = 7, "busy";
    /// Outside of the storage.
    OutOfRange = 8, "out_of_range";
    /// A bus error.
    Bus = 9, "bus";
    /// The arbitration was lost.
    ArbitrationLoss = 10, "arbitration_loss";
    /// Nobody answers at the address.
    NoAcknowledgeAddress = 11, "no_acknowledge_address";
    /// Data were not acknowledged.
    NoAcknowledgeData = 12, "no_acknowledge_data";
    /// No acknowledgement.
    NoAcknowledge = 13, "no_acknowledge";
    /// Too late.
    Overrun = 14, "overrun";
    /// Several controllers on the bus.
    ModeFault = 15, "mode_fault";
    /// A frame that is not formatted as it should be.
    FrameFormat = 16, "frame_format";
    /// Chip select could not be driven.
    ChipSelectFault = 17, "chip_select_fault";
    /// Anything else.
    Other = 18, "other";
}

impl core::error::Error for Error {}

/// What a call has returned: a number, or an error below zero.
pub(crate) fn result(value: i32) -> Result<u32, Error> {
    u32::try_from(value).map_err(|_| Error::of(value.wrapping_neg()))
}

/// The same where the number says nothing.
pub(crate) fn done(value: i32) -> Result<(), Error> {
    result(value).map(|_| ())
}

impl digital::Error for Error {
    fn kind(&self) -> digital::ErrorKind {
        digital::ErrorKind::Other
    }
}

impl pwm::Error for Error {
    fn kind(&self) -> pwm::ErrorKind {
        pwm::ErrorKind::Other
    }
}

impl i2c::Error for Error {
    fn kind(&self) -> i2c::ErrorKind {
        match self {
            Self::Bus => i2c::ErrorKind::Bus,
            Self::ArbitrationLoss => i2c::ErrorKind::ArbitrationLoss,
            Self::NoAcknowledgeAddress => i2c::ErrorKind::NoAcknowledge(i2c::NoAcknowledgeSource::Address),
            Self::NoAcknowledgeData => i2c::ErrorKind::NoAcknowledge(i2c::NoAcknowledgeSource::Data),
            Self::NoAcknowledge => i2c::ErrorKind::NoAcknowledge(i2c::NoAcknowledgeSource::Unknown),
            Self::Overrun => i2c::ErrorKind::Overrun,
            _ => i2c::ErrorKind::Other,
        }
    }
}

impl spi::Error for Error {
    fn kind(&self) -> spi::ErrorKind {
        match self {
            Self::Overrun => spi::ErrorKind::Overrun,
            Self::ModeFault => spi::ErrorKind::ModeFault,
            Self::FrameFormat => spi::ErrorKind::FrameFormat,
            Self::ChipSelectFault => spi::ErrorKind::ChipSelectFault,
            _ => spi::ErrorKind::Other,
        }
    }
}

impl embedded_io::Error for Error {
    fn kind(&self) -> embedded_io::ErrorKind {
        match self {
            Self::Denied | Self::BadHandle | Self::ModeNotAllowed => embedded_io::ErrorKind::PermissionDenied,
            Self::Invalid | Self::OutOfRange => embedded_io::ErrorKind::InvalidInput,
            Self::Unsupported => embedded_io::ErrorKind::Unsupported,
            _ => embedded_io::ErrorKind::Other,
        }
    }
}
