//! Watching a guest's system calls: what a tracer, or a count of what a guest uses, is made of.

use crate::{Errno, Function};

/// One call of a WASI function, with the arguments as the guest passed them.
#[derive(Debug, Clone, Copy)]
pub struct Call<'a> {
    /// The row of the function in [`FUNCTIONS`](crate::FUNCTIONS).
    pub function: &'static Function,
    /// Its arguments, as many as the row has parameters. Those of 32 bits are zero-extended.
    pub args: &'a [u64],
}

/// Sees each call of a WASI function before it is done and afterwards, see
/// [`add_to_linker_with`](crate::add_to_linker_with).
///
/// Both methods get the store's data, where an observer keeps what it knows, and linear memory as it is at that moment.
/// Nothing has been checked: pointers and lengths among the arguments may be anything.
///
/// `()` observes nothing, and costs nothing.
pub trait Observe<T> {
    /// The call begins. `proc_exit` does nothing but end, so that this is all there is to see of it, without the memory.
    fn before(&self, data: &mut T, memory: &[u8], call: Call<'_>) {
        let _ = (data, memory, call);
    }

    /// The call is done; `result` is what the guest gets.
    fn after(&self, data: &mut T, memory: &[u8], call: Call<'_>, result: Result<(), Errno>) {
        let _ = (data, memory, call, result);
    }
}

impl<T> Observe<T> for () {}
