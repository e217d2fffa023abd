//! How much value stack the calls of an image need, read from its code.
//!
//! A call puts the callee's frame at a place inside the caller's that the instruction names, and a tail call puts it where the caller's was. So what a function
//! needs is its own frame or, if that is more, the distance to a callee's frame and what the callee needs. Functions whose calls lead back to themselves
//! need as much as they recurse, unless all of these calls are tail calls.
//!
//! `graph` reads from the code who calls whom, `walk` sums it up. Imports are taken for host functions that do not call back: what they call, or another
//! instance in their place, needs its stack on top.

mod graph;
#[cfg(all(test, feature = "translate"))]
mod tests;
mod walk;

use alloc::vec::Vec;

use self::{graph::Graph, walk::Walk};
use super::Image;
use crate::exec::RED_ZONE;

/// The value stack that calls of an image's functions need, see [`Image::stack_need`].
///
/// Every number includes what must lie behind the last frame, so that a slice of so many bytes is enough for an instance over borrowed buffers.
/// [`Limits::stack_bytes`](crate::Limits::stack_bytes) adds that by itself.
#[derive(Debug, Clone)]
pub struct StackNeed {
    /// For each function, without the red zone; [`UNBOUNDED`] if there is no bound.
    needs: Vec<u64>,
    /// The largest of what can be called from outside.
    need: u64,
    path: Vec<u32>,
    unbounded: Option<Unbounded>,
    level: u32,
}

/// Why no amount of stack is enough for certain.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unbounded {
    /// Functions call each other in a circle.
    Recursion {
        /// The functions: each calls the next, the last one the first.
        cycle: Vec<u32>,
        /// Bytes of stack that one round takes.
        bytes: u64,
    },
    /// An indirect call may reach functions that are not of this module: a table or references come in from outside.
    Outside {
        /// The function with the call.
        caller: u32,
    },
}

/// Instead of a number of bytes.
const UNBOUNDED: u64 = u64::MAX;

impl StackNeed {
    /// Bytes that are enough for a call of any exported function, of the start function, and of any function that the host can get a reference to.
    /// Nothing if there is no bound, see [`unbounded`](Self::unbounded).
    #[must_use]
    pub fn bytes(&self) -> Option<u32> {
        with_red_zone(self.need)
    }

    /// Bytes that are enough for a call of this function, by its index in the module. Nothing if there is no bound, or nothing outside leads to it.
    #[must_use]
    pub fn of(&self, func: u32) -> Option<u32> {
        self.needs.get(func as usize).copied().and_then(with_red_zone)
    }

    /// The chain of calls with the deepest stack, outermost first; empty if there is no bound. Functions that ended in a tail call are named, too, but of
    /// those that tail-call each other in a circle one alone.
    #[must_use]
    pub fn path(&self) -> &[u32] {
        &self.path
    }

    /// Why there is no bound.
    #[must_use]
    pub fn unbounded(&self) -> Option<&Unbounded> {
        self.unbounded.as_ref()
    }

    /// Bytes that one more level of calls takes at most, whether or not there is a bound for all of them.
    #[must_use]
    pub fn level(&self) -> u32 {
        self.level
    }

    /// The number for an image's header: 0 if there is no bound.
    pub(crate) fn header_word(&self) -> u32 {
        self.bytes().unwrap_or(0)
    }
}

fn with_red_zone(bytes: u64) -> Option<u32> {
    u32::try_from(bytes.checked_add(RED_ZONE as u64)?).ok()
}

impl Image<'_> {
    /// What calls of this image need of the value stack. Looks at the whole code, in linear time.
    #[must_use]
    pub fn stack_need(self) -> StackNeed {
        let graph = Graph::of(self);
        let mut walk = Walk::new(&graph);
        let roots = graph.roots(self);
        for &root in &roots {
            walk.visit(root);
        }
        walk.finish(&roots)
    }
}
