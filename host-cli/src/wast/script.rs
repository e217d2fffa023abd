//! A script as plain owned data: what to do, on which line, and what should come of it.
//!
//! Nothing here borrows from the script's text, so a list of [`Directive`]s can be sent to the
//! thread that carries it out.

use std::fmt;

/// One directive of a script.
#[derive(Clone, Debug)]
pub struct Directive {
    /// The line it begins on, counted from 1.
    pub line: u32,
    /// What it asks for.
    pub command: Command,
}

/// What a directive asks for.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the fields of variants are what their names say")]
pub enum Command {
    /// Define a module and instantiate it.
    Module { name: Option<String>, source: Source },
    /// Define a module without instantiating it.
    Definition { name: Option<String>, source: Source },
    /// Instantiate an earlier definition.
    Instance { name: Option<String>, definition: Option<String> },
    /// Make an instance's exports importable under `alias`.
    Register { alias: String, instance: Option<String> },
    /// Carry out an action whose result does not matter.
    Perform(Action),
    /// The action returns values that match.
    AssertReturn { action: Action, expected: Vec<Expected> },
    /// The action ends in a trap with this text, or with a text it is a prefix of.
    AssertTrap { action: Action, message: String },
    /// The module is refused when it is loaded.
    AssertRefused { source: Source, message: String },
    /// The module loads, but its imports cannot be satisfied.
    AssertUnlinkable { source: Source, message: String },
    /// A directive this runner cannot carry out; always a failure.
    Unsupported(&'static str),
}

impl Command {
    /// Whether this directive is one of those a [`Report`](super::Report) counts.
    #[must_use]
    pub fn is_assertion(&self) -> bool {
        match self {
            Command::AssertReturn { .. }
            | Command::AssertTrap { .. }
            | Command::AssertRefused { .. }
            | Command::AssertUnlinkable { .. } => true,
            Command::Module { .. }
            | Command::Definition { .. }
            | Command::Instance { .. }
            | Command::Register { .. }
            | Command::Perform(_)
            | Command::Unsupported(_) => false,
        }
    }
}

/// Something that runs and yields values or a trap.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the fields of variants are what their names say")]
pub enum Action {
    /// Call an exported function.
    Invoke { instance: Option<String>, function: String, arguments: Vec<Argument> },
    /// Read an exported global.
    Get { instance: Option<String>, global: String },
    /// Instantiate a module, for the sake of what its start function and segments do.
    Instantiate(Source),
}

/// A module's binary, or why its text could not be turned into one.
#[derive(Clone, Debug)]
pub enum Source {
    /// The binary.
    Binary(Vec<u8>),
    /// Why there is none.
    Malformed(String),
}

/// An argument of a call.
#[derive(Clone, Debug)]
pub enum Argument {
    /// An i32.
    I32(i32),
    /// An i64.
    I64(i64),
    /// The bits of an f32.
    F32(u32),
    /// The bits of an f64.
    F64(u64),
    /// The null function.
    NullFunc,
    /// The null host object.
    NullExtern,
    /// A host object that is this number.
    Extern(u32),
    /// A type of value this runner does not know.
    Unsupported(&'static str),
}

/// A pattern for one result.
#[derive(Clone, Debug)]
pub enum Expected {
    /// This i32.
    I32(i32),
    /// This i64.
    I64(i64),
    /// An f32.
    F32(FloatPattern<u32>),
    /// An f64.
    F64(FloatPattern<u64>),
    /// A null reference, of the given kind if the script names one.
    Null(Option<RefKind>),
    /// A host object, which is the given number if the script names one.
    Extern(Option<u32>),
    /// Any function.
    Func,
    /// Any of these.
    Either(Vec<Expected>),
    /// A pattern this runner does not know; matches nothing.
    Unsupported(&'static str),
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Expected::I32(value) => write!(f, "i32 {value}"),
            Expected::I64(value) => write!(f, "i64 {value}"),
            Expected::F32(FloatPattern::Bits(bits)) => write!(f, "f32 {bits:#010x}"),
            Expected::F64(FloatPattern::Bits(bits)) => write!(f, "f64 {bits:#018x}"),
            Expected::F32(pattern) => write!(f, "f32 {pattern:?}"),
            Expected::F64(pattern) => write!(f, "f64 {pattern:?}"),
            Expected::Null(None) => write!(f, "null"),
            Expected::Null(Some(RefKind::Func)) => write!(f, "null funcref"),
            Expected::Null(Some(RefKind::Extern)) => write!(f, "null externref"),
            Expected::Extern(None) => write!(f, "externref"),
            Expected::Extern(Some(number)) => write!(f, "externref {number}"),
            Expected::Func => write!(f, "funcref"),
            Expected::Either(cases) => {
                write!(f, "either ")?;
                f.write_str(&list(cases))
            }
            Expected::Unsupported(what) => write!(f, "{what} (unsupported)"),
        }
    }
}

/// Patterns as a failure message shows them.
pub(super) fn list(patterns: &[Expected]) -> String {
    let shown: Vec<String> = patterns.iter().map(Expected::to_string).collect();
    format!("[{}]", shown.join(", "))
}

/// A pattern for a float, over its bits.
#[derive(Clone, Copy, Debug)]
pub enum FloatPattern<Bits> {
    /// `nan:canonical`: only the topmost bit of the payload is set, either sign.
    CanonicalNan,
    /// `nan:arithmetic`: the topmost bit of the payload is set, either sign.
    ArithmeticNan,
    /// Exactly these bits.
    Bits(Bits),
}

/// The kinds of reference WebAssembly 2.0 has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefKind {
    /// `funcref`
    Func,
    /// `externref`
    Extern,
}
