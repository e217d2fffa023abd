//! Devices that are registers behind a pointer, which the first byte of each write sets.

/// Registers of a byte. The pointer goes on with each byte.
#[derive(Debug)]
pub(super) struct Bytes {
    values: [u8; 256],
    pointer: u8,
}

impl Bytes {
    /// Registers that have these values from the first on.
    pub(super) fn new(values: &[u8]) -> Self {
        let mut all = [0; 256];
        all.iter_mut().zip(values).for_each(|(place, value)| *place = *value);
        Self { values: all, pointer: 0 }
    }

    pub(super) fn write(&mut self, bytes: &[u8]) {
        let Some((pointer, values)) = bytes.split_first() else { return };
        self.pointer = *pointer;
        for value in values {
            self.set(self.pointer, *value);
            self.pointer = self.pointer.wrapping_add(1);
        }
    }

    pub(super) fn read(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            *byte = self.values[usize::from(self.pointer)];
            self.pointer = self.pointer.wrapping_add(1);
        }
    }

    pub(super) fn set(&mut self, register: u8, value: u8) {
        self.values[usize::from(register)] = value;
    }
}

/// A sensor with four registers of two bytes: temperature, configuration, two limits. LM75 and TMP102 differ in how many bits
/// the temperature has.
#[derive(Debug)]
pub(super) struct Thermometer {
    registers: [[u8; 2]; 4],
    pointer: usize,
    /// Steps of a degree.
    steps: f64,
    /// Bits below the lowest one.
    shift: u32,
}

impl Thermometer {
    /// Half degrees, in nine bits.
    pub(super) fn lm75(celsius: f64) -> Self {
        // A limit of 80 degrees, 75 as its other end.
        Self::new(celsius, 2.0, 7, [[0, 0], [0, 0], [0x4b, 0], [0x50, 0]])
    }

    /// Sixteenths of a degree, in twelve bits.
    pub(super) fn tmp102(celsius: f64) -> Self {
        Self::new(celsius, 16.0, 4, [[0, 0], [0x60, 0xa0], [0x4b, 0], [0x50, 0]])
    }

    fn new(celsius: f64, steps: f64, shift: u32, registers: [[u8; 2]; 4]) -> Self {
        let mut thermometer = Self { registers, pointer: 0, steps, shift };
        thermometer.set(celsius);
        thermometer
    }

    /// What it measures from now on.
    pub(super) fn set(&mut self, celsius: f64) {
        let most = f64::from(i16::MAX >> self.shift);
        // Within an i16.
        let steps = (celsius * self.steps).round().clamp(-most - 1.0, most) as i16;
        self.registers[0] = (steps << self.shift).to_be_bytes();
    }

    pub(super) fn write(&mut self, bytes: &[u8]) {
        let Some((pointer, values)) = bytes.split_first() else { return };
        self.pointer = usize::from(*pointer & 3);
        // The temperature is not written.
        if self.pointer > 0 {
            self.registers[self.pointer].iter_mut().zip(values).for_each(|(place, value)| *place = *value);
        }
    }

    pub(super) fn read(&mut self, bytes: &mut [u8]) {
        let register = self.registers[self.pointer];
        bytes.iter_mut().zip(register.iter().cycle()).for_each(|(byte, value)| *byte = *value);
    }
}

#[cfg(test)]
mod tests {
    use super::{Bytes, Thermometer};

    #[test]
    fn temperatures_are_as_the_data_sheets_have_them() {
        let of = |mut thermometer: Thermometer| {
            let mut bytes = [0; 2];
            thermometer.write(&[0]);
            thermometer.read(&mut bytes);
            u16::from_be_bytes(bytes)
        };
        for (celsius, lm75, tmp102) in [
            (0.0, 0, 0),
            (0.5, 0x0080, 0x0080),
            (25.0, 0x1900, 0x1900),
            (-25.0, 0xe700, 0xe700),
            (125.0, 0x7d00, 0x7d00),
        ] {
            assert_eq!(of(Thermometer::lm75(celsius)), lm75, "{celsius}");
            assert_eq!(of(Thermometer::tmp102(celsius)), tmp102, "{celsius}");
        }
        assert_eq!(of(Thermometer::tmp102(21.0625)), 0x1510);
        assert_eq!(of(Thermometer::lm75(1e9)), 0x7f80);
        assert_eq!(of(Thermometer::lm75(f64::NAN)), 0);
    }

    #[test]
    fn registers_are_written_and_read_one_after_the_other() {
        let mut registers = Bytes::new(&[7]);
        registers.write(&[255, 1, 2]);
        registers.write(&[255]);
        let mut bytes = [0; 3];
        registers.read(&mut bytes);
        assert_eq!(bytes, [1, 2, 0]);
    }
}
