//! Runs of guests that must be the same everywhere, packed, and the line that says how each went.
//!
//! ```text
//! pack  "same" count run…
//! run   size of the rest, name, image, memory, func, fuel, slice, argument…
//! ```
//!
//! All are words, names and images their length and bytes; an argument is an i32. `slice` is 0, or the fuel that each piece of the call gets.

use ermine::{
    Trap,
    bare::{Error, Instance, Position, Progress, Resources, Suspended, Val},
    image::Image,
};

use crate::{Lent, console::Console, words::Words};

/// First word of a pack.
pub const MAGIC: u32 = u32::from_le_bytes(*b"same");

/// Arguments, and results, that a run may have.
const MOST_VALUES: usize = 4;

/// How a run went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// How it ended.
    pub outcome: Outcome,
    /// [`hash`] of the linear memory.
    pub memory: u32,
    /// Fuel that it took.
    pub fuel: u64,
    /// Instructions that were dispatched, where they are counted.
    pub dispatches: Option<u64>,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// With results: the bits of the first.
    Returned(u64),
    /// With a trap, somewhere.
    Trapped(Trap, Option<Position>),
    /// It could not be run at all.
    Impossible,
}

impl Line {
    /// `returned 000000000000002a, memory 811c9dc5, fuel 7, dispatches 5`
    pub fn write(&self, console: &mut impl Console) {
        match self.outcome {
            Outcome::Returned(bits) => {
                console.text("returned ");
                console.wide_hex(bits);
            }
            Outcome::Trapped(trap, at) => {
                console.text("trapped ");
                console.decimal(trap as u32);
                if let Some(Position { func, offset }) = at {
                    console.text(" in ");
                    console.decimal(func);
                    console.text(" at ");
                    console.decimal(offset);
                }
            }
            Outcome::Impossible => console.text("impossible"),
        }
        console.text(", memory ");
        console.hex(self.memory);
        console.text(", fuel ");
        console.decimal(narrow(self.fuel));
        if let Some(dispatches) = self.dispatches {
            console.text(", dispatches ");
            console.decimal(narrow(dispatches));
        }
    }
}

/// No run takes more.
fn narrow(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// FNV-1a.
#[must_use]
pub fn hash(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash, &byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// One run of a pack.
#[derive(Clone, Copy)]
pub struct Run<'a> {
    /// What it is called.
    pub name: &'a str,
    /// The guest.
    pub image: &'a [u8],
    /// Bytes of linear memory to lend.
    pub memory: u32,
    /// The function to call.
    pub func: u32,
    /// Fuel for all of it.
    pub fuel: u32,
    /// Fuel of each piece, or 0.
    pub slice: u32,
    arguments: Words<'a>,
}

/// Runs a pack. Writes a line for each run.
pub fn run(pack: &[u8], lent: &mut Lent<'_>, console: &mut impl Console) {
    for run in runs(pack) {
        console.text(run.name);
        console.text(": ");
        run.carry_out(lent).write(console);
        console.text("\n");
    }
}

/// The runs of a pack.
pub fn runs(pack: &[u8]) -> impl Iterator<Item = Run<'_>> {
    let mut words = Words::new(pack);
    let count = words.next().filter(|&magic| magic == MAGIC).and_then(|_| words.next());
    (0..count.unwrap_or(0)).map_while(move |_| Run::read(words.bytes()?))
}

impl<'a> Run<'a> {
    fn read(bytes: &'a [u8]) -> Option<Self> {
        let mut words = Words::new(bytes);
        Some(Self {
            name: words.name()?,
            image: words.bytes()?,
            memory: words.next()?,
            func: words.next()?,
            fuel: words.next()?,
            slice: words.next()?,
            arguments: words,
        })
    }

    /// The arguments.
    pub fn arguments(&self) -> impl Iterator<Item = i32> + use<'a> {
        let mut words = self.arguments;
        core::iter::from_fn(move || words.next().map(|word| word as i32))
    }

    /// Runs it in a fresh instance.
    pub fn carry_out(&self, lent: &mut Lent<'_>) -> Line {
        let impossible = Line { outcome: Outcome::Impossible, memory: 0, fuel: 0, dispatches: None };
        let Ok(image) = Image::verify(self.image, lent.stack) else { return impossible };
        let Some(memory) = lent.memory.get_mut(..self.memory as usize) else { return impossible };
        let resources = Resources { stack: lent.stack, memory, arena: lent.arena, fuel: u64::from(self.fuel) };
        let Ok(mut instance) = Instance::new(image, resources, ()) else { return impossible };
        let ended = if self.slice == 0 { self.call(&mut instance) } else { self.call_in_slices(&mut instance) };
        let outcome = match ended {
            Ok(result) => Outcome::Returned(bits(result)),
            Err(Error::Trap { trap, at }) => Outcome::Trapped(trap, at),
            Err(_) => Outcome::Impossible,
        };
        let fuel = u64::from(self.fuel).saturating_sub(instance.fuel());
        Line { outcome, memory: hash(instance.memory()), fuel, dispatches: dispatches(&instance) }
    }

    fn call(&self, instance: &mut Instance<'_>) -> Result<Option<Val>, Error> {
        let (mut params, mut results) = ([Val::I32(0); MOST_VALUES], [Val::I32(0); MOST_VALUES]);
        let params = self.params(&mut params);
        let results = self.results(instance, &mut results);
        instance.call_vals(self.func, params, results)?;
        Ok(results.first().copied())
    }

    /// A slice of fuel at a time, and more where a step takes more. The instance has all the rest of it at the end.
    fn call_in_slices(&self, instance: &mut Instance<'_>) -> Result<Option<Val>, Error> {
        let (mut params, mut results) = ([Val::I32(0); MOST_VALUES], [Val::I32(0); MOST_VALUES]);
        let results = self.results(instance, &mut results);
        instance.start_vals(self.func, self.params(&mut params))?;
        let mut rest = u64::from(self.fuel);
        let mut slice = u64::from(self.slice).min(rest);
        let ended = loop {
            instance.set_fuel(slice);
            let progress = instance.resume_vals(results);
            rest = rest.saturating_sub(slice.saturating_sub(instance.fuel()));
            match progress {
                Ok(Progress::Finished(())) => break Ok(results.first().copied()),
                Ok(Progress::Suspended(Suspended::OutOfFuel { required })) if required <= rest => {
                    slice = u64::from(self.slice).max(required).min(rest);
                }
                Ok(Progress::Suspended(_)) => break Err(Trap::OutOfFuel.into()),
                Err(error) => break Err(error),
            }
        };
        instance.set_fuel(rest);
        ended
    }

    fn params<'b>(&self, buffer: &'b mut [Val; MOST_VALUES]) -> &'b [Val] {
        let mut count = 0;
        for (place, argument) in buffer.iter_mut().zip(self.arguments()) {
            *place = Val::I32(argument);
            count += 1;
        }
        buffer.get(..count).unwrap_or_default()
    }

    fn results<'b>(&self, instance: &Instance<'_>, buffer: &'b mut [Val; MOST_VALUES]) -> &'b mut [Val] {
        let count = instance.image().signature(self.func).map_or(0, |signature| signature.results().len());
        buffer.get_mut(..count).unwrap_or_default()
    }
}

/// The bits of a result; 0 if there is none.
fn bits(result: Option<Val>) -> u64 {
    match result {
        Some(Val::I32(value)) => u64::from(value as u32),
        Some(Val::I64(value)) => value as u64,
        Some(Val::F32(value)) => u64::from(value.to_bits()),
        Some(Val::F64(value)) => value.to_bits(),
        Some(Val::FuncRef(reference) | Val::ExternRef(reference)) => reference.map_or(0, |index| u64::from(index) + 1),
        None => 0,
    }
}

#[cfg(feature = "count")]
fn dispatches(instance: &Instance<'_>) -> Option<u64> {
    Some(instance.dispatches())
}

#[cfg(not(feature = "count"))]
fn dispatches(_: &Instance<'_>) -> Option<u64> {
    None
}
