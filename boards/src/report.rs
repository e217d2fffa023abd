//! How a guest ended, in ten bytes: for the serial line, for the log, for whoever asks later.
//!
//! A report becomes text without `core::fmt`, which would cost a small board more flash than the rest of this file.

use core::fmt;

use ermine::{
    Trap,
    bare::{Error, Position, Resource},
    image::{Image, ImageError},
};

use crate::{abi::Row, grant::line_for};

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $code:literal, $text:literal;)*) => {
        /// What has happened. Numbers never change their meaning.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[cfg_attr(feature = "defmt", derive(defmt::Format))]
        #[non_exhaustive]
        #[repr(u8)]
        pub enum Kind {
            $($(#[$doc])* $kind = $code,)*
        }

        impl Kind {
            /// The kind with this number.
            #[must_use]
            pub fn from_code(code: u8) -> Option<Self> {
                match code {
                    $($code => Some(Self::$kind),)*
                    _ => None,
                }
            }

            fn text(self) -> &'static str {
                match self {
                    $(Self::$kind => $text,)*
                }
            }
        }
    };
}

kinds! {
    /// Nothing yet.
    None = 0, "nothing has happened";
    /// The guest trapped: `detail` is the trap, `a` the function, `b` where in it.
    Trap = 1, "trap";
    /// The guest has ended itself: `a` is the status.
    Exit = 2, "the guest ended itself with status";
    /// The guest took too many ticks: `a` is how many.
    Overdue = 3, "the guest was stopped: it did not return in time, in ticks";
    /// Stopped from outside.
    Stopped = 4, "the guest was stopped";
    /// Another guest takes its place.
    Replaced = 5, "the guest was replaced";
    /// The image breaks a rule: `detail` is the rule, `a` the entry or function, `b` where in its code.
    ImageRule = 6, "image refused: it breaks rule";
    /// The image is refused for its header: `detail` is the number of the error.
    ImageHeader = 7, "image refused: header error";
    /// The image does not pay fuel.
    Unmetered = 8, "image refused: it does not pay fuel; compile it with --fuel";
    /// Import number `a` is of no interface.
    ImportUnknown = 9, "refused: nothing offers";
    /// Import number `a` has other parameters or results than the interface's function.
    ImportSignature = 10, "refused: wrong type of";
    /// Import number `a` is a grant that the table does not have.
    GrantMissing = 11, "refused: the table does not have";
    /// Import number `a` is a function that no grant allows.
    ImportDenied = 12, "refused: the table does not grant";
    /// The image exports neither `_start` nor `on_event`.
    NoEntry = 13, "refused: it exports neither _start: () -> () nor on_event: (i32, i32) -> ()";
    /// The image needs `a` bytes of memory, and there are `b`.
    NoMemory = 14, "refused: bytes of memory it needs, and that there are";
    /// The image needs `a` bytes of arena, and there are `b`.
    NoArena = 15, "refused: bytes of globals and tables it needs, and that there are";
    /// The stack is too small, or the image is of a kind that boards do not run.
    Unsupported = 16, "refused: several memories, or expressions that are too deep";
    /// A host function failed: `a` is its code.
    Host = 17, "a host function failed with";
    /// There is no guest.
    NoGuest = 18, "there is no guest";
}

/// How a guest ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Report {
    /// What has happened.
    pub kind: Kind,
    /// What exactly, see [`Kind`].
    pub detail: u8,
    /// The first number, see [`Kind`].
    pub a: u32,
    /// The second number, see [`Kind`].
    pub b: u32,
}

/// Where a trap was, if no function was active.
const NOWHERE: u32 = u32::MAX;

impl Report {
    /// Bytes that it takes.
    pub const BYTES: usize = 10;

    /// A report without numbers.
    #[must_use]
    pub const fn of(kind: Kind) -> Self {
        Self { kind, detail: 0, a: 0, b: 0 }
    }

    #[inline(never)]
    pub(crate) fn of_error(error: Error) -> Self {
        match error {
            Error::Trap { trap, at } => {
                let Position { func, offset } = at.unwrap_or(Position { func: NOWHERE, offset: 0 });
                Self { kind: Kind::Trap, detail: trap as u8, a: func, b: offset }
            }
            Error::Exit(status) => Self { a: status as u32, ..Self::of(Kind::Exit) },
            Error::Host { code, .. } => Self { a: code, ..Self::of(Kind::Host) },
            Error::MissingImport { import } => Self { a: import, ..Self::of(Kind::ImportUnknown) },
            Error::TooSmall(Resource::Memory) => Self::of(Kind::NoMemory),
            Error::TooSmall(Resource::Arena | Resource::Stack) => Self::of(Kind::NoArena),
            // Entries were checked, and calls do not overlap: what is left is an image that is not for boards.
            _ => Self::of(Kind::Unsupported),
        }
    }

    pub(crate) fn of_image(error: ImageError) -> Self {
        let header = |detail| Self { detail, ..Self::of(Kind::ImageHeader) };
        match error {
            ImageError::Malformed { rule, index } => Self { kind: Kind::ImageRule, detail: rule as u8, a: index, b: 0 },
            ImageError::Code { rule, func, offset } => {
                Self { kind: Kind::ImageRule, detail: rule as u8, a: func, b: offset }
            }
            ImageError::Misaligned => header(0),
            ImageError::NotAnImage => header(1),
            ImageError::Truncated => header(2),
            ImageError::Version { found } => Self { a: found.into(), ..header(3) },
            ImageError::Profile => header(4),
            ImageError::InstructionSet => header(5),
            ImageError::NeedsF32 => header(6),
            ImageError::NeedsF64 => header(7),
            ImageError::Checksum => header(8),
            ImageError::Scratch { needed } => Self { a: needed as u32 * 4, ..header(9) },
            // What later versions refuse for.
            _ => header(10),
        }
    }

    /// As bytes.
    #[must_use]
    pub fn to_bytes(self) -> [u8; Self::BYTES] {
        let ([a, b, c, d], [e, f, g, h]) = (self.a.to_le_bytes(), self.b.to_le_bytes());
        [self.kind as u8, self.detail, a, b, c, d, e, f, g, h]
    }

    /// From bytes. `None` for kinds of later versions.
    #[must_use]
    pub fn from_bytes([kind, detail, a, b, c, d, e, f, g, h]: [u8; Self::BYTES]) -> Option<Self> {
        let kind = Kind::from_code(kind)?;
        Some(Self { kind, detail, a: u32::from_le_bytes([a, b, c, d]), b: u32::from_le_bytes([e, f, g, h]) })
    }

    /// Writes it as one line, without its end. With the image, imports are named, and what the table would need.
    pub fn write(&self, image: Option<Image<'_>>, out: &mut dyn FnMut(&[u8])) {
        out(self.kind.text().as_bytes());
        match self.kind {
            Kind::Trap => self.write_trap(out),
            Kind::Exit | Kind::Overdue | Kind::Host => number(out, b" ", self.a),
            Kind::ImageRule => {
                number(out, b" ", self.detail.into());
                number(out, b" at ", self.a);
                hexadecimal(out, b" + 0x", self.b);
            }
            Kind::ImageHeader => self.write_header(out),
            Kind::NoMemory | Kind::NoArena => {
                number(out, b" ", self.a);
                number(out, b" ", self.b);
            }
            Kind::ImportUnknown | Kind::ImportSignature | Kind::GrantMissing | Kind::ImportDenied => {
                self.write_import(image, out);
            }
            Kind::None
            | Kind::Stopped
            | Kind::Replaced
            | Kind::Unmetered
            | Kind::NoEntry
            | Kind::Unsupported
            | Kind::NoGuest => {}
        }
    }

    fn write_trap(&self, out: &mut dyn FnMut(&[u8])) {
        out(b": ");
        out(TRAPS.iter().find(|trap| **trap as u8 == self.detail).map_or("?", |trap| trap.message()).as_bytes());
        if self.a != NOWHERE {
            number(out, b" at func ", self.a);
            hexadecimal(out, b" + 0x", self.b);
        }
    }

    fn write_header(&self, out: &mut dyn FnMut(&[u8])) {
        number(out, b" ", self.detail.into());
        let text = match self.detail {
            1 => ", not an image",
            2 => ", not complete",
            3..=5 => ", of another version or profile: compile it again, with --profile base",
            6 | 7 => ", floats, which this firmware does not compute with",
            8 => ", damaged",
            9 => ", a function that is too large",
            _ => "",
        };
        out(text.as_bytes());
    }

    fn write_import(&self, image: Option<Image<'_>>, out: &mut dyn FnMut(&[u8])) {
        let Some(import) = image.and_then(|image| image.imports().nth(self.a as usize)) else {
            return number(out, b" import ", self.a);
        };
        for part in [" import ", import.module, " ", import.name] {
            out(part.as_bytes());
        }
        match (self.kind, Row::find(import.module, import.name)) {
            (Kind::ImportDenied, Some(row)) => {
                out(b"; add ");
                out(line_for(row.function).as_bytes());
            }
            // Programs for WASI.
            (Kind::ImportDenied, None) => out(b"; add Grant::stdio()"),
            (Kind::GrantMissing, _) => {
                out(b"; add a grant named \"");
                out(import.name.as_bytes());
                out(b"\", as Grant::output(\"");
                out(import.name.as_bytes());
                out(b"\", PIN)");
            }
            _ => {}
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut result = Ok(());
        self.write(None, &mut |text| {
            if result.is_ok() {
                result = f.write_str(str::from_utf8(text).unwrap_or("?"));
            }
        });
        result
    }
}

/// Traps that guests can run into.
const TRAPS: [Trap; 14] = [
    Trap::UnreachableCodeReached,
    Trap::MemoryOutOfBounds,
    Trap::TableOutOfBounds,
    Trap::IndirectCallToNull,
    Trap::BadSignature,
    Trap::UndefinedElement,
    Trap::IntegerOverflow,
    Trap::IntegerDivisionByZero,
    Trap::BadConversionToInteger,
    Trap::StackOverflow,
    Trap::OutOfFuel,
    Trap::Interrupt,
    Trap::AllocationTooLarge,
    Trap::BadReference,
];

fn number(out: &mut dyn FnMut(&[u8]), before: &[u8], number: u32) {
    digits(out, before, number, 10, 1);
}

fn hexadecimal(out: &mut dyn FnMut(&[u8]), before: &[u8], number: u32) {
    digits(out, before, number, 16, 1);
}

/// Writes a checksum as other tools do: with eight digits.
pub(crate) fn checksum(out: &mut dyn FnMut(&[u8]), before: &[u8], number: u32) {
    digits(out, before, number, 16, 8);
}

/// Writes a number behind some text, with at least so many digits. `base` is 10 or 16.
fn digits(out: &mut dyn FnMut(&[u8]), before: &[u8], mut number: u32, base: u32, least: usize) {
    out(before);
    let mut digits = [b'0'; 10];
    let mut first = digits.len();
    for (index, place) in digits.iter_mut().enumerate().rev() {
        // Less than 16.
        let digit = (number % base) as u8;
        *place = if digit < 10 { b'0' + digit } else { b'a' - 10 + digit };
        number /= base;
        first = index;
        if number == 0 {
            break;
        }
    }
    out(digits.get(first.min(digits.len().saturating_sub(least))..).unwrap_or_default());
}
