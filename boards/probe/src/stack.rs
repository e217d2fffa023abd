//! How much of the native stack was used: what is unused is painted, and the paint that is left is looked at afterwards.

/// Unlikely as a value.
const PAINT: u32 = 0x5aa5_c33c;

/// Bytes that are painted at most: much more than guests may use, since their calls do not nest on this stack.
const MOST: usize = 16 << 10;

/// Bytes below the painter's own frame that it leaves alone.
const MARGIN: usize = 64;

unsafe extern "C" {
    /// Where statics end, and the stack may go to.
    static __ebss: u32;
    /// Where the stack starts.
    static _stack_start: u32;
}

/// Paints what is free.
#[inline(never)]
pub fn paint() {
    let own = 0_u32;
    let end = (&raw const own).addr().saturating_sub(MARGIN) & !3;
    let mut at = lowest(end);
    while at < end {
        // SAFETY: between the statics and this function's frame there is nothing.
        unsafe { core::ptr::with_exposed_provenance_mut::<u32>(at).write_volatile(PAINT) };
        at += 4;
    }
}

/// Bytes that have been used since [`paint`], from the start of the stack. Calls of the caller's own count, too.
#[inline(never)]
pub fn used() -> u32 {
    let start = (&raw const _stack_start).addr();
    let own = 0_u32;
    let mut at = lowest((&raw const own).addr().saturating_sub(MARGIN) & !3);
    // SAFETY: memory of this board, which nothing else writes.
    while at < start && unsafe { core::ptr::with_exposed_provenance::<u32>(at).read_volatile() } == PAINT {
        at += 4;
    }
    (start - at) as u32
}

fn lowest(end: usize) -> usize {
    let statics = (&raw const __ebss).addr().next_multiple_of(4);
    statics.max(end.saturating_sub(MOST))
}
