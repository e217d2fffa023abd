//! Counters of dispatches, one per instruction and one per sequence of three: for builds with the feature `count`.
//!
//! All of them lie in one array of words, so that a context needs one pointer: a counter per number of an instruction; the last
//! three numbers; a hash table of sequences with their counts. Sequences for which the table has no room are not counted.

#![allow(unsafe_code, reason = "counts in an array that it is given by its address; part of the machine")]

use crate::isa::derive::OP_COUNT;

/// Words of the whole array.
pub(crate) const WORDS: usize = TABLE + 2 * ENTRIES;

/// The word with the last three numbers, 16 bits each, the last one lowest.
const RECENT: usize = OP_COUNT;

/// Where the hash table starts: two words an entry, the sequence and its count.
const TABLE: usize = RECENT + 1;

const ENTRIES_LOG2: u32 = 17;
const ENTRIES: usize = 1 << ENTRIES_LOG2;

/// How far from its place a sequence is looked for.
const PROBES: u64 = 64;

/// Tells an entry that is used from an empty one.
const USED: u64 = 1 << 48;

/// Counts the dispatch of one instruction.
///
/// # Safety
/// `words` points to [`WORDS`] words that nobody else uses meanwhile; `code` is the number of an instruction.
#[inline(never)]
pub(crate) unsafe fn count(words: *mut u64, code: u16) {
    // SAFETY: the caller's contract: `code` is below `OP_COUNT`, and `entry` below `ENTRIES`.
    unsafe {
        *words.add(usize::from(code)) += 1;
        let recent = words.add(RECENT);
        *recent = (*recent << 16 | u64::from(code)) & (USED - 1);
        let sequence = *recent | USED;
        let place = sequence.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - ENTRIES_LOG2);
        for probe in 0..PROBES {
            let entry = words.add(TABLE + 2 * ((place + probe) as usize % ENTRIES));
            if *entry == 0 {
                *entry = sequence;
            }
            if *entry == sequence {
                *entry.add(1) += 1;
                return;
            }
        }
    }
}

/// The counters by number of the instruction.
pub(crate) fn instructions(words: &[u64]) -> &[u64] {
    words.get(..OP_COUNT).unwrap_or_default()
}

/// The sequences of three that were counted, in no order: their numbers, the first one first, and how often.
pub(crate) fn sequences(words: &[u64]) -> impl Iterator<Item = ([u16; 3], u64)> {
    let entries = words.get(TABLE..).unwrap_or_default().chunks_exact(2).filter(|entry| entry[0] != 0);
    entries.map(|entry| ([(entry[0] >> 32) as u16, (entry[0] >> 16) as u16, entry[0] as u16], entry[1]))
}
