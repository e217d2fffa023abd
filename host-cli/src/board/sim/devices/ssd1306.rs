//! SSD1306: a display of black and white pixels. Commands that do not change what is shown are taken and passed over.

use super::Screen;

/// Columns and pages (of 8 rows) of its memory.
const COLUMNS: usize = 128;
const PAGES: usize = 8;

/// A display.
#[derive(Debug)]
pub(super) struct Ssd1306 {
    width: u16,
    height: u16,
    memory: [[u8; COLUMNS]; PAGES],
    on: bool,
    inverted: bool,
    all_on: bool,
    /// Column 0 is at the right, row 0 at the bottom: how modules come up, and most are mounted the other way round.
    mirrored: [bool; 2],
    addressing: Addressing,
    /// Where the next byte goes, and between which bounds.
    column: Range,
    page: Range,
    /// The command whose parameters are still to come.
    command: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Addressing {
    Horizontal,
    Vertical,
    Page,
}

/// A place that goes from `first` to `last` and again.
#[derive(Debug, Clone, Copy)]
struct Range {
    at: usize,
    first: usize,
    last: usize,
}

impl Range {
    fn new(len: usize) -> Self {
        Self { at: 0, first: 0, last: len - 1 }
    }

    fn set(&mut self, first: u8, last: u8) {
        (self.first, self.last) = (first.into(), last.into());
        self.at = self.first;
    }

    /// The next place; whether it is the first again.
    fn step(&mut self, len: usize) -> bool {
        let wraps = self.at == self.last;
        self.at = if wraps { self.first } else { (self.at + 1) % len };
        wraps
    }
}

impl Ssd1306 {
    pub(super) fn new(width: u16, height: u16) -> Self {
        Self {
            width,
            height,
            memory: [[0; COLUMNS]; PAGES],
            on: false,
            inverted: false,
            all_on: false,
            mirrored: [true; 2],
            addressing: Addressing::Page,
            column: Range::new(COLUMNS),
            page: Range::new(PAGES),
            command: Vec::new(),
        }
    }

    /// A write over I²C. Control bytes tell what follows: one byte of a kind, or all the rest.
    pub(super) fn i2c(&mut self, mut bytes: &[u8]) {
        while let Some((control, rest)) = bytes.split_first() {
            let (one, is_data) = (control & 0x80 != 0, control & 0x40 != 0);
            let (now, later) = rest.split_at(if one { rest.len().min(1) } else { rest.len() });
            self.spi(now, is_data);
            bytes = later;
        }
    }

    /// Bytes with the state of the data/command pin.
    pub(super) fn spi(&mut self, bytes: &[u8], is_data: bool) {
        for byte in bytes {
            if is_data {
                self.data(*byte);
            } else {
                self.command_byte(*byte);
            }
        }
    }

    fn data(&mut self, byte: u8) {
        self.memory[self.page.at % PAGES][self.column.at % COLUMNS] = byte;
        match self.addressing {
            Addressing::Page => self.column.at = (self.column.at + 1) % COLUMNS,
            Addressing::Horizontal => {
                if self.column.step(COLUMNS) {
                    self.page.step(PAGES);
                }
            }
            Addressing::Vertical => {
                if self.page.step(PAGES) {
                    self.column.step(COLUMNS);
                }
            }
        }
    }

    fn command_byte(&mut self, byte: u8) {
        self.command.push(byte);
        let Some(&code) = self.command.first() else { return };
        if self.command.len() <= parameters(code) {
            return;
        }
        let command = std::mem::take(&mut self.command);
        let parameter = |index: usize| command.get(index).copied().unwrap_or(0);
        match code {
            0x00..=0x0f => self.column.at = self.column.at & 0x70 | usize::from(code & 0xf),
            0x10..=0x1f => self.column.at = self.column.at & 0x0f | usize::from(code & 7) << 4,
            0x20 => {
                self.addressing = match parameter(1) & 3 {
                    0 => Addressing::Horizontal,
                    1 => Addressing::Vertical,
                    _ => Addressing::Page,
                };
            }
            0x21 => self.column.set(parameter(1) & 0x7f, parameter(2) & 0x7f),
            0x22 => self.page.set(parameter(1) & 7, parameter(2) & 7),
            0xa0 | 0xa1 => self.mirrored[0] = code == 0xa0,
            0xa4 | 0xa5 => self.all_on = code == 0xa5,
            0xa6 | 0xa7 => self.inverted = code == 0xa7,
            0xae | 0xaf => self.on = code == 0xaf,
            0xb0..=0xb7 => self.page.at = usize::from(code & 7),
            0xc0..=0xc7 => self.mirrored[1] = true,
            0xc8..=0xcf => self.mirrored[1] = false,
            // Contrast, timing, voltages, scrolling.
            _ => {}
        }
    }

    /// What it shows.
    pub(super) fn screen(&self) -> Screen {
        let (width, height) = (usize::from(self.width), usize::from(self.height));
        Screen::new(self.width, self.height, |x, y| {
            let x = if self.mirrored[0] { width - 1 - x } else { x };
            let y = if self.mirrored[1] { height - 1 - y } else { y };
            let bit = self.memory[y / 8 % PAGES][x % COLUMNS] >> (y % 8) & 1 != 0;
            self.on && (self.all_on || bit != self.inverted)
        })
    }
}

/// Bytes that follow a command.
fn parameters(code: u8) -> usize {
    match code {
        0x20 | 0x81 | 0x8d | 0xa8 | 0xd3 | 0xd5 | 0xd9 | 0xda | 0xdb => 1,
        0x21 | 0x22 | 0xa3 => 2,
        0x29 | 0x2a => 5,
        0x26 | 0x27 => 6,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::Ssd1306;

    #[test]
    fn data_go_to_the_window_that_commands_have_set() {
        let mut display = Ssd1306::new(128, 32);
        // On, upright, horizontal; columns 2 to 3, pages 1 to 2.
        display.i2c(&[0x00, 0xaf, 0xa1, 0xc8, 0x20, 0, 0x21, 2, 3, 0x22, 1, 2]);
        display.i2c(&[0x40, 0x01, 0x03, 0x80, 0x00]);
        assert_eq!(display.screen().part(1, 8, 4, 3), [" ## ", "  # ", "    "]);
        assert_eq!(display.screen().part(2, 23, 2, 1), ["# "]);
        display.i2c(&[0x80, 0xae]);
        assert_eq!(display.screen().part(2, 8, 2, 1), ["  "]);
    }

    #[test]
    fn pages_are_addressed_by_commands_without_parameters() {
        let mut display = Ssd1306::new(128, 64);
        display.spi(&[0xaf, 0xa1, 0xc8, 0xb3, 0x05, 0x11], false);
        display.spi(&[0xff], true);
        assert_eq!(display.screen().part(20, 23, 3, 3), ["   ", " # ", " # "]);
    }
}
