//! What a guest's imports are: one small trait.

use super::values::Numbers;
use crate::{
    image::{Import, Signature},
    trap::Trap,
};

/// The functions that a guest may call.
///
/// # Examples
///
/// ```
/// use ermine::{bare::{Call, Halt, Host}, image::{Import, Signature}};
///
/// /// One pin, and nothing else.
/// struct Board {
///     pin: bool,
/// }
///
/// impl Host for Board {
///     fn resolve(&mut self, import: &Import<'_>, signature: &Signature<'_>) -> Option<u32> {
///         match (import.module, import.name) {
///             ("board", "set_pin") if signature.is::<u32, ()>() => Some(0),
///             _ => None,
///         }
///     }
///
///     fn call(&mut self, function: u32, call: &mut Call<'_>) -> Result<(), Halt> {
///         debug_assert_eq!(function, 0, "`resolve` gives no other number");
///         self.pin = call.args::<u32>()? != 0;
///         Ok(())
///     }
/// }
/// ```
pub trait Host {
    /// The number by which [`call`](Self::call) will know an imported function. `None` if the host does not have it: then the guest is not instantiated.
    fn resolve(&mut self, import: &Import<'_>, signature: &Signature<'_>) -> Option<u32>;

    /// Carries out a call of the function that [`resolve`](Self::resolve) gave this number.
    ///
    /// # Errors
    ///
    /// A [`Halt`] stops the guest.
    fn call(&mut self, function: u32, call: &mut Call<'_>) -> Result<(), Halt>;

    /// The value of an imported global, as bits; 32-bit ones in the low half. `None` if the host does not have it.
    fn global(&mut self, import: &Import<'_>) -> Option<u64> {
        let _ = import;
        None
    }
}

/// A host without functions.
impl Host for () {
    fn resolve(&mut self, _: &Import<'_>, _: &Signature<'_>) -> Option<u32> {
        None
    }

    fn call(&mut self, _: u32, _: &mut Call<'_>) -> Result<(), Halt> {
        Err(Halt::Trap(Trap::BadReference))
    }
}

/// Why a host function does not return to the guest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Halt {
    /// The guest traps.
    Trap(Trap),
    /// The host failed: a number of its own, which comes out as [`Error::Host`](super::Error::Host).
    Failed(u32),
    /// The guest has ended itself with this status.
    Exit(i32),
    /// Not now: the call ends as [`Progress::Suspended`](super::Progress::Suspended), and when it is resumed the host function is called again, its arguments as they were.
    Suspend,
}

impl From<Trap> for Halt {
    fn from(trap: Trap) -> Self {
        Self::Trap(trap)
    }
}

/// A call of a host function: its arguments, where its results go, and the guest's memory.
#[derive(Debug)]
pub struct Call<'a> {
    pub(super) signature: Signature<'a>,
    /// Arguments, later results.
    pub(super) slots: &'a mut [u32],
    pub(super) memory: &'a mut [u8],
}

impl Call<'_> {
    /// The arguments.
    ///
    /// # Errors
    ///
    /// If the function has other parameters than these.
    pub fn args<P: Numbers>(&self) -> Result<P, Halt> {
        if P::fit(self.signature.params()) { Ok(P::read_all(self.slots)) } else { Err(Trap::BadSignature.into()) }
    }

    /// Sets the results. Without it they are what the arguments' slots hold.
    ///
    /// # Errors
    ///
    /// If the function has other results than these.
    pub fn ret<R: Numbers>(&mut self, results: R) -> Result<(), Halt> {
        if !R::fit(self.signature.results()) {
            return Err(Trap::BadSignature.into());
        }
        results.write_all(self.slots);
        Ok(())
    }

    /// The types of parameters and results.
    #[must_use]
    pub fn signature(&self) -> Signature<'_> {
        self.signature
    }

    /// Arguments, later results, as slots of 4 bytes: `i64` and `f64` take two, the low half first.
    pub fn slots(&mut self) -> &mut [u32] {
        self.slots
    }

    /// The guest's memory.
    pub fn memory(&mut self) -> &mut [u8] {
        self.memory
    }

    /// `length` bytes of the guest's memory.
    ///
    /// # Errors
    ///
    /// [`Trap::MemoryOutOfBounds`] if they are not all inside of it.
    pub fn bytes(&mut self, start: u32, length: u32) -> Result<&mut [u8], Halt> {
        let rest = self.memory.get_mut(start as usize..);
        rest.and_then(|rest| rest.get_mut(..length as usize)).ok_or(Halt::Trap(Trap::MemoryOutOfBounds))
    }
}
