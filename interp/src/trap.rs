//! Why a guest stopped: the trap codes of the specification and of this engine's limits.

use core::fmt;

/// The reason a guest was stopped by the machine.
///
/// Texts are those of the official test suite, so that a message can be compared with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[repr(u8)]
pub enum Trap {
    /// `unreachable` was executed.
    UnreachableCodeReached = 1,
    /// A linear memory access was outside the memory.
    MemoryOutOfBounds = 2,
    /// A table access was outside the table, or a segment's range outside its segment.
    TableOutOfBounds = 3,
    /// `call_indirect` met a null reference.
    IndirectCallToNull = 4,
    /// `call_indirect` met a function of another type.
    BadSignature = 5,
    /// `call_indirect` met an index outside its table.
    UndefinedElement = 6,
    /// Division of the smallest integer by -1.
    IntegerOverflow = 7,
    /// Integer division or remainder by zero.
    IntegerDivisionByZero = 8,
    /// A float that is NaN was converted to an integer.
    BadConversionToInteger = 9,
    /// The value stack, or the depth of host calls, is used up.
    StackOverflow = 10,
    /// The fuel is used up and the call was not a resumable one.
    OutOfFuel = 11,
    /// Another thread asked for the guest to stop.
    Interrupt = 12,
    /// The guest (or a host function) asked for memory beyond a limit that is set to trap.
    AllocationTooLarge = 13,
    /// A forged or foreign function reference was used.
    BadReference = 14,
}

impl Trap {
    /// All traps, in the order of their codes.
    pub(crate) const ALL: [Self; 14] = [
        Self::UnreachableCodeReached,
        Self::MemoryOutOfBounds,
        Self::TableOutOfBounds,
        Self::IndirectCallToNull,
        Self::BadSignature,
        Self::UndefinedElement,
        Self::IntegerOverflow,
        Self::IntegerDivisionByZero,
        Self::BadConversionToInteger,
        Self::StackOverflow,
        Self::OutOfFuel,
        Self::Interrupt,
        Self::AllocationTooLarge,
        Self::BadReference,
    ];

    /// The trap with this code, if there is one.
    pub(crate) fn from_code(code: u32) -> Option<Self> {
        let index = usize::try_from(code).ok()?.checked_sub(1)?;
        Self::ALL.get(index).copied()
    }

    /// The message of this trap, as the official test suite spells it.
    #[must_use]
    pub fn message(self) -> &'static str {
        match self {
            Self::UnreachableCodeReached => "unreachable",
            Self::MemoryOutOfBounds => "out of bounds memory access",
            Self::TableOutOfBounds => "out of bounds table access",
            Self::IndirectCallToNull => "uninitialized element",
            Self::BadSignature => "indirect call type mismatch",
            Self::UndefinedElement => "undefined element",
            Self::IntegerOverflow => "integer overflow",
            Self::IntegerDivisionByZero => "integer divide by zero",
            Self::BadConversionToInteger => "invalid conversion to integer",
            Self::StackOverflow => "call stack exhausted",
            Self::OutOfFuel => "all fuel consumed",
            Self::Interrupt => "interrupt",
            Self::AllocationTooLarge => "allocation beyond the limit",
            Self::BadReference => "reference to no function of this store",
        }
    }
}

impl fmt::Display for Trap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())
    }
}

impl core::error::Error for Trap {}
