//! What a scenario does to its board, looked up: names have become numbers, guests frames.

use super::devices::Device;
use super::scenario::{InputSpec, RequestSpec};
use super::table::{self, find};
use crate::board::guest::Guest;
use crate::exit::{Exit, Failure};
use ermine_boards::Grant;
use ermine_boards::link::message::{MOST_DATA, Request};
use std::path::Path;

/// Something that the scenario does.
#[derive(Debug)]
pub(super) enum Action {
    /// Gives an input a level.
    Pin {
        pin: u8,
        high: bool,
    },
    Adc {
        channel: u8,
        value: u16,
    },
    /// Sends bytes to the guest.
    Serial {
        port: u8,
        bytes: Vec<u8>,
    },
    Celsius {
        device: usize,
        celsius: f64,
    },
    Register {
        device: usize,
        register: u8,
        value: u8,
    },
    /// Sends frames to the board.
    Send {
        what: String,
        frames: Vec<u8>,
    },
    /// Looks whether a display shows what is expected.
    Look {
        expectation: usize,
        device: usize,
    },
}

/// The devices' place by name.
///
/// # Errors
///
/// A message with the names that there are.
pub(super) fn device(devices: &[Device], name: &str) -> Result<usize, String> {
    devices.iter().position(|device| device.name == name).ok_or_else(|| {
        let names: Vec<&str> = devices.iter().map(|device| device.name.as_str()).collect();
        format!("no device is called `{name}`; there is: {}", names.join(", "))
    })
}

/// What an input means.
///
/// # Errors
///
/// What is missing or unknown.
pub(super) fn action(
    spec: &InputSpec,
    table: &'static [Grant],
    devices: &[Device],
    guest: impl FnOnce(&Path) -> Result<Guest, Failure>,
) -> Result<Action, Failure> {
    let names = [&spec.pin, &spec.adc, &spec.serial, &spec.device].map(Option::is_some);
    let subjects = names.into_iter().chain([spec.push.is_some(), spec.request.is_some()]);
    if subjects.filter(|is_there| *is_there).count() != 1 {
        return Err(wrong("an input needs one of pin, adc, serial, device, push and request"));
    }
    if let Some(path) = &spec.push {
        let guest = guest(path)?;
        let frames = update(&guest.image).ok_or_else(|| wrong("a guest that is pushed has no more than 4 GiB"))?;
        return Ok(Action::Send { what: format!("push {}", guest.name), frames });
    }
    plain(spec, table, devices).map_err(wrong)
}

fn wrong(why: impl Into<String>) -> Failure {
    Failure::new(Exit::CannotLoad, why)
}

fn plain(spec: &InputSpec, table: &'static [Grant], devices: &[Device]) -> Result<Action, String> {
    let InputSpec { pin, adc, serial, device: part, request, .. } = spec;
    if let Some(name) = pin {
        let level = spec.level.ok_or("an input with `pin` has no `level`")?;
        let pin = find(table, "pin", name, table::pin)?;
        return Ok(Action::Pin { pin, high: level == super::scenario::Level::High });
    }
    if let Some(name) = adc {
        let value = spec.value.ok_or("an input with `adc` has no `value`, from 0 to 65535")?;
        return Ok(Action::Adc { channel: find(table, "analog input", name, table::adc)?, value });
    }
    if let Some(name) = serial {
        let port = find(table, "serial line", name, table::port)?;
        let bytes = spec.bytes.clone().or_else(|| spec.text.clone().map(String::into_bytes));
        return Ok(Action::Serial {
            port,
            bytes: bytes.ok_or("an input with `serial` has neither `text` nor `bytes`")?,
        });
    }
    if let Some(name) = part {
        return set(spec, devices, name);
    }
    let (what, request) = match request.unwrap_or(RequestSpec::Status) {
        RequestSpec::Status => ("status", Request::Status),
        RequestSpec::Run => ("run", Request::Run),
        RequestSpec::Stop => ("stop", Request::Stop),
    };
    let frames = request.encode(0).map(|frame| frame.to_vec()).unwrap_or_default();
    Ok(Action::Send { what: what.to_owned(), frames })
}

/// What happens to a device.
fn set(spec: &InputSpec, devices: &[Device], name: &str) -> Result<Action, String> {
    let device = device(devices, name)?;
    let (is_thermometer, has_registers) = devices.get(device).map_or((false, false), Device::takes);
    match (spec.celsius, spec.register, spec.value) {
        (Some(celsius), None, None) if is_thermometer => Ok(Action::Celsius { device, celsius }),
        (None, Some(register), Some(value)) if has_registers => {
            let value = u8::try_from(value).map_err(|_| format!("registers of `{name}` have 8 bits"))?;
            Ok(Action::Register { device, register, value })
        }
        _ if is_thermometer => Err(format!("an input of thermometer `{name}` has `celsius`")),
        _ if has_registers => Err(format!("an input of registers `{name}` has `register` and `value`")),
        _ => Err(format!("`{name}` has no inputs")),
    }
}

/// The frames of an update. `None` if the image is too large for one.
fn update(image: &[u8]) -> Option<Vec<u8>> {
    let mut frames = Request::Begin { size: u32::try_from(image.len()).ok()? }.encode(0)?.to_vec();
    for (index, bytes) in image.chunks(MOST_DATA).enumerate() {
        let offset = u32::try_from(index * MOST_DATA).ok()?;
        frames.extend(Request::Data { offset, bytes }.encode(0)?);
    }
    frames.extend(Request::Commit.encode(0)?);
    Some(frames)
}
