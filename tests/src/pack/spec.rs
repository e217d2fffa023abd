//! The core of the official suite as a pack: every module that needs no other one, and what is asserted of it.

use std::collections::HashMap;

use ermine::image::ItemKind;
use ermine::{Engine, Profile, Trap};
use ermine_checks::Lent;
use ermine_checks::spec::{self as checks, Tally, kind, pattern, ty};
use ermine_cli::wast::Directive;
use ermine_cli::wast::script::{self, Action, Argument, Expected, FloatPattern, RefKind, Source};

use super::{Aligned, Kept, Writer, with_image};
use crate::spec::sets;

/// Linear memory that is enough for every guest.
const AMPLE_MEMORY: usize = 64 << 20;

/// All traps that scripts name.
const TRAPS: [Trap; 10] = [
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
];

/// A pack, and what is in it.
pub struct Pack {
    /// The bytes.
    pub bytes: Aligned,
    /// Images in it.
    pub guests: u32,
    /// Assertions in it.
    pub assertions: u32,
    /// Scripts some of whose assertions are in it.
    pub scripts: usize,
    /// Assertions about calls and instantiation that are not in it, by reason.
    pub left_out: HashMap<&'static str, u32>,
    /// Failures of guests that have all the memory they want.
    pub failures: String,
}

/// A guest in the making.
struct Guest<'a> {
    script: &'a str,
    image: Vec<u8>,
    /// A bit for each trap that instantiation may end in.
    trap: u32,
    commands: Vec<Command>,
}

/// A call, or a look at a global.
struct Command {
    line: u32,
    asserts: bool,
    words: Writer,
}

/// A module of a script, or why there is no guest for it.
type Slot = Result<usize, &'static str>;

/// What is known in the middle of a script.
struct Script<'a, 'g> {
    name: &'a str,
    engine: &'g Engine,
    guests: &'g mut Vec<Guest<'a>>,
    left_out: &'g mut HashMap<&'static str, u32>,
    definitions: HashMap<Option<&'a str>, &'a [u8]>,
    named: HashMap<&'a str, Slot>,
    latest: Slot,
}

/// The pack of everything that fits boards.
pub fn build() -> Pack {
    let (mut guests, mut left_out) = (Vec::new(), HashMap::new());
    for set in sets() {
        let engine = Engine::new(set.config().profile(Profile::Base).wasm_multi_memory(false));
        for (name, directives) in set.scripts() {
            let mut script = Script {
                name,
                engine: &engine,
                guests: &mut guests,
                left_out: &mut left_out,
                definitions: HashMap::new(),
                named: HashMap::new(),
                latest: Err("no module"),
            };
            script.read(directives);
        }
    }
    assemble(guests, left_out)
}

/// What firmware has, and what is enough.
struct Trial {
    stack: Vec<u32>,
    memory: Vec<u8>,
    arena: Vec<u64>,
}

impl Trial {
    /// Runs a guest: what is left in memory, and the failures.
    fn run(&mut self, guest: &Guest<'_>, memory: usize) -> (Tally, String) {
        let Self { stack, memory: most, arena } = self;
        let (bytes, mut console) = (Aligned::new(&guest.bytes(memory)), Kept::default());
        let tally = checks::run_guest(bytes.bytes(), &mut Lent { stack, memory: most, arena }, &mut console);
        (tally, console.to_string())
    }
}

/// Tries each guest with the memory that boards have. What fails there and does not with more is left out.
fn assemble(guests: Vec<Guest<'_>>, mut left_out: HashMap<&'static str, u32>) -> Pack {
    let mut trial = Trial {
        stack: vec![0; checks::STACK_WORDS],
        memory: vec![0; AMPLE_MEMORY],
        arena: vec![0; checks::ARENA_WORDS],
    };
    let (mut body, mut scripts, mut failures) = (Writer::default(), Vec::new(), String::new());
    let (mut count, mut assertions) = (0, 0);
    for mut guest in guests {
        let (mut tally, failed) = trial.run(&guest, checks::MEMORY_BYTES);
        if !failed.is_empty() {
            let (ample, failed_with_more) = trial.run(&guest, AMPLE_MEMORY);
            failures += &failed_with_more;
            let before = ample.passed;
            guest.commands.retain(|command| !failed.contains(&format!(":{}:", command.line)));
            tally = trial.run(&guest, checks::MEMORY_BYTES).0;
            *left_out.entry("wants more memory than boards have").or_default() += before.saturating_sub(tally.passed);
        }
        body.bytes(&guest.bytes(tally.memory.max(guest.least_memory())));
        count += 1;
        assertions += guest.assertions();
        scripts.push(guest.script);
    }
    scripts.dedup();
    let mut pack = Writer::default();
    pack.word(checks::MAGIC);
    pack.word(count);
    pack.0.extend(body.0);
    let bytes = Aligned::new(&pack.0);
    Pack { bytes, guests: count, assertions, scripts: scripts.len(), left_out, failures }
}

impl Guest<'_> {
    /// The guest as it is in a pack.
    fn bytes(&self, memory: usize) -> Vec<u8> {
        let mut out = Writer::default();
        out.bytes(self.script.as_bytes());
        out.word(u32::try_from(memory).expect("less than 4 GiB"));
        out.word(self.trap);
        out.bytes(&self.image);
        for command in &self.commands {
            out.0.extend(&command.words.0);
        }
        out.0
    }

    /// What it has to have to be instantiated.
    fn least_memory(&self) -> usize {
        let image = Aligned::new(&self.image);
        let needs = with_image(&image, |image| image.needs().memory);
        usize::try_from(needs).expect("a size of this host")
    }

    fn assertions(&self) -> u32 {
        let commands = self.commands.iter().filter(|command| command.asserts).count();
        u32::from(self.trap != 0) + u32::try_from(commands).expect("less than 2^32")
    }
}

impl<'a> Script<'a, '_> {
    fn read(&mut self, directives: &'a [Directive]) {
        use script::Command;
        for Directive { line, command } in directives {
            match command {
                Command::Module { name, source } => {
                    self.define(name.as_deref(), source);
                    self.instantiate(name.as_deref(), name.as_deref());
                }
                Command::Definition { name, source } => self.define(name.as_deref(), source),
                Command::Instance { name, definition } => self.instantiate(name.as_deref(), definition.as_deref()),
                Command::Register { instance, .. } => self.share(instance.as_deref()),
                Command::Perform(action) => self.call(*line, kind::PERFORM, action, 0, &[]),
                Command::AssertReturn { action, expected } => self.call(*line, kind::RETURNS, action, 0, expected),
                Command::AssertTrap { action: Action::Instantiate(source), message } => {
                    self.trapping(source, traps(message));
                }
                Command::AssertTrap { action, message } => self.call(*line, kind::TRAPS, action, traps(message), &[]),
                // Modules are refused on the host.
                Command::AssertRefused { .. } | Command::AssertUnlinkable { .. } | Command::Unsupported(_) => {}
            }
        }
    }

    /// Other modules may change what an instance has.
    fn share(&mut self, instance: Option<&'a str>) {
        let shared = Err("shared with another module");
        match instance {
            Some(name) => {
                let before = self.named.insert(name, shared);
                if before == Some(self.latest) {
                    self.latest = shared;
                }
            }
            None => {
                let before = core::mem::replace(&mut self.latest, shared);
                for slot in self.named.values_mut().filter(|slot| **slot == before) {
                    *slot = shared;
                }
            }
        }
    }

    fn define(&mut self, name: Option<&'a str>, source: &'a Source) {
        let Source::Binary(wasm) = source else { return };
        self.definitions.insert(name, wasm);
        self.definitions.insert(None, wasm);
    }

    fn instantiate(&mut self, name: Option<&'a str>, definition: Option<&'a str>) {
        self.latest = match self.definitions.get(&definition) {
            Some(wasm) => self.guest(wasm, 0),
            None => Err("no module"),
        };
        if let Some(name) = name {
            self.named.insert(name, self.latest);
        }
    }

    /// A module whose instantiation must trap.
    fn trapping(&mut self, source: &Source, traps: u32) {
        let guest = match source {
            Source::Binary(wasm) => self.guest(wasm, traps),
            Source::Malformed(_) => Err("no module"),
        };
        match guest {
            Ok(_) => {}
            Err(reason) => *self.left_out.entry(reason).or_default() += 1,
        }
    }

    fn guest(&mut self, wasm: &[u8], trap: u32) -> Slot {
        let image = self.engine.precompile_module(wasm).map_err(|_| "several memories")?;
        let (mut others, mut shares) = (false, false);
        with_image(&Aligned::new(&image), |image| {
            others = image.imports().any(|import| !checks::knows(&import));
            // Scripts look at what another module has left in these.
            shares = image.imports().any(|import| matches!(import.kind, ItemKind::Table | ItemKind::Memory));
        });
        if others {
            return Err("imports from another module");
        }
        if shares {
            return Err("imports a table or a memory");
        }
        self.guests.push(Guest { script: self.name, image, trap, commands: Vec::new() });
        Ok(self.guests.len() - 1)
    }

    fn call(&mut self, line: u32, kind: u32, action: &'a Action, traps: u32, expected: &[Expected]) {
        if let Err(reason) = self.try_call(line, kind, action, traps, expected) {
            *self.left_out.entry(reason).or_default() += u32::from(kind != kind::PERFORM);
        }
    }

    fn try_call(
        &mut self,
        line: u32,
        kind: u32,
        action: &'a Action,
        traps: u32,
        expected: &[Expected],
    ) -> Result<(), &'static str> {
        let (instance, name, arguments, item) = match action {
            Action::Invoke { instance, function, arguments } => (instance, function, &arguments[..], ItemKind::Func),
            Action::Get { instance, global } => (instance, global, &[][..], ItemKind::Global),
            Action::Instantiate(_) => return Err("instantiation"),
        };
        let slot = match instance {
            Some(name) => *self.named.get(name.as_str()).unwrap_or(&Err("no module")),
            None => self.latest,
        };
        let guest = &mut self.guests[slot?];
        let index = with_image(&Aligned::new(&guest.image), |image| {
            let mut exports = image.exports();
            exports.find(|export| export.kind == item && export.name == name).map(|export| export.index)
        });
        let kind = if item == ItemKind::Global { kind::GLOBAL } else { kind };
        let (params, results) = (arguments.len(), expected.len());
        if params > checks::MOST_VALUES || results > checks::MOST_VALUES {
            return Err("too many values");
        }
        let mut words = Writer::default();
        let counts = u32::try_from(params << 8 | results << 16).expect("small numbers");
        for word in [kind | counts, line, index.ok_or("no such export")?, traps] {
            words.word(word);
        }
        for argument in arguments {
            words.value(param(argument)?);
        }
        for expected in expected {
            words.value(result(expected)?);
        }
        guest.commands.push(Command { line, asserts: kind != kind::PERFORM, words });
        Ok(())
    }
}

impl Writer {
    fn value(&mut self, (what, bits): (u32, u64)) {
        self.word(what);
        self.0.extend(bits.to_le_bytes());
    }
}

/// The bits of an i32 or f32.
fn narrow(value: i32) -> u64 {
    u64::from(value.cast_unsigned())
}

fn param(argument: &Argument) -> Result<(u32, u64), &'static str> {
    Ok(match argument {
        Argument::I32(value) => (ty::I32, narrow(*value)),
        Argument::I64(value) => (ty::I64, value.cast_unsigned()),
        Argument::F32(bits) => (ty::F32, u64::from(*bits)),
        Argument::F64(bits) => (ty::F64, *bits),
        Argument::NullFunc => (ty::NULL_FUNC, 0),
        Argument::NullExtern => (ty::NULL_EXTERN, 0),
        Argument::Extern(number) => (ty::EXTERN, u64::from(*number)),
        Argument::Unsupported(what) => return Err(what),
    })
}

fn result(expected: &Expected) -> Result<(u32, u64), &'static str> {
    Ok(match expected {
        Expected::I32(value) => (ty::I32, narrow(*value)),
        Expected::I64(value) => (ty::I64, value.cast_unsigned()),
        Expected::F32(FloatPattern::Bits(bits)) => (ty::F32, u64::from(*bits)),
        Expected::F64(FloatPattern::Bits(bits)) => (ty::F64, *bits),
        Expected::F32(FloatPattern::CanonicalNan) | Expected::F64(FloatPattern::CanonicalNan) => {
            (pattern::CANONICAL_NAN, 0)
        }
        Expected::F32(FloatPattern::ArithmeticNan) | Expected::F64(FloatPattern::ArithmeticNan) => {
            (pattern::ARITHMETIC_NAN, 0)
        }
        Expected::Null(None) => (pattern::NULL, 0),
        Expected::Null(Some(RefKind::Func)) => (ty::NULL_FUNC, 0),
        Expected::Null(Some(RefKind::Extern)) => (ty::NULL_EXTERN, 0),
        Expected::Extern(None) => (pattern::ANY_EXTERN, 0),
        Expected::Extern(Some(number)) => (ty::EXTERN, u64::from(*number)),
        Expected::Func => (pattern::ANY_FUNC, 0),
        Expected::Either(_) => return Err("one of several results"),
        Expected::Unsupported(what) => return Err(what),
    })
}

/// A bit for each trap that a script may mean by this text: its text, or the start of it.
fn traps(message: &str) -> u32 {
    // A number at the end ("uninitialized element 2") is a detail that traps do not carry.
    let text = message.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end();
    let meant = TRAPS.into_iter().filter(|trap| trap.message().starts_with(text));
    meant.fold(0, |bits, trap| bits | 1 << trap as u32)
}
