//! What is on the buses of a simulated board.

mod registers;
mod screen;
mod ssd1306;
mod st7789;

pub(super) use screen::Screen;

use super::scenario::DeviceSpec;
use registers::{Bytes, Thermometer};
use ssd1306::Ssd1306;
use st7789::St7789;
use std::ops::RangeInclusive;

/// A device.
#[derive(Debug)]
pub(super) struct Device {
    pub(super) name: String,
    pub(super) place: Place,
    model: Model,
}

/// Where a device is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    I2c {
        bus: u8,
        address: u8,
    },
    /// With the pin that tells data from commands.
    Spi {
        device: u8,
        dc: u8,
    },
}

#[derive(Debug)]
enum Model {
    Thermometer(Thermometer),
    Registers(Bytes),
    Ssd1306(Box<Ssd1306>),
    St7789(St7789),
}

/// Pixels that a display has on a side.
const SIDES: RangeInclusive<u16> = 1..=1024;

impl Device {
    /// The device that the scenario wants. `pin` finds pins by their grants' names.
    ///
    /// # Errors
    ///
    /// If it is nowhere, or in two places, or too large.
    pub(super) fn new(spec: &DeviceSpec, pin: impl Fn(&str) -> Result<u8, String>) -> Result<Self, String> {
        if let DeviceSpec::Ssd1306 { name, width, height, .. } | DeviceSpec::St7789 { name, width, height, .. } = spec
            && [*width, *height].iter().any(|side| !SIDES.contains(side))
        {
            return Err(format!("display `{name}` has sides of {} to {} pixels", SIDES.start(), SIDES.end()));
        }
        let (name, place, model) = match spec {
            DeviceSpec::Lm75 { name, bus, address, celsius } => {
                (name, i2c(*bus, *address), Model::Thermometer(Thermometer::lm75(*celsius)))
            }
            DeviceSpec::Tmp102 { name, bus, address, celsius } => {
                (name, i2c(*bus, *address), Model::Thermometer(Thermometer::tmp102(*celsius)))
            }
            DeviceSpec::Registers { name, bus, address, values } => {
                (name, i2c(*bus, *address), Model::Registers(Bytes::new(values)))
            }
            DeviceSpec::Ssd1306 { name, bus, address, spi, dc, width, height } => {
                let place = match (address, spi, dc) {
                    (Some(address), None, None) => i2c(*bus, *address),
                    (None, Some(device), Some(dc)) => Place::Spi { device: *device, dc: pin(dc)? },
                    _ => return Err(format!("device `{name}` needs either `address`, or `spi` and `dc`")),
                };
                (name, place, Model::Ssd1306(Box::new(Ssd1306::new(*width, *height))))
            }
            DeviceSpec::St7789 { name, spi, dc, width, height } => {
                (name, Place::Spi { device: *spi, dc: pin(dc)? }, Model::St7789(St7789::new(*width, *height)))
            }
        };
        if let Place::I2c { address: 0x80.., .. } = place {
            return Err(format!("device `{name}` has an address of more than 7 bits"));
        }
        Ok(Self { name: name.clone(), place, model })
    }

    /// Bytes that arrive over I²C, up to the next start or stop.
    pub(super) fn i2c_write(&mut self, bytes: &[u8]) {
        match &mut self.model {
            Model::Thermometer(thermometer) => thermometer.write(bytes),
            Model::Registers(registers) => registers.write(bytes),
            Model::Ssd1306(display) => display.i2c(bytes),
            Model::St7789(_) => {}
        }
    }

    /// Bytes that are asked for over I²C.
    pub(super) fn i2c_read(&mut self, bytes: &mut [u8]) {
        match &mut self.model {
            Model::Thermometer(thermometer) => thermometer.read(bytes),
            Model::Registers(registers) => registers.read(bytes),
            // Displays are not read.
            Model::Ssd1306(_) | Model::St7789(_) => bytes.fill(0xff),
        }
    }

    /// Bytes that arrive over SPI. Those that go the other way are all ones.
    pub(super) fn spi_write(&mut self, bytes: &[u8], data: bool) {
        match &mut self.model {
            Model::Ssd1306(display) => display.spi(bytes, data),
            Model::St7789(display) => display.write(bytes, data),
            Model::Thermometer(_) | Model::Registers(_) => {}
        }
    }

    /// What a thermometer measures from now on. Says whether it is one.
    pub(super) fn set_celsius(&mut self, celsius: f64) -> bool {
        match &mut self.model {
            Model::Thermometer(thermometer) => thermometer.set(celsius),
            Model::Registers(_) | Model::Ssd1306(_) | Model::St7789(_) => return false,
        }
        true
    }

    /// What a register has from now on. Says whether there are such.
    pub(super) fn set_register(&mut self, register: u8, value: u8) -> bool {
        match &mut self.model {
            Model::Registers(registers) => registers.set(register, value),
            Model::Thermometer(_) | Model::Ssd1306(_) | Model::St7789(_) => return false,
        }
        true
    }

    /// What a display shows.
    pub(super) fn screen(&self) -> Option<Screen> {
        match &self.model {
            Model::Ssd1306(display) => Some(display.screen()),
            Model::St7789(display) => Some(display.screen()),
            Model::Thermometer(_) | Model::Registers(_) => None,
        }
    }

    /// Whether it is a thermometer, and whether it has registers: what inputs may set.
    pub(super) fn takes(&self) -> (bool, bool) {
        (matches!(self.model, Model::Thermometer(_)), matches!(self.model, Model::Registers(_)))
    }
}

fn i2c(bus: u8, address: u8) -> Place {
    Place::I2c { bus, address }
}
