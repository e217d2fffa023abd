//! The core of the official suite, packed: images, and what their functions must return.
//!
//! ```text
//! pack     "spec" count guest…
//! guest    size of the rest, script, memory, trap, image, command…
//! command  kind | params << 8 | results << 16, line, index, traps, param…, result…
//! param    type, low, high
//! result   pattern, low, high
//! ```
//!
//! All are words, names and images their length and bytes. `trap` and `traps` have a bit for each trap that is expected, by its number.

use core::fmt::Write;

use ermine::{
    bare::{Call, Error, Halt, Host, Instance, Resources, Val},
    image::{Image, Import, ItemKind, Signature},
};

use crate::{
    Lent,
    console::{Console, Formatted},
    words::Words,
};

/// First word of a pack.
pub const MAGIC: u32 = u32::from_le_bytes(*b"spec");

/// Parameters, and results, that a command may have.
pub const MOST_VALUES: usize = 20;

/// Words of value stack that guests get.
pub const STACK_WORDS: usize = 16 << 10;

/// Bytes of linear memory that there are. Guests that want more are in no pack for boards.
pub const MEMORY_BYTES: usize = 3 << 20;

/// Words of 8 bytes that there are for globals and tables.
pub const ARENA_WORDS: usize = 32 << 10;

/// What a command does.
pub mod kind {
    /// The call returns values that match.
    pub const RETURNS: u32 = 0;
    /// The call ends in one of the traps.
    pub const TRAPS: u32 = 1;
    /// The call does not fail; no assertion.
    pub const PERFORM: u32 = 2;
    /// The global has a value that matches.
    pub const GLOBAL: u32 = 3;
}

/// Types of parameters.
pub mod ty {
    /// `i32`
    pub const I32: u32 = 0;
    /// `i64`
    pub const I64: u32 = 1;
    /// `f32`
    pub const F32: u32 = 2;
    /// `f64`
    pub const F64: u32 = 3;
    /// The null function.
    pub const NULL_FUNC: u32 = 4;
    /// The null object.
    pub const NULL_EXTERN: u32 = 5;
    /// An object of the host, by its number.
    pub const EXTERN: u32 = 6;
}

/// Patterns for results: the types above, or one of these.
pub mod pattern {
    /// Any null.
    pub const NULL: u32 = 7;
    /// Any object of the host.
    pub const ANY_EXTERN: u32 = 8;
    /// Any function.
    pub const ANY_FUNC: u32 = 9;
    /// `nan:canonical`, of the width of the value.
    pub const CANONICAL_NAN: u32 = 10;
    /// `nan:arithmetic`, of the width of the value.
    pub const ARITHMETIC_NAN: u32 = 11;
}

/// What came out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Images.
    pub guests: u32,
    /// Assertions that held.
    pub passed: u32,
    /// Assertions that did not, and guests that could not be had.
    pub failed: u32,
    /// Bytes of linear memory of the last guest at its end.
    pub memory: usize,
}

/// A guest of a pack.
struct Guest<'a> {
    script: &'a str,
    memory: u32,
    trap: u32,
    image: &'a [u8],
    commands: Words<'a>,
}

/// One command.
struct Command<'a> {
    kind: u32,
    params: u8,
    results: u8,
    line: u32,
    index: u32,
    traps: u32,
    values: Words<'a>,
}

/// How a command ended that did not end as it should.
enum Fault {
    Broken,
    Ended(Error),
    Value(Val),
    Returned,
}

/// Runs a pack. Writes of every failure.
pub fn run(pack: &[u8], lent: &mut Lent<'_>, console: &mut impl Console) -> Tally {
    let mut tally = Tally::default();
    let mut words = Words::new(pack);
    let count = words.next().filter(|&magic| magic == MAGIC).and_then(|_| words.next());
    for _ in 0..count.unwrap_or(0) {
        match words.bytes().and_then(Guest::read) {
            Some(guest) => guest.run(lent, &mut tally, console),
            None => tally.failed += 1,
        }
    }
    // An empty pack is no success.
    tally.failed += u32::from(tally.guests == 0);
    tally
}

/// Runs one guest of a pack: what [`run`] does with the bytes of each.
pub fn run_guest(guest: &[u8], lent: &mut Lent<'_>, console: &mut impl Console) -> Tally {
    let mut tally = Tally::default();
    match Guest::read(guest) {
        Some(guest) => guest.run(lent, &mut tally, console),
        None => tally.failed += 1,
    }
    tally
}

impl<'a> Guest<'a> {
    fn read(bytes: &'a [u8]) -> Option<Self> {
        let mut words = Words::new(bytes);
        let script = words.name()?;
        let (memory, trap) = (words.next()?, words.next()?);
        Some(Self { script, memory, trap, image: words.bytes()?, commands: words })
    }

    fn run(mut self, lent: &mut Lent<'_>, tally: &mut Tally, console: &mut impl Console) {
        tally.guests += 1;
        let image = match Image::verify(self.image, lent.stack) {
            Ok(image) => image,
            Err(error) => return self.fail(0, &error, tally, console),
        };
        let bytes = (self.memory as usize).min(lent.memory.len());
        let Some(memory) = lent.memory.get_mut(..bytes) else { return };
        let resources = Resources { stack: lent.stack, memory, arena: lent.arena, fuel: 0 };
        let mut instance = match (Instance::new(image, resources, Spectest), self.trap) {
            (Ok(instance), 0) => instance,
            (Ok(_), _) => return self.fail(0, &"instantiated", tally, console),
            (Err(error), traps) if is_among(&error, traps) => {
                tally.passed += 1;
                return;
            }
            (Err(error), _) => return self.fail(0, &error, tally, console),
        };
        while let Some(command) = Command::read(&mut self.commands) {
            let line = command.line;
            let asserts = command.kind != kind::PERFORM;
            match command.carry_out(&mut instance) {
                Ok(()) => tally.passed += u32::from(asserts),
                Err(Fault::Broken) => self.fail(line, &"a broken pack", tally, console),
                Err(Fault::Returned) => self.fail(line, &"returned", tally, console),
                Err(Fault::Ended(error)) => self.fail(line, &error, tally, console),
                Err(Fault::Value(value)) => self.fail(line, &format_args!("got {value:?}"), tally, console),
            }
        }
        tally.memory = instance.memory().len();
    }

    fn fail(&self, line: u32, what: &dyn core::fmt::Display, tally: &mut Tally, console: &mut impl Console) {
        tally.failed += 1;
        // A console cannot fail.
        let _ = writeln!(Formatted(console), "{}:{line}: {what}", self.script);
    }
}

/// Whether this is a trap of the set.
fn is_among(error: &Error, traps: u32) -> bool {
    matches!(*error, Error::Trap { trap, .. } if traps & 1 << trap as u32 != 0)
}

impl<'a> Command<'a> {
    fn read(words: &mut Words<'a>) -> Option<Self> {
        let [kind, params, results, _] = words.next()?.to_le_bytes();
        let command = Self {
            kind: kind.into(),
            params,
            results,
            line: words.next()?,
            index: words.next()?,
            traps: words.next()?,
            values: *words,
        };
        for _ in 0..3 * (u32::from(params) + u32::from(results)) {
            words.next()?;
        }
        Some(command)
    }

    fn carry_out(mut self, instance: &mut Instance<'_, Spectest>) -> Result<(), Fault> {
        let mut buffer = [Val::I32(0); MOST_VALUES];
        if self.kind == kind::GLOBAL {
            let value = instance.global(self.index).ok_or(Fault::Broken)?;
            return self.compare(&[value]);
        }
        let params = buffer.get_mut(..usize::from(self.params)).ok_or(Fault::Broken)?;
        for param in params.iter_mut() {
            *param = self.param().ok_or(Fault::Broken)?;
        }
        let mut results = [Val::I32(0); MOST_VALUES];
        let count = instance.image().signature(self.index).map_or(0, |signature| signature.results().len());
        let results = results.get_mut(..count).ok_or(Fault::Broken)?;
        match instance.call_vals(self.index, params, results) {
            Ok(()) => match self.kind {
                kind::PERFORM => Ok(()),
                kind::TRAPS => Err(Fault::Returned),
                _ => self.compare(results),
            },
            Err(error) if self.kind == kind::TRAPS && is_among(&error, self.traps) => Ok(()),
            Err(error) => Err(Fault::Ended(error)),
        }
    }

    fn triple(&mut self) -> Option<(u32, u32, u64)> {
        let (what, low, high) = (self.values.next()?, self.values.next()?, self.values.next()?);
        Some((what, low, u64::from(high) << 32 | u64::from(low)))
    }

    fn param(&mut self) -> Option<Val> {
        let (what, low, wide) = self.triple()?;
        Some(match what {
            ty::I32 => Val::I32(low as i32),
            ty::I64 => Val::I64(wide as i64),
            ty::F32 => Val::F32(f32::from_bits(low)),
            ty::F64 => Val::F64(f64::from_bits(wide)),
            ty::NULL_FUNC => Val::FuncRef(None),
            ty::NULL_EXTERN => Val::ExternRef(None),
            ty::EXTERN => Val::ExternRef(Some(low)),
            _ => return None,
        })
    }

    fn compare(&mut self, results: &[Val]) -> Result<(), Fault> {
        if results.len() != usize::from(self.results) {
            return Err(Fault::Returned);
        }
        for &result in results {
            let (what, low, wide) = self.triple().ok_or(Fault::Broken)?;
            if !matches(result, what, low, wide) {
                return Err(Fault::Value(result));
            }
        }
        Ok(())
    }
}

/// Whether a value is what a pattern asks for.
fn matches(value: Val, what: u32, low: u32, wide: u64) -> bool {
    match value {
        Val::I32(value) => what == ty::I32 && value as u32 == low,
        Val::I64(value) => what == ty::I64 && value as u64 == wide,
        Val::F32(value) => is_float(u64::from(value.to_bits()) << 32, what, ty::F32, wide << 32, 0x7fc0_0000 << 32),
        Val::F64(value) => is_float(value.to_bits(), what, ty::F64, wide, 0x7ff8_0000_0000_0000),
        Val::FuncRef(None) => matches!(what, ty::NULL_FUNC | pattern::NULL),
        Val::FuncRef(Some(_)) => what == pattern::ANY_FUNC,
        Val::ExternRef(None) => matches!(what, ty::NULL_EXTERN | pattern::NULL),
        Val::ExternRef(Some(number)) => what == pattern::ANY_EXTERN || what == ty::EXTERN && number == low,
    }
}

/// The same for a float whose sign is the topmost bit. `quiet` are the bits of a canonical NaN.
fn is_float(bits: u64, what: u32, ty: u32, wanted: u64, quiet: u64) -> bool {
    match what {
        pattern::CANONICAL_NAN => bits << 1 == quiet << 1,
        pattern::ARITHMETIC_NAN => bits & quiet == quiet,
        _ => what == ty && bits == wanted,
    }
}

/// The modules that scripts import: `spectest` with functions that print nothing, and constants; `a`, which scripts define themselves to
/// have functions `ef0` to `ef4` that return their number. Table and memory are made by the instance.
struct Spectest;

/// The number of a function that prints.
const PRINT: u32 = u32::MAX;

/// Whether the host of packs has an import.
pub fn knows(import: &Import<'_>) -> bool {
    import.module == "spectest" || number(import).is_some()
}

/// The number of a function of `a`.
fn number(import: &Import<'_>) -> Option<u32> {
    match (import.module, import.kind, import.name.as_bytes()) {
        ("a", ItemKind::Func, &[b'e', b'f', digit @ b'0'..=b'4']) => Some((digit - b'0').into()),
        _ => None,
    }
}

impl Host for Spectest {
    fn resolve(&mut self, import: &Import<'_>, _: &Signature<'_>) -> Option<u32> {
        let prints = import.module == "spectest" && import.name.starts_with("print");
        number(import).or(prints.then_some(PRINT))
    }

    fn call(&mut self, function: u32, call: &mut Call<'_>) -> Result<(), Halt> {
        if function == PRINT { Ok(()) } else { call.ret(function) }
    }

    fn global(&mut self, import: &Import<'_>) -> Option<u64> {
        debug_assert_eq!(import.kind, ItemKind::Global, "nothing else has a value");
        match (import.module, import.name) {
            ("spectest", "global_i32" | "global_i64") => Some(666),
            ("spectest", "global_f32") => Some(666.6_f32.to_bits().into()),
            ("spectest", "global_f64") => Some(666.6_f64.to_bits()),
            _ => None,
        }
    }
}
