//! What a run leaves behind: the things that every mode must agree on.

use std::fmt;

use ermine::{Error, ErrorKind, Trap, bare};

use crate::value::Word;

/// How an instantiation or a call ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// With these results.
    Returned(Vec<Word>),
    /// By a trap.
    Trap(Trap),
    /// By a host function.
    Failed,
    /// Before the guest ran: what a limit or a missing import says.
    Refused(String),
}

impl End {
    /// How a call in a store ended that did not return.
    #[must_use]
    pub fn of(error: &Error) -> Self {
        match error.kind() {
            ErrorKind::Trap(trap) => Self::Trap(*trap),
            ErrorKind::Message(_) => Self::Failed,
            other => Self::Refused(other.to_string()),
        }
    }

    /// How a bare call ended that did not return.
    #[must_use]
    pub fn of_bare(error: &bare::Error) -> Self {
        match error {
            bare::Error::Trap { trap, .. } => Self::Trap(*trap),
            bare::Error::Host { .. } => Self::Failed,
            other => Self::Refused(other.to_string()),
        }
    }
}

/// One call, or the instantiation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// How it ended.
    pub end: End,
    /// The active functions when it failed, the innermost first.
    pub trace: Vec<u32>,
    /// The bytes of the module where these were; nothing where that is not known, as in an image.
    pub places: Vec<Option<usize>>,
    /// The fuel that was left, where guests pay.
    pub fuel: Option<u64>,
}

/// A memory: its length, and a hash of what is in it.
pub type Bytes = (usize, u64);

/// Everything that a guest has done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The instantiation, then the calls in order.
    pub calls: Vec<Call>,
    /// The exported globals.
    pub globals: Vec<Word>,
    /// The exported memories.
    pub memories: Vec<Bytes>,
    /// The exported tables: which elements are null.
    pub tables: Vec<Vec<bool>>,
}

impl Record {
    /// Whether anything ended for want of fuel: without fuel it could go on for ever.
    #[must_use]
    pub fn ran_dry(&self) -> bool {
        self.calls.iter().any(|call| call.end == End::Trap(Trap::OutOfFuel))
    }

    /// Whether an instance was made.
    #[must_use]
    pub fn started(&self) -> bool {
        self.calls.first().is_some_and(|call| matches!(call.end, End::Returned(_)))
    }

    /// The same without fuel.
    #[must_use]
    pub fn without_fuel(mut self) -> Self {
        for call in &mut self.calls {
            call.fuel = None;
        }
        self
    }

    /// The same without places in the module.
    #[must_use]
    pub fn without_places(mut self) -> Self {
        for call in &mut self.calls {
            call.places.clear();
        }
        self
    }

    /// The same without where fuel ran out: a call that is suspended does not tell.
    #[must_use]
    pub fn without_dry_places(mut self) -> Self {
        for call in self.calls.iter_mut().filter(|call| call.end == End::Trap(Trap::OutOfFuel)) {
            call.trace.clear();
            call.places.clear();
        }
        self
    }

    /// The same without what a bare instance does not show: more than the innermost function, and tables.
    #[must_use]
    pub fn as_bare(mut self) -> Self {
        for call in &mut self.calls {
            call.trace.truncate(1);
        }
        self.tables.clear();
        self.without_places()
    }
}

/// Asserts that two records are the same, and says what is not.
///
/// # Panics
///
/// If they are not.
pub fn assert_same(expected: &Record, actual: &Record, mode: &dyn fmt::Debug) {
    for (number, (expected, actual)) in expected.calls.iter().zip(&actual.calls).enumerate() {
        assert_eq!(expected, actual, "call {number} (0 is the instantiation) ends otherwise in {mode:?}");
    }
    assert_eq!(expected, actual, "the state is another one in {mode:?}");
}
