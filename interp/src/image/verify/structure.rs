//! The tables of an image: rules 2 to 5 of the [verifier](super).

use super::{Broken, Marks, Rule};
use crate::image::{
    Image,
    format::{NO_MAXIMUM, Section, expr, kind, mode},
    signature::Signature,
    utf8::is_utf8,
};
use crate::val_type::ValType;

/// Parameters, and results, that a function may have: as in any implementation of wasm.
const MOST_VALUES: usize = 1000;

/// Checks everything but code.
pub(super) fn check(image: Image<'_>, marks: &mut Marks<'_>) -> Result<(), Broken> {
    let mut tables = Tables { image, marks, imported: [0; 4], last: 0, depth: 0, items: 0 };
    tables.starts(Section::Strings)?;
    tables.entries(&[Section::Imports, Section::Exports])?;
    tables.import_counts()?;
    tables.starts(Section::Signatures)?;
    tables.entries(&[
        Section::Types,
        Section::Functions,
        Section::Exprs,
        Section::Tables,
        Section::Memories,
        Section::Globals,
        Section::Elements,
        Section::Datas,
    ])?;
    tables.ends()
}

/// A walk over the tables.
struct Tables<'t, 'a, 'm> {
    image: Image<'a>,
    /// Where entries of the section of bytes start that was looked at last.
    marks: &'t mut Marks<'m>,
    /// How many items of each kind are imported.
    imported: [u32; 4],
    /// Where the code of the last function starts.
    last: u32,
    /// Values that the current expression has computed.
    depth: u32,
    /// Items that belong to segments so far.
    items: u32,
}

impl Tables<'_, '_, '_> {
    /// Marks where the entries of a section of bytes start, each of which must be well-formed.
    fn starts(&mut self, section: Section) -> Result<(), Broken> {
        let bytes = self.image.bytes(section);
        self.marks.clear(bytes.len() / 2 + 1);
        let mut at = 0;
        while let Some(rest @ [_, ..]) = bytes.get(at..) {
            let size = match section {
                Section::Strings => string_size(rest),
                _ => signature_size(rest),
            };
            let Some(size) = size else { return Err(Broken { rule: rule(section), at: at as u32 }) };
            self.marks.set(at / 2);
            at += size + size % 2;
        }
        Ok(())
    }

    /// Whether an entry of that section starts there. Out of line: six copies of it take 200 bytes on a Cortex-M.
    #[inline(never)]
    fn is_start(&self, at: u32) -> bool {
        at.is_multiple_of(2) && self.marks.has((at / 2) as usize)
    }

    /// Checks all entries of sections.
    fn entries(&mut self, sections: &[Section]) -> Result<(), Broken> {
        for &section in sections {
            let mut words = self.image.section(section).iter().copied();
            for index in 0..self.image.count(section) {
                // As many words as an entry has; the rest is not looked at.
                let mut entry = [0; 5];
                for field in entry.iter_mut().take(usize::from(section.entry_bytes()) / 4) {
                    *field = words.next().unwrap_or_default();
                }
                if !self.entry(section, index, entry) {
                    return Err(Broken { rule: rule(section), at: index });
                }
            }
        }
        Ok(())
    }

    /// Whether an entry is well-formed.
    fn entry(&mut self, section: Section, index: u32, [a, b, c, d, e]: [u32; 5]) -> bool {
        match section {
            Section::Imports => {
                let Some(count) = self.imported.get_mut(c as usize) else { return false };
                *count += 1;
                self.is_start(a) && self.is_start(b)
            }
            Section::Exports => self.is_start(a) && b & ((1 << kind::SHIFT) - 1) < space(self.image, b >> kind::SHIFT),
            Section::Types => self.is_start(a),
            Section::Functions => self.function(index, a) && self.is_start(b),
            Section::Tables => (ValType::from_byte(a as u8)).is_some_and(|ty| ty.is_ref()) && a >> 8 == 0 && b <= c,
            Section::Memories => is_memory(a, b, c),
            Section::Globals => {
                let [.., imported] = self.imported;
                a >> 8 <= 1 && ValType::from_byte(a as u8).is_some() && (index < imported || self.is_expression(b))
            }
            Section::Elements => {
                let is_placed = match a & !mode::EXPRS {
                    mode::ACTIVE => self.is_target(kind::TABLE, b, c),
                    mode::PASSIVE | mode::DECLARED => true,
                    _ => false,
                };
                is_placed && self.items(a & mode::EXPRS != 0, d, e)
            }
            Section::Exprs => self.operation(a, b),
            Section::Datas => {
                let is_placed = match a {
                    mode::ACTIVE => self.is_target(kind::MEMORY, b, c),
                    mode::PASSIVE => true,
                    _ => false,
                };
                is_placed && self.image.count(Section::Data).checked_sub(d).is_some_and(|rest| e <= rest)
            }
            Section::Items | Section::Signatures | Section::Strings | Section::Data | Section::Code => true,
        }
    }

    /// Imports have no code. The first function that has starts where the code does, each next one behind the one before.
    fn function(&mut self, index: u32, offset: u32) -> bool {
        let is_behind = if index <= self.image.imported_funcs() { offset == 0 } else { offset > self.last };
        self.last = offset;
        is_behind && offset.is_multiple_of(2)
    }

    /// Expressions are postfix: how many values there are is all that has to be known between operations.
    fn operation(&mut self, op: u32, index: u32) -> bool {
        let before = self.depth;
        let after = match op & !expr::LAST {
            expr::VALUE => before + 1,
            expr::REF_FUNC if index < space(self.image, kind::FUNC) => before + 1,
            expr::GLOBAL_GET if index < space(self.image, kind::GLOBAL) => before + 1,
            expr::I32_ADD..=expr::I64_MUL if before > 1 => before - 1,
            _ => return false,
        };
        let is_last = op & expr::LAST != 0;
        self.depth = if is_last { 0 } else { after };
        !is_last || after == 1
    }

    /// Whether an expression starts there: behind the end of another.
    fn is_expression(&self, at: u32) -> bool {
        let is_last = |[op, _, _]: [u32; 3]| op & expr::LAST != 0;
        at < self.image.count(Section::Exprs)
            && at.checked_sub(1).is_none_or(|before| self.image.record(Section::Exprs, before).is_some_and(is_last))
    }

    /// Whether an active segment can go there.
    fn is_target(&self, kind: u32, index: u32, offset: u32) -> bool {
        index < space(self.image, kind) && self.is_expression(offset)
    }

    /// Whether a segment's items exist, and lie behind those of the one before: so each is looked at once.
    fn items(&mut self, are_expressions: bool, first: u32, count: u32) -> bool {
        if first != self.items {
            return false;
        }
        let rest = self.image.section(Section::Items).get(first as usize..).unwrap_or_default();
        let Some(items) = rest.get(..count as usize) else { return false };
        self.items += count;
        let functions = space(self.image, kind::FUNC);
        items.iter().all(|&item| if are_expressions { self.is_expression(item) } else { item <= functions })
    }

    /// There is as much room in index spaces as imports need.
    fn import_counts(&self) -> Result<(), Broken> {
        let mut holds = self.imported.first() == Some(&self.image.imported_funcs());
        for (kind, &count) in (0..).zip(&self.imported) {
            holds &= count <= space(self.image, kind);
        }
        if holds { Ok(()) } else { Err(Broken { rule: Rule::ImportCounts, at: 0 }) }
    }

    /// What sections say as a whole: expressions and code end in them, and the start function can be called.
    fn ends(&self) -> Result<(), Broken> {
        let image = self.image;
        let (functions, code) = (image.count(Section::Functions), image.count(Section::Code));
        if self.depth != 0 {
            return Err(Broken { rule: Rule::Expressions, at: image.count(Section::Exprs) });
        }
        // There is code where, and only where, there are functions for it.
        if (functions == image.imported_funcs()) != (code == 0) || code > 0 && self.last / 2 >= code {
            return Err(Broken { rule: Rule::Functions, at: functions });
        }
        let Some(start) = image.start() else { return Ok(()) };
        let is_plain = image.signature(start).is_some_and(|signature| signature.bytes().is_empty());
        if is_plain { Ok(()) } else { Err(Broken { rule: Rule::Start, at: start }) }
    }
}

/// The rule that a section's entries follow.
fn rule(section: Section) -> Rule {
    match section {
        Section::Types => Rule::Types,
        Section::Functions | Section::Code => Rule::Functions,
        Section::Imports => Rule::Imports,
        Section::Exports => Rule::Exports,
        Section::Tables => Rule::Tables,
        Section::Memories => Rule::Memories,
        Section::Globals => Rule::Globals,
        Section::Elements | Section::Items => Rule::Elements,
        Section::Exprs => Rule::Expressions,
        Section::Datas | Section::Data => Rule::Datas,
        Section::Signatures => Rule::Signatures,
        Section::Strings => Rule::Strings,
    }
}

/// How many items there are of a kind.
fn space(image: Image<'_>, kind: u32) -> u32 {
    image.count(match kind {
        kind::FUNC => Section::Functions,
        kind::TABLE => Section::Tables,
        kind::MEMORY => Section::Memories,
        _ => Section::Globals,
    })
}

/// Bytes of the string at the start of `bytes`, if it is well-formed.
fn string_size(bytes: &[u8]) -> Option<usize> {
    let (length, rest) = bytes.split_first_chunk()?;
    let length = usize::from(u16::from_le_bytes(*length));
    rest.get(..length).is_some_and(is_utf8).then_some(2 + length)
}

/// Bytes of the signature at the start of `bytes`, if it is well-formed.
fn signature_size(bytes: &[u8]) -> Option<usize> {
    let signature = Signature::read(bytes)?;
    let (params, all) = (signature.params().len(), signature.bytes().len());
    let (mut param_slots, mut slots, mut index) = (0, 0, 0);
    for &byte in signature.bytes() {
        slots += ValType::from_byte(byte)?.slots();
        index += 1;
        if index == params {
            param_slots = slots;
        }
    }
    let fits = params <= MOST_VALUES
        && all - params <= MOST_VALUES
        && param_slots == usize::from(signature.param_slots)
        && slots - param_slots == usize::from(signature.result_slots);
    fits.then_some(signature.size())
}

/// Whether a memory has a size that it can have.
fn is_memory(flags: u32, min: u32, max: u32) -> bool {
    let most = match flags & 0xff {
        0 => u32::MAX,
        16 => 1 << 16,
        _ => return false,
    };
    match flags >> 8 {
        0 => min <= most && max == NO_MAXIMUM,
        1 => min <= max && max <= most,
        _ => false,
    }
}
