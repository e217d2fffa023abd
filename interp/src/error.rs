//! The one error type of the public API: a small box with a typed kind, and the guest's backtrace where there is one.

use alloc::{boxed::Box, string::String, vec::Vec};
use core::{any::Any, fmt};

use crate::{
    backtrace::Backtrace,
    image::ImageError,
    limits::Bound,
    trap::Trap,
    types::{ExternType, FuncType, TypeList, ValType},
    value::Val,
};

/// What went wrong. One pointer wide.
///
/// Host functions make one with [`Error::new`], [`Error::host`] or [`Error::i32_exit`]; it passes through the guest unchanged.
///
/// # Examples
///
/// ```
/// use ermine::Error;
///
/// let error = Error::i32_exit(3);
/// assert_eq!(error.i32_exit_status(), Some(3));
/// assert_eq!(error.as_trap_code(), None);
/// ```
pub struct Error {
    inner: Box<Inner>,
}

struct Inner {
    kind: ErrorKind,
    backtrace: Option<Backtrace>,
}

/// An import that a [`Linker`](crate::Linker) does not know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingImport {
    /// The module's name.
    pub module: Box<str>,
    /// The item's name.
    pub name: Box<str>,
    /// What the importing module wants there.
    pub ty: ExternType,
}

/// The kinds of [`Error`].
#[derive(Debug)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The guest trapped.
    Trap(Trap),
    /// A host function failed with an error of the embedder's own type.
    Host(Box<dyn HostError>),
    /// A message, from [`Error::new`].
    Message(Box<str>),
    /// The guest ended itself with this status.
    I32Exit(i32),
    /// The module is malformed or invalid.
    Wasm {
        /// What is wrong.
        message: Box<str>,
        /// The byte of the module where it shows.
        offset: usize,
    },
    /// The module uses proposals that are not supported, or switched off.
    Proposal {
        /// The proposals without which the module cannot be, separated by commas.
        names: Box<str>,
        /// Whether switches in [`Config`](crate::Config) would help.
        switched_off: bool,
        /// What the validator said without them.
        message: Box<str>,
        /// The byte of the module where it shows.
        offset: usize,
    },
    /// A bound of [`Limits`](crate::Limits) was met.
    Limit {
        /// Which bound.
        bound: Bound,
        /// Its value.
        limit: u64,
    },
    /// Memory that the host does not have was asked for.
    OutOfMemory,
    /// The linker does not know these imports.
    MissingImports(Vec<MissingImport>),
    /// What was given for an import has another type.
    ImportType {
        /// The import's module name.
        module: Box<str>,
        /// The import's name.
        name: Box<str>,
        /// The type that the module asks for.
        expected: ExternType,
        /// The type of what was given.
        found: ExternType,
    },
    /// [`Instance::new`](crate::Instance::new) was given another number of imports than the module has.
    ImportCount {
        /// Imports of the module.
        expected: usize,
        /// Imports given.
        found: usize,
    },
    /// The linker has this name already, see [`Linker::allow_shadowing`](crate::Linker::allow_shadowing).
    DuplicateDefinition {
        /// The module's name.
        module: Box<str>,
        /// The item's name.
        name: Box<str>,
    },
    /// There is no export of this name, or it is of another kind.
    UnknownExport(Box<str>),
    /// The function has another type than the call assumes.
    FuncType {
        /// The type that was asked for.
        expected: FuncType,
        /// The function's type.
        actual: FuncType,
    },
    /// The arguments do not fit the function's type, in number or in types.
    ArgumentType {
        /// The function's type.
        ty: FuncType,
        /// The types of what it was given.
        given: Box<[ValType]>,
    },
    /// The places for results are not as many as the function has results.
    ResultCount {
        /// The function's type.
        ty: FuncType,
        /// How many places there are.
        places: usize,
    },
    /// What a host function gave, or a call is to go on with in its place, does not fit the function's type.
    ResultType {
        /// The host function's type.
        ty: FuncType,
        /// The types of what it gave.
        given: Box<[ValType]>,
    },
    /// A value does not have the type of the global or table it should go into.
    ValueType,
    /// The global is constant.
    ImmutableGlobal,
    /// An access from the host was outside the memory.
    MemoryAccess,
    /// Bytes of a memory that should be a string are not UTF-8.
    Utf8,
    /// An access from the host was outside the table.
    TableAccess,
    /// A memory or table cannot grow that far, or a limiter forbade it.
    GrowthDenied,
    /// A type has impossible parts.
    InvalidType(&'static str),
    /// A handle was used with a store that it does not belong to.
    ForeignHandle,
    /// The module, linker and store do not share one engine.
    ForeignEngine,
    /// Fuel was asked about, but [`Config::consume_fuel`](crate::Config::consume_fuel) is off.
    FuelDisabled,
    /// [`Machine::Tail`](crate::Machine::Tail) was asked for, but this build does not have it.
    MachineUnavailable,
    /// [`Profile::Full`](crate::Profile::Full) was asked for, but this build does not have it.
    ProfileUnavailable,
    /// The image is refused, whoever asks for it.
    Image(ImageError),
    /// The image does not fit the engine's settings.
    ImageMismatch(ImageMismatch),
    /// The module cannot be an image: the format has no room for something of it.
    ImageBound(&'static str),
}

/// What of an image does not fit an engine's settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ImageMismatch {
    /// The engine meters its guests, and the image was compiled without fuel.
    NotMetered,
    /// The image pays fuel, and the engine does not meter its guests.
    Metered,
    /// The image has the `full` profile, and the engine the `base` one.
    Profile,
    /// It uses this proposal, which is switched off in [`Config`](crate::Config).
    Proposal(&'static str),
}

/// An error of the embedder's own, carried through the guest.
///
/// # Examples
///
/// ```
/// #[derive(Debug)]
/// struct Denied;
/// impl core::fmt::Display for Denied {
///     fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
///         f.write_str("access denied")
///     }
/// }
/// impl ermine::HostError for Denied {}
///
/// let error = ermine::Error::host(Denied);
/// assert!(error.downcast_ref::<Denied>().is_some());
/// ```
pub trait HostError: Any + fmt::Display + fmt::Debug + Send + Sync + 'static {}

impl Error {
    /// An error with a message.
    #[cold]
    pub fn new<M: Into<String>>(message: M) -> Self {
        ErrorKind::Message(message.into().into_boxed_str()).into()
    }

    /// An error of the embedder's own type.
    #[cold]
    pub fn host<E: HostError>(error: E) -> Self {
        ErrorKind::Host(Box::new(error)).into()
    }

    /// The guest ends with this status; WASI's `proc_exit`.
    #[cold]
    #[must_use]
    pub fn i32_exit(status: i32) -> Self {
        ErrorKind::I32Exit(status).into()
    }

    /// What went wrong.
    #[must_use]
    pub fn kind(&self) -> &ErrorKind {
        &self.inner.kind
    }

    /// The trap, if it is one.
    #[must_use]
    pub fn as_trap_code(&self) -> Option<Trap> {
        if let ErrorKind::Trap(trap) = self.kind() { Some(*trap) } else { None }
    }

    /// The status with which the guest ended itself, if it did.
    #[must_use]
    pub fn i32_exit_status(&self) -> Option<i32> {
        if let ErrorKind::I32Exit(status) = self.kind() { Some(*status) } else { None }
    }

    /// The functions of the guest that were active, innermost first. There is none where no guest ran.
    #[must_use]
    pub fn backtrace(&self) -> Option<&Backtrace> {
        self.inner.backtrace.as_ref()
    }

    /// The embedder's own error, if it is of this type.
    #[must_use]
    pub fn downcast_ref<E: HostError>(&self) -> Option<&E> {
        match self.kind() {
            ErrorKind::Host(error) => {
                let any: &dyn Any = &**error;
                any.downcast_ref()
            }
            _ => None,
        }
    }

    /// The embedder's own error, if it is of this type.
    pub fn downcast_mut<E: HostError>(&mut self) -> Option<&mut E> {
        match &mut self.inner.kind {
            ErrorKind::Host(error) => {
                let any: &mut dyn Any = &mut **error;
                any.downcast_mut()
            }
            _ => None,
        }
    }

    /// The embedder's own error by value, if it is of this type.
    #[must_use]
    pub fn downcast<E: HostError>(self) -> Option<E> {
        match self.inner.kind {
            ErrorKind::Host(error) => {
                let any: Box<dyn Any> = error;
                any.downcast().ok().map(|error| *error)
            }
            _ => None,
        }
    }

    /// A module is malformed or invalid at byte `offset`.
    #[cold]
    pub(crate) fn wasm(message: impl Into<String>, offset: usize) -> Self {
        ErrorKind::Wasm { message: message.into().into_boxed_str(), offset }.into()
    }

    /// A bound was met.
    #[cold]
    pub(crate) fn limit(bound: Bound, limit: impl TryInto<u64>) -> Self {
        ErrorKind::Limit { bound, limit: limit.try_into().unwrap_or(u64::MAX) }.into()
    }

    /// Arguments that do not fit.
    #[cold]
    pub(crate) fn arguments(ty: &FuncType, given: &[Val]) -> Self {
        ErrorKind::ArgumentType { ty: ty.clone(), given: given.iter().map(Val::ty).collect() }.into()
    }

    /// Results of a host function that do not fit.
    #[cold]
    pub(crate) fn results(ty: &FuncType, given: &[Val]) -> Self {
        ErrorKind::ResultType { ty: ty.clone(), given: given.iter().map(Val::ty).collect() }.into()
    }

    /// Another number of places than there are results.
    #[cold]
    pub(crate) fn result_places(ty: &FuncType, places: usize) -> Self {
        ErrorKind::ResultCount { ty: ty.clone(), places }.into()
    }

    #[cold]
    pub(crate) fn invalid_type(message: &'static str) -> Self {
        ErrorKind::InvalidType(message).into()
    }

    #[cold]
    pub(crate) fn foreign() -> Self {
        ErrorKind::ForeignHandle.into()
    }

    /// Adds frames further out than those already known.
    pub(crate) fn extend_backtrace(&mut self, outer: Backtrace, limit: usize) {
        match &mut self.inner.backtrace {
            Some(backtrace) => backtrace.extend(outer, limit),
            None => self.inner.backtrace = Some(outer),
        }
    }
}

impl From<ErrorKind> for Error {
    #[cold]
    fn from(kind: ErrorKind) -> Self {
        Self { inner: Box::new(Inner { kind, backtrace: None }) }
    }
}

impl From<Trap> for Error {
    #[cold]
    fn from(trap: Trap) -> Self {
        ErrorKind::Trap(trap).into()
    }
}

impl From<ImageError> for Error {
    #[cold]
    fn from(error: ImageError) -> Self {
        ErrorKind::Image(error).into()
    }
}

impl From<ImageMismatch> for Error {
    #[cold]
    fn from(mismatch: ImageMismatch) -> Self {
        ErrorKind::ImageMismatch(mismatch).into()
    }
}

#[cfg(feature = "translate")]
impl From<wasmparser::BinaryReaderError> for Error {
    #[cold]
    fn from(error: wasmparser::BinaryReaderError) -> Self {
        let offset = usize::try_from(error.offset()).unwrap_or(usize::MAX);
        Self::wasm(error.message(), offset)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error").field("kind", &self.inner.kind).field("backtrace", &self.inner.backtrace).finish()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.inner.kind, f)
    }
}

impl core::error::Error for Error {}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Trap(trap) => fmt::Display::fmt(trap, f),
            Self::Host(error) => fmt::Display::fmt(error, f),
            Self::Message(message) => f.write_str(message),
            Self::I32Exit(status) => write!(f, "the guest ended with status {status}"),
            Self::Wasm { message, offset } => write!(f, "{message} (at offset {offset:#x})"),
            Self::Proposal { names, switched_off, message, offset } => {
                fmt_proposal(f, names, *switched_off, message, *offset)
            }
            Self::Limit { bound, limit } => write!(f, "too many {bound}: the limit is {limit}; raise it in `Limits`"),
            Self::OutOfMemory => f.write_str("the host has no memory left for this"),
            Self::MissingImports(imports) => fmt_missing(f, imports),
            Self::ImportType { module, name, expected, found } => {
                write!(f, "incompatible import type: `{module}::{name}` must be a {expected}, but a {found} was given")
            }
            Self::ImportCount { expected, found } => {
                write!(f, "unknown import: the module has {expected} imports, but {found} were given")
            }
            Self::DuplicateDefinition { module, name } => {
                write!(f, "`{module}::{name}` is defined already; allow shadowing to replace it")
            }
            Self::UnknownExport(name) => write!(f, "there is no such export of that kind: `{name}`"),
            Self::FuncType { expected, actual } => {
                write!(f, "the function has type {actual}, but {expected} was asked for")
            }
            Self::ArgumentType { ty, given } => {
                write!(f, "the function has type {ty}, but was called with {}", TypeList(given))
            }
            Self::ResultCount { ty, places } => {
                write!(f, "the function has type {ty}, but was called with room for {places} results")
            }
            Self::ResultType { ty, given } => {
                write!(f, "the host function has type {ty}, but gave {}", TypeList(given))
            }
            Self::ValueType => f.write_str("the value has another type than the place it should go to"),
            Self::ImmutableGlobal => f.write_str("the global is constant and cannot be set"),
            Self::MemoryAccess => f.write_str("out of bounds memory access by the host"),
            Self::Utf8 => f.write_str("the bytes are not a string in UTF-8; read them with `Memory::slice`"),
            Self::TableAccess => f.write_str("out of bounds table access by the host"),
            Self::GrowthDenied => f.write_str("cannot grow beyond the maximum or the limiter's bound"),
            Self::InvalidType(message) => f.write_str(message),
            Self::ForeignHandle => f.write_str("the handle belongs to another store; use it with its own"),
            Self::ForeignEngine => f.write_str("module, linker and store must be made with one engine"),
            Self::FuelDisabled => f.write_str("fuel is not metered; switch on `Config::consume_fuel`"),
            Self::MachineUnavailable => f.write_str("this build has no tail machine; choose `Machine::Auto`"),
            Self::ProfileUnavailable => f.write_str(
                "this build has no `full` profile; build with the feature `full`, or choose `Profile::Base`",
            ),
            Self::Image(error) => fmt::Display::fmt(error, f),
            Self::ImageMismatch(mismatch) => fmt::Display::fmt(mismatch, f),
            Self::ImageBound(what) => write!(f, "the module does not fit into an image: {what}"),
        }
    }
}

impl fmt::Display for ImageMismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotMetered => {
                f.write_str("the image was compiled without fuel, and this engine wants to meter: compile it with metering")
            }
            Self::Metered => {
                f.write_str("the image pays fuel, and this engine does not meter: switch on `Config::consume_fuel` or `Config::interruptible`")
            }
            Self::Profile => f.write_str("the image has the `full` profile, this engine the `base` one: compile with `--profile base`"),
            Self::Proposal(name) => write!(f, "the image needs the {name} proposal, which is switched off; switch it on in `Config`"),
        }
    }
}

fn fmt_proposal(f: &mut fmt::Formatter<'_>, names: &str, off: bool, message: &str, offset: usize) -> fmt::Result {
    let why = if off { "is switched off; switch it on in `Config`" } else { "is not supported; build it without" };
    write!(f, "the module needs the {names} proposal, which {why} ({message} at offset {offset:#x})")
}

fn fmt_missing(f: &mut fmt::Formatter<'_>, imports: &[MissingImport]) -> fmt::Result {
    f.write_str("unknown import: define ")?;
    for (index, import) in imports.iter().enumerate() {
        let separator = if index == 0 { "" } else { ", " };
        write!(f, "{separator}`{}::{}` ({})", import.module, import.name, import.ty)?;
    }
    Ok(())
}
