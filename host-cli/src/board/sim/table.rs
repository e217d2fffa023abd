//! The capability table of a scenario. It is never freed: a firmware has it in flash, and there is one a run.

use super::scenario::{Access, GrantSpec, Level, Pull};
use ermine_boards::{Grant, MOST_GRANTS, What};

/// The table, as a supervisor takes it.
///
/// # Errors
///
/// If it is too long, or two lines have the same name.
pub(super) fn table(specs: &[GrantSpec]) -> Result<&'static [Grant], String> {
    if specs.len() > MOST_GRANTS {
        return Err(format!("it has {} grants, and a board's table has {MOST_GRANTS} at the most", specs.len()));
    }
    let grants = specs.iter().map(grant).collect::<Result<Vec<_>, _>>()?;
    for (index, grant) in grants.iter().enumerate() {
        if grants.iter().take(index).any(|before| before.name == grant.name) {
            return Err(format!("two grants are called `{}`: guests cannot tell them apart", grant.name));
        }
    }
    Ok(grants.leak())
}

/// Pin, line or channel number of the grant with this name, if it is of a kind that `number` has one of.
///
/// # Errors
///
/// A message with the names that there are.
pub(super) fn find(
    table: &'static [Grant],
    kind: &str,
    name: &str,
    number: fn(&What) -> Option<u8>,
) -> Result<u8, String> {
    let known = || table.iter().filter_map(|grant| Some((grant.name, number(&grant.what)?)));
    if let Some((_, number)) = known().find(|(known, _)| *known == name) {
        return Ok(number);
    }
    let names: Vec<&str> = known().map(|(name, _)| name).collect();
    let there_is =
        if names.is_empty() { "there is none".to_owned() } else { format!("there is: {}", names.join(", ")) };
    Err(format!("no {kind} is granted as `{name}`; {there_is}"))
}

/// The pin of a grant.
pub(super) fn pin(what: &What) -> Option<u8> {
    match *what {
        What::Input { pin, .. } | What::Output { pin, .. } | What::InOut { pin, .. } => Some(pin),
        _ => None,
    }
}

/// The serial line of a grant.
pub(super) fn port(what: &What) -> Option<u8> {
    if let What::Serial { port, .. } = *what { Some(port) } else { None }
}

/// The analog channel of a grant.
pub(super) fn adc(what: &What) -> Option<u8> {
    if let What::Adc { channel } = *what { Some(channel) } else { None }
}

/// The channel with a duty cycle of a grant.
pub(super) fn pwm(what: &What) -> Option<u8> {
    if let What::Pwm { channel, .. } = *what { Some(channel) } else { None }
}

/// The name that the table has for something of the board, or its number.
pub(super) fn name_of(table: &'static [Grant], number: fn(&What) -> Option<u8>, wanted: u8) -> String {
    let found = table.iter().find(|grant| number(&grant.what) == Some(wanted));
    found.map_or_else(|| wanted.to_string(), |grant| grant.name.to_owned())
}

fn grant(spec: &GrantSpec) -> Result<Grant, String> {
    use GrantSpec as S;
    let (grant, at_most) = match spec {
        S::Input { name, pin, pull, at_most } => (Grant::input(kept(name), *pin, (*pull).into()), at_most),
        S::Output { name, pin, safe, at_most } => (Grant::output_safe(kept(name), *pin, (*safe).into()), at_most),
        S::InOut { name, pin, pull, at_most } => (Grant::in_out(kept(name), *pin, (*pull).into()), at_most),
        S::Delay { at_most } => (Grant::delay(), at_most),
        S::Clock { at_most } => (Grant::clock(), at_most),
        S::Timer { name, least, at_most } => {
            let least =
                u32::try_from(least.us).map_err(|_| format!("timer `{name}` has more than an hour as `least`"))?;
            (Grant::timer(kept(name), least), at_most)
        }
        S::Serial { name, port, access, at_most } => (Grant::serial(kept(name), *port, (*access).into()), at_most),
        S::I2c { name, bus, addresses: [first, last], at_most } => {
            (Grant::i2c(kept(name), *bus, *first..=*last), at_most)
        }
        S::Spi { name, device, at_most } => (Grant::spi(kept(name), *device), at_most),
        S::Adc { name, channel, at_most } => (Grant::adc(kept(name), *channel), at_most),
        S::Pwm { name, channel, at_most } => (Grant::pwm(kept(name), *channel), at_most),
        S::Log { at_most } => (Grant::log(), at_most),
        S::Storage { name, region, bytes, access, at_most } => {
            // No more than 64 MiB, as it was read.
            (Grant::storage(kept(name), *region, bytes.0 as u32, (*access).into()), at_most)
        }
        S::Random { at_most } => (Grant::random(), at_most),
    };
    Ok(grant.at_most(*at_most))
}

fn kept(name: &str) -> &'static str {
    name.to_owned().leak()
}

impl From<Pull> for ermine_boards::Pull {
    fn from(pull: Pull) -> Self {
        match pull {
            Pull::None => Self::None,
            Pull::Up => Self::Up,
            Pull::Down => Self::Down,
        }
    }
}

impl From<Level> for ermine_boards::Level {
    fn from(level: Level) -> Self {
        match level {
            Level::Low => Self::Low,
            Level::High => Self::High,
        }
    }
}

impl From<Access> for ermine_boards::Access {
    fn from(access: Access) -> Self {
        match access {
            Access::Read => Self::Read,
            Access::Write => Self::Write,
            Access::ReadWrite => Self::ReadWrite,
        }
    }
}
