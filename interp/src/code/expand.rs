//! Compact code to threaded code: the same instructions, the number replaced by the address of its handler, fields copied, branches rescaled.
#![allow(unsafe_code, reason = "hands handlers' addresses to the machine")]

use alloc::vec::Vec;
use core::fmt;

use super::decode::{Instruction, decode, get32, put32};
use crate::exec::ctx::CodePtr;
use crate::exec::tail::{HANDLERS, Handler};
use crate::isa::Field;

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

/// Where the functions of threaded code start.
#[derive(Debug, Default)]
pub(super) struct Entries(Vec<CodePtr>);

// SAFETY: the addresses point into code that lies beside them and never changes.
unsafe impl Send for Entries {}
// SAFETY: as above.
unsafe impl Sync for Entries {}

impl Entries {
    /// From code and the words at which its functions start (the end of the last included).
    pub(super) fn new(code: &[Word], starts: &[u32]) -> Self {
        let (_, starts) = starts.split_last().unwrap_or((&0, &[]));
        Self(starts.iter().map(|&start| code.as_ptr().wrapping_add(start as usize).cast()).collect())
    }

    pub(super) fn as_ptr(&self) -> *const CodePtr {
        self.0.as_ptr()
    }
}

/// The threaded form of `compact`, whose functions start at `starts`, and where they start there.
pub(super) fn expand(compact: &[u16], starts: &[u32]) -> (Vec<Word>, Vec<u32>) {
    let mut expansion =
        Expansion { words: Vec::with_capacity(compact.len() / 2), places: Vec::new(), fields: Vec::new() };
    let mut new_starts = Vec::with_capacity(starts.len());
    for function in starts.windows(2) {
        new_starts.push(expansion.words.len() as u32);
        if let Some(code) = compact.get(function[0] as usize..function[1] as usize) {
            expansion.function(code);
        }
    }
    new_starts.push(expansion.words.len() as u32);
    (expansion.words, new_starts)
}

struct Expansion {
    words: Vec<Word>,
    /// Of the current function: at which word each unit's instruction starts.
    places: Vec<u32>,
    /// Of the current instruction.
    fields: Vec<u16>,
}

impl Expansion {
    fn function(&mut self, code: &[u16]) {
        self.places.clear();
        self.places.resize(code.len(), 0);
        let (mut at, mut word) = (0, 0);
        while let Some(instruction) = decode(code, at) {
            self.places[at] = word;
            word += instruction.words() as u32;
            at += instruction.len();
        }
        debug_assert_eq!(at, code.len(), "compact code is a sequence of instructions");
        at = 0;
        while let Some(instruction) = decode(code, at) {
            self.instruction(&instruction, at);
            at += instruction.len();
        }
    }

    fn instruction(&mut self, instruction: &Instruction<'_>, at: usize) {
        let mut fields = core::mem::take(&mut self.fields);
        fields.clear();
        fields.extend_from_slice(instruction.fields);
        self.rescale(instruction, at, &mut fields);
        // The number is one that `decode` found in the table.
        self.words.push(Word { handler: HANDLERS[usize::from(instruction.code.0)] });
        self.words.extend(fields.chunks(4).map(|chunk| {
            let mut padded = [0; 4];
            padded[..chunk.len()].copy_from_slice(chunk);
            Word { fields: padded }
        }));
        self.fields = fields;
    }

    /// Branch distances from units of u16 to words.
    fn rescale(&self, instruction: &Instruction<'_>, at: usize, fields: &mut [u16]) {
        let mut field_at = 0;
        for field in instruction.info.layout.fields() {
            match field {
                Field::Branch => fields[field_at] = self.distance(at, i32::from(fields[field_at] as i16)) as u16,
                Field::FarBranch => self.rescale_far(at, fields, field_at),
                Field::BranchTable => {
                    for entry in (field_at + 2..fields.len()).step_by(2) {
                        self.rescale_far(at, fields, entry);
                    }
                }
                _ => {}
            }
            field_at += field.bytes() / 2;
        }
    }

    fn rescale_far(&self, at: usize, fields: &mut [u16], field_at: usize) {
        let units = get32(fields, field_at).unwrap_or(0) as i32;
        put32(fields, field_at, self.distance(at, units) as u32);
    }

    fn distance(&self, at: usize, units: i32) -> i32 {
        let place = |at: i64| usize::try_from(at).ok().and_then(|at| self.places.get(at)).copied().unwrap_or(0) as i32;
        place(at as i64 + i64::from(units)) - place(at as i64)
    }
}

// A word per unit at most, see `Instruction::words`.
const _: () = assert!(size_of::<Word>() == 8);
