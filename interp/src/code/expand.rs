//! Compact code to threaded code, a function at a time: the same instructions, the number replaced by the address of its handler, fields copied, branches
//! rescaled.
#![allow(unsafe_code, reason = "hands handlers' addresses to the machine")]

use alloc::{boxed::Box, vec::Vec};
use core::fmt;

use super::decode::{get32, put32};
use crate::exec::tail::{HANDLERS, Handler};
use crate::isa::lookup::{Plan, plan};

/// A unit of threaded code.
#[derive(Clone, Copy)]
#[repr(C)]
pub(super) union Word {
    handler: Handler,
    fields: [u16; 4],
}

impl fmt::Debug for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Word")
    }
}

/// The threaded form of a function's code. Nothing if there is no memory for it.
pub(super) fn expand(code: &[u16]) -> Option<Box<[Word]>> {
    let (places, count) = places(code)?;
    let mut expansion = Expansion { words: Vec::new(), places };
    expansion.words.try_reserve_exact(count as usize).ok()?;
    let mut at = 0;
    while let Some((plan, fields)) = instruction(code, at) {
        // The number is one that has a plan, so it has a handler.
        expansion.words.push(Word { handler: HANDLERS[usize::from(code[at])] });
        if plan.branches() {
            expansion.rescaled(plan, at, fields)?;
        } else {
            expansion.copy(fields);
        }
        at += 1 + fields.len();
    }
    debug_assert_eq!(at, code.len(), "compact code is a sequence of instructions");
    debug_assert_eq!(expansion.words.len(), count as usize, "as many words as counted");
    Some(expansion.words.into_boxed_slice())
}

/// At which word the instruction of each unit starts that starts one, and how many words there are.
fn places(code: &[u16]) -> Option<(Vec<u32>, u32)> {
    let mut places = Vec::new();
    places.try_reserve_exact(code.len()).ok()?;
    places.resize(code.len(), 0);
    let (mut at, mut word) = (0, 0);
    while let Some((_, fields)) = instruction(code, at) {
        places[at] = word;
        word += 1 + fields.len().div_ceil(4) as u32;
        at += 1 + fields.len();
    }
    Some((places, word))
}

/// The instruction at `at`: how it is expanded, and its fields.
#[inline]
fn instruction(code: &[u16], at: usize) -> Option<(Plan, &[u16])> {
    let (&number, rest) = code.get(at..)?.split_first()?;
    let plan = plan(number)?;
    let mut units = usize::from(plan.units);
    if let Some(table) = plan.table() {
        units += 2 * (get32(rest, table)? as usize + 1);
    }
    Some((plan, rest.get(..units)?))
}

struct Expansion {
    words: Vec<Word>,
    /// At which word each unit's instruction starts.
    places: Vec<u32>,
}

impl Expansion {
    fn copy(&mut self, fields: &[u16]) {
        let (whole, rest) = fields.as_chunks();
        for &fields in whole {
            self.words.push(Word { fields });
        }
        match *rest {
            [a] => self.words.push(Word { fields: [a, 0, 0, 0] }),
            [a, b] => self.words.push(Word { fields: [a, b, 0, 0] }),
            [a, b, c] => self.words.push(Word { fields: [a, b, c, 0] }),
            _ => {}
        }
    }

    /// The fields of the instruction at `at`, its branch distances converted from units of u16 to words.
    fn rescaled(&mut self, plan: Plan, at: usize, fields: &[u16]) -> Option<()> {
        if let Some(near) = plan.near() {
            // Instructions that branch near have few fields.
            let mut own = [0; 16];
            let own = own.get_mut(..fields.len())?;
            own.copy_from_slice(fields);
            own[near] = self.distance(at, i32::from(own[near] as i16)) as u16;
            self.copy(own);
            return Some(());
        }
        let mut own = Vec::new();
        own.try_reserve_exact(fields.len()).ok()?;
        own.extend_from_slice(fields);
        let first = plan.far().or_else(|| plan.table().map(|count| count + 2))?;
        for entry in (first..if plan.far().is_some() { first + 1 } else { fields.len() }).step_by(2) {
            let units = get32(&own, entry)? as i32;
            put32(&mut own, entry, self.distance(at, units) as u32);
        }
        self.copy(&own);
        Some(())
    }

    fn distance(&self, at: usize, units: i32) -> i32 {
        let place = |at: i64| usize::try_from(at).ok().and_then(|at| self.places.get(at)).copied().unwrap_or(0) as i32;
        place(at as i64 + i64::from(units)) - place(at as i64)
    }
}

// A word per unit at most, see `Instruction::words`.
const _: () = assert!(size_of::<Word>() == 8);
