//! The verifier: takes an image of unknown origin and accepts it only if running it cannot break memory safety.
//!
//! It needs no allocator, does not recurse, does not panic, and takes time linear in the image: [`structure`] looks at each entry of each table once,
//! [`code`] walks each function twice with one bit of scratch space per unit. The second walk is the first one again: by then all targets
//! of branches are marked.
//!
//! # Why that suffices
//!
//! What the executor relies on is that code is well-formed (ARCHITECTURE, invariant 1). The rest of its invariants is about contexts and buffers, which the
//! engine makes itself from the tables of an image. So it has to be shown that of every image accepted
//!
//! 1. *Sections are where the header says.* Their places follow from counts, all of which `Image::open` has found to fill the image exactly: none is outside,
//!    none overlaps another.
//! 2. *Strings and signatures are well-formed.* Both sections are walked from the start, entry by entry; a reference into one is accepted only if an
//!    entry starts there. The slots that a signature claims are those that its types take.
//! 3. *Indices in tables exist.* Those of exports, of the start function, of segments, of their items, and of constant expressions are below the count of
//!    their index space. There are as many functions as imports of functions at least, and likewise for tables, memories and globals.
//! 4. *Constant expressions end, and never pop what is not there.* The section is walked from the start; its last operation ends an expression; an expression
//!    is referred to only by its start. Types are not checked: a cell of a global, an offset and a reference are bits, whatever they
//!    were computed as. One that reads a global behind its own is for the evaluator to refuse, or to take for 0.
//! 5. *Functions tile the code.* The first starts at its start, each next one behind the one before, all at units; so code is inside the image, and
//!    every unit belongs to one function.
//! 6. *A function starts with a header that describes its frame.* `[parameters, results][link][locals]…` are in this order, inside the frame, and of
//!    the size that the signature asks for, whatever the header claims. Entering a function checks the stack for the whole frame.
//! 7. *Control stays in the function, at starts of instructions.* Instructions follow one another from the header to the end. Branches and all entries of branch
//!    tables go to a unit behind the header that no instruction contains other than as its first. The last instruction never goes on behind
//!    itself. A header is nowhere else, and what calls from outside return to is nowhere.
//! 8. *Instructions are this build's.* Each number is one of the linked profile whose handler exists; its fields are inside the function.
//! 9. *Slots are inside the frame and off the link.* All that a slot field names, in its full width, lies below the end of the frame, at a
//!    multiple of 4, and touches no byte of the link. So nothing but a call writes a link, and every return finds what the call left.
//! 10. *Returns find the link.* The link's slot in returns and tail calls is that of the header. A function with one result returns by an instruction with a value
//!     of that type, all others by one without: what the caller finds in the accumulator is what it expects. Such a value is
//!     written to the start of the frame, where by rule 6 there is room for it before the link.
//! 11. *Callees' frames start inside the caller's, behind its link,* with room for arguments and results up to the caller's end. So even a host function
//!     that has no frame of its own reads and writes inside the stack, and a callee cannot reach its caller's link.
//! 12. *A tail call hands over what the callee takes,* no more and no less, and the callee returns what the function would have. The arguments move
//!     down into the callee's frame, for which the stack is checked first.
//! 13. *Indices in code exist.* Functions, types, globals, tables, memories and segments are below the count of their index space; a
//!     function is called by the instruction of its kind (defined or imported); a global is accessed by its width, and written only if mutable.
//!     An indirect call compares signatures by their place, so what it reaches has the signature that rule 11 was checked with.
//! 14. *Accumulators are read where they were just written.* The instruction directly before, in the order of execution too (no branch leads between), has
//!     left a value of this type there, or an i64 whose lower half is read. Reading anything else would be no danger, but would depend on the machine.
//! 15. *Metered code pays.* Every call and every branch back, or to itself, takes fuel; so between two payments a run executes each instruction once at
//!     most. A header's price covers what it zeroes. Code that is not metered has no instruction that pays: nobody hands it fuel.
//!
//! Everything else may be anything: immediates, offsets into memory (checked when used), references (checked when used: `exec::calls`), values in slots, the page
//! size in `memory.size`. Zeroing of locals and loads of results may run past the end of a frame, by less than [`RED_ZONE`](crate::exec::RED_ZONE).
//!
//! A hostile image can still compute nonsense, trap, use up its fuel or its stack, and call whatever it imports. It can also read slots that it has not written,
//! and in them what earlier frames have left: values of other guests that used the same stack, and return addresses, which are addresses of the host.

mod code;
mod marks;
mod rule;
mod structure;
#[cfg(all(test, feature = "translate", feature = "full"))]
mod testing;
#[cfg(all(test, feature = "translate", feature = "full"))]
mod tests;

use self::marks::Marks;
pub use self::rule::Rule;
use super::{Image, ImageError, format::Section};

/// Verifies an image that was opened.
pub(super) fn image(image: Image<'_>, scratch: &mut [u32]) -> Result<(), ImageError> {
    let needed = scratch_words(image);
    let mut marks = Marks::new(scratch.get_mut(..needed).ok_or(ImageError::Scratch { needed })?);
    if let Err(Broken { rule, at: index }) = structure::check(image, &mut marks) {
        return Err(ImageError::Malformed { rule, index });
    }
    let mut func = 0;
    match code::check(image, &mut marks, &mut func) {
        Ok(()) => Ok(()),
        Err(Broken { rule, at: offset }) => Err(ImageError::Code { rule, func, offset }),
    }
}

/// A rule that is broken, and where: an entry of a table, or a unit of code. Small enough for registers.
struct Broken {
    rule: Rule,
    at: u32,
}

/// Words of scratch space that [`image`] needs: a bit for each unit of the largest function, of the strings, and of the signatures.
pub(super) fn scratch_words(image: Image<'_>) -> usize {
    let bytes = image.count(Section::Strings).max(image.count(Section::Signatures)).max(largest(image));
    (bytes / 2) as usize / 32 + 1
}

/// Bytes of the largest function. The functions are not verified yet.
fn largest(image: Image<'_>) -> u32 {
    let mut end = image.count(Section::Code).wrapping_mul(2);
    let mut largest = 0;
    for function in image.functions().iter().rev() {
        let size = end.saturating_sub(function.offset);
        largest = size.max(largest);
        end = function.offset.min(end);
    }
    largest
}
