//! ST7789: a display with colours. A pixel that is not black is lit; orientation and colour order are not modelled.

use super::Screen;

mod command {
    pub(super) const SLEEP_OUT: u8 = 0x11;
    pub(super) const OFF: u8 = 0x28;
    pub(super) const ON: u8 = 0x29;
    pub(super) const COLUMNS: u8 = 0x2a;
    pub(super) const ROWS: u8 = 0x2b;
    pub(super) const WRITE: u8 = 0x2c;
    pub(super) const FORMAT: u8 = 0x3a;
    pub(super) const WRITE_ON: u8 = 0x3c;
}

/// A display.
#[derive(Debug)]
pub(super) struct St7789 {
    width: u16,
    height: u16,
    lit: Vec<bool>,
    on: bool,
    awake: bool,
    /// First and last column, first and last row of what is written.
    window: [u16; 4],
    /// Where the next pixel goes.
    x: u16,
    y: u16,
    bytes_per_pixel: usize,
    command: u8,
    /// Parameters of the command, or bytes of a pixel, that have come.
    parameters: Vec<u8>,
}

impl St7789 {
    pub(super) fn new(width: u16, height: u16) -> Self {
        Self {
            width,
            height,
            lit: vec![false; usize::from(width) * usize::from(height)],
            on: false,
            awake: false,
            window: [0, width.saturating_sub(1), 0, height.saturating_sub(1)],
            x: 0,
            y: 0,
            bytes_per_pixel: 2,
            command: 0,
            parameters: Vec::new(),
        }
    }

    /// Bytes with the state of the data/command pin.
    pub(super) fn write(&mut self, bytes: &[u8], is_data: bool) {
        for byte in bytes {
            if is_data {
                self.parameters.push(*byte);
                self.parameter();
            } else {
                self.begin(*byte);
            }
        }
    }

    fn begin(&mut self, command: u8) {
        self.command = command;
        self.parameters.clear();
        match command {
            command::SLEEP_OUT => self.awake = true,
            command::ON => self.on = true,
            command::OFF => self.on = false,
            command::WRITE => (self.x, self.y) = (self.window[0], self.window[2]),
            _ => {}
        }
    }

    fn parameter(&mut self) {
        match (self.command, self.parameters.as_slice()) {
            (command::COLUMNS, &[a, b, c, d]) => self.set_window(0, [a, b], [c, d]),
            (command::ROWS, &[a, b, c, d]) => self.set_window(2, [a, b], [c, d]),
            (command::FORMAT, &[format]) => self.bytes_per_pixel = if format & 7 == 6 { 3 } else { 2 },
            (command::WRITE | command::WRITE_ON, bytes) if bytes.len() == self.bytes_per_pixel => {
                let lit = bytes.iter().any(|byte| *byte != 0);
                self.parameters.clear();
                self.pixel(lit);
            }
            (command::WRITE | command::WRITE_ON | command::COLUMNS | command::ROWS, _) => {}
            // What is not modelled may have any number of parameters.
            _ => self.parameters.clear(),
        }
    }

    fn set_window(&mut self, at: usize, first: [u8; 2], last: [u8; 2]) {
        self.window[at] = u16::from_be_bytes(first);
        self.window[at + 1] = u16::from_be_bytes(last);
    }

    fn pixel(&mut self, lit: bool) {
        let place = usize::from(self.y) * usize::from(self.width) + usize::from(self.x);
        if self.x < self.width
            && let Some(pixel) = self.lit.get_mut(place)
        {
            *pixel = lit;
        }
        let [first_x, last_x, first_y, last_y] = self.window;
        self.x = self.x.wrapping_add(1);
        if self.x > last_x {
            self.x = first_x;
            self.y = if self.y >= last_y { first_y } else { self.y + 1 };
        }
    }

    /// What it shows.
    pub(super) fn screen(&self) -> Screen {
        let width = usize::from(self.width);
        let shows = self.on && self.awake;
        Screen::new(self.width, self.height, |x, y| shows && self.lit.get(y * width + x).copied().unwrap_or(false))
    }
}

#[cfg(test)]
mod tests {
    use super::St7789;

    #[test]
    fn pixels_fill_the_window_row_by_row() {
        let mut display = St7789::new(240, 240);
        for (command, data) in [
            (0x11, &[][..]),
            (0x36, &[0]),
            (0x3a, &[0x55]),
            (0x2a, &[0, 10, 0, 11]),
            (0x2b, &[0, 20, 0, 21]),
            (0x2c, &[0xf8, 0, 0, 0, 0, 0, 0, 1]),
            (0x29, &[]),
        ] {
            display.write(&[command], false);
            display.write(data, true);
        }
        assert_eq!(display.screen().part(9, 20, 4, 2), [" #  ", "  # "]);
    }
}
