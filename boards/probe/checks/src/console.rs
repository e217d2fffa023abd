//! Where checks write to. Without `core::fmt`, which would be half of a small firmware.

use core::fmt;

/// Something that shows bytes.
pub trait Console {
    /// Shows bytes of UTF-8.
    fn bytes(&mut self, bytes: &[u8]);

    /// Shows a text.
    fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    /// Shows a number in decimal.
    fn decimal(&mut self, number: u32) {
        let (mut digits, mut rest, mut first) = ([0; 10], number, 0);
        for (at, digit) in digits.iter_mut().enumerate().rev() {
            *digit = b'0' + (rest % 10) as u8;
            rest /= 10;
            first = at;
            if rest == 0 {
                break;
            }
        }
        self.bytes(digits.get(first..).unwrap_or_default());
    }

    /// Shows a number in hexadecimal, with all its digits.
    fn hex(&mut self, number: u32) {
        let mut rest = number;
        let digits = [(); 8].map(|()| {
            rest = rest.rotate_left(4);
            let digit = (rest & 15) as u8;
            if digit < 10 { b'0' + digit } else { b'a' - 10 + digit }
        });
        self.bytes(&digits);
    }

    /// Shows a wide number in hexadecimal, with all its digits.
    fn wide_hex(&mut self, number: u64) {
        self.hex((number >> 32) as u32);
        self.hex(number as u32);
    }
}

/// Writes what has `core::fmt` to a console. For firmware that need not be small.
pub struct Formatted<'a, C: ?Sized>(pub &'a mut C);

impl<C: Console + ?Sized> fmt::Write for Formatted<'_, C> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.text(text);
        Ok(())
    }
}
