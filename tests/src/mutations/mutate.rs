//! Changes to images. Most make something that is nearly right.

use super::Rng;
use super::specimen::{CODE, COUNTS, Draft, FUNCTION_HEADER, FUNCTIONS, HEADER, SECTIONS, Specimen};

/// Numbers at the edges of what fits a unit.
const UNIT_EDGES: [u16; 16] = [0, 1, 2, 3, 4, 8, 12, 16, 20, 24, 0x7fff, 0x8000, 0xfff8, 0xfffc, 0xfffe, 0xffff];

/// Numbers at the edges of what fits a word.
const WORD_EDGES: [u32; 12] =
    [0, 1, 2, 3, 0xff, 0x100, 0xffff, 0x1_0000, 0x7fff_ffff, 0x8000_0000, 0xffff_fffe, u32::MAX];

/// A specimen of the corpus, changed. Those that can be run and those with much code come more often.
pub fn mutant<'c>(corpus: &'c [Specimen], rng: &mut Rng) -> (&'c Specimen, Draft) {
    let mut pick = || &corpus[rng.below(corpus.len())];
    let (first, second, donor) = (pick(), pick(), pick());
    let worth = |specimen: &Specimen| (specimen.metered, specimen.instructions.len().min(200));
    let specimen = if worth(second) > worth(first) { second } else { first };
    let mut draft = specimen.draft.clone();
    let changes = if rng.once_in(3) { 2 + rng.below(3) } else { 1 };
    for _ in 0..changes {
        let donor = if rng.once_in(2) { donor } else { specimen };
        change(&mut draft, specimen, donor, rng);
    }
    draft.seal();
    (specimen, draft)
}

fn change(draft: &mut Draft, specimen: &Specimen, donor: &Specimen, rng: &mut Rng) {
    match rng.below(20) {
        0 => flip_bits(draft, rng),
        1 | 2 => change_unit(draft, rng),
        3..=5 => change_number(draft, specimen, donor, rng),
        6..=8 => change_field(draft, specimen, donor, rng),
        9 | 10 => replace_instruction(draft, specimen, donor, rng),
        11 => exchange_instructions(draft, specimen, rng),
        12 => change_function_header(draft, specimen, rng),
        13 | 14 => change_entry(draft, donor, rng),
        15 => exchange_entries(draft, rng),
        16 => change_count(draft, rng),
        17 => insert_or_remove(draft, rng),
        18 => change_header(draft, rng),
        _ => change_byte(draft, rng),
    }
}

/// Where an instruction of `specimen` starts, and how many units it has.
fn pick(specimen: &Specimen, rng: &mut Rng) -> Option<(usize, usize)> {
    let index = match rng.once_in(3) && !specimen.control.is_empty() {
        true => rng.one_of(&specimen.control),
        false => rng.below(specimen.instructions.len()),
    };
    let at = *specimen.instructions.get(index)? as usize;
    let end = specimen.instructions.get(index + 1).map_or(specimen.draft.count(CODE), |&next| next as usize);
    Some((at, end - at))
}

/// A number near to another, or at an edge, or any slot.
fn near(old: u16, rng: &mut Rng) -> u16 {
    match rng.below(7) {
        0 => rng.one_of(&UNIT_EDGES),
        5 => rng.number() as u16 & 0xfffc,
        1 => old.wrapping_add(1),
        2 => old.wrapping_sub(1),
        3 => old.wrapping_add(4),
        4 => old.wrapping_sub(4),
        _ => old ^ 1 << rng.below(16),
    }
}

fn flip_bits(draft: &mut Draft, rng: &mut Rng) {
    for _ in 0..1 + rng.below(3) {
        let (at, bit) = (3 + rng.below(draft.words.len().saturating_sub(3)), rng.below(32));
        if let Some(word) = draft.words.get_mut(at) {
            *word ^= 1 << bit;
        }
    }
}

fn change_unit(draft: &mut Draft, rng: &mut Rng) {
    let at = rng.below(draft.count(CODE));
    let unit = match rng.below(3) {
        0 => draft.unit(rng.below(draft.count(CODE))),
        _ => near(draft.unit(at), rng),
    };
    draft.set_unit(at, unit);
}

/// Another instruction with the same fields: a neighbour in the numbering mostly has the same layout.
fn change_number(draft: &mut Draft, specimen: &Specimen, donor: &Specimen, rng: &mut Rng) {
    let Some((at, units)) = pick(specimen, rng) else { return };
    let old = draft.unit(at);
    let new = match rng.below(4) {
        0 => old.wrapping_add(1 + rng.below(8) as u16),
        1 => old.wrapping_sub(1 + rng.below(8) as u16),
        2 => rng.below(1400) as u16,
        _ => match find_of_length(donor, units, rng) {
            Some(other) => donor.draft.unit(other),
            None => return,
        },
    };
    draft.set_unit(at, new);
}

/// An instruction of so many units.
fn find_of_length(donor: &Specimen, units: usize, rng: &mut Rng) -> Option<usize> {
    (0..8).find_map(|_| pick(donor, rng).filter(|&(_, other)| other == units).map(|(at, _)| at))
}

fn change_field(draft: &mut Draft, specimen: &Specimen, donor: &Specimen, rng: &mut Rng) {
    let Some((at, units)) = pick(specimen, rng) else { return };
    if units < 2 {
        return;
    }
    let field = 1 + rng.below(units - 1);
    let unit = match rng.below(3) {
        0 => find_of_length(donor, units, rng).map_or(0, |other| donor.draft.unit(other + field)),
        _ => near(draft.unit(at + field), rng),
    };
    draft.set_unit(at + field, unit);
}

fn copy_units(draft: &mut Draft, to: usize, donor: &Draft, from: usize, units: usize) {
    for unit in 0..units {
        draft.set_unit(to + unit, donor.unit(from + unit));
    }
}

fn replace_instruction(draft: &mut Draft, specimen: &Specimen, donor: &Specimen, rng: &mut Rng) {
    let Some((at, units)) = pick(specimen, rng) else { return };
    if let Some(other) = find_of_length(donor, units, rng) {
        copy_units(draft, at, &donor.draft, other, units);
    }
}

fn exchange_instructions(draft: &mut Draft, specimen: &Specimen, rng: &mut Rng) {
    let Some((at, units)) = pick(specimen, rng) else { return };
    if let Some(other) = find_of_length(specimen, units, rng) {
        let before = draft.clone();
        copy_units(draft, at, &before, other, units);
        copy_units(draft, other, &before, at, units);
    }
}

fn change_function_header(draft: &mut Draft, specimen: &Specimen, rng: &mut Rng) {
    let Some(&start) = specimen.functions.get(rng.below(specimen.functions.len())) else { return };
    let at = start as usize + rng.below(FUNCTION_HEADER);
    let unit = near(draft.unit(at), rng);
    draft.set_unit(at, unit);
}

/// A section that has entries of words, and how many.
fn pick_section(draft: &Draft, rng: &mut Rng) -> Option<(usize, usize)> {
    let section = (0..8).map(|_| rng.below(SECTIONS)).find(|&section| draft.count(section) > 0)?;
    let entry = Draft::entry_words(section);
    (entry > 0).then_some((section, entry))
}

fn change_entry(draft: &mut Draft, donor: &Specimen, rng: &mut Rng) {
    let Some((section, entry)) = pick_section(draft, rng) else { return };
    let (index, field) = (rng.below(draft.count(section)), rng.below(entry));
    let at = draft.start(section).saturating_add(index.saturating_mul(entry) + field);
    let any = draft.start(section).saturating_add(rng.below(draft.count(section)).saturating_mul(entry) + field);
    let count = draft.count(rng.below(SECTIONS)) as u32;
    let other = draft.words.get(any).copied().unwrap_or(0);
    let donated = donor.draft.words.get(donor.draft.start(section) + field).copied().unwrap_or(0);
    let Some(word) = draft.words.get_mut(at) else { return };
    *word = match rng.below(9) {
        0 => rng.one_of(&WORD_EDGES),
        1 => word.wrapping_add(1),
        2 => word.wrapping_sub(1),
        3 => word.wrapping_add(2),
        4 => count,
        5 => count.wrapping_sub(1),
        6 => other,
        7 => donated,
        _ => *word ^ 1 << rng.below(32),
    };
}

fn exchange_entries(draft: &mut Draft, rng: &mut Rng) {
    // Those of functions in half of all cases.
    let picked = if rng.once_in(2) { Some((FUNCTIONS, 2)) } else { pick_section(draft, rng) };
    let Some((section, entry)) = picked else { return };
    let start = draft.start(section);
    let mut place = || start.saturating_add(rng.below(draft.count(section)).saturating_mul(entry));
    let (a, b) = (place(), place());
    // Offsets of functions stay mostly: nothing else is as easily refused.
    let first = usize::from(section == FUNCTIONS && !rng.once_in(8));
    for field in first..entry {
        if a + field < draft.words.len() && b + field < draft.words.len() {
            draft.words.swap(a + field, b + field);
        }
    }
}

/// Moves the border between two sections, so that the words still add up, or does not care.
fn change_count(draft: &mut Draft, rng: &mut Rng) {
    let (section, other) = (rng.below(SECTIONS), rng.below(SECTIONS));
    let before = draft.start(SECTIONS - 1).saturating_add(draft.len(SECTIONS - 1));
    let change: i32 = rng.one_of(&[1, -1, 2, -2, 3, -3, 4, -4]);
    if let Some(count) = draft.words.get_mut(COUNTS + section) {
        *count = count.wrapping_add_signed(change);
    }
    if rng.once_in(4) {
        return;
    }
    for _ in 0..40 {
        let after = draft.start(SECTIONS - 1).saturating_add(draft.len(SECTIONS - 1));
        let Some(count) = draft.words.get_mut(COUNTS + other) else { return };
        match after.cmp(&before) {
            std::cmp::Ordering::Equal => return,
            std::cmp::Ordering::Less => *count = count.wrapping_add(1),
            std::cmp::Ordering::Greater => *count = count.wrapping_sub(1),
        }
    }
}

/// One entry more, like one that is there, or one less.
fn insert_or_remove(draft: &mut Draft, rng: &mut Rng) {
    let Some((section, entry)) = pick_section(draft, rng) else { return };
    let at = draft.start(section).saturating_add(rng.below(draft.count(section)).saturating_mul(entry));
    if at + entry > draft.words.len() {
        return;
    }
    let copy: Vec<u32> = draft.words[at..at + entry].to_vec();
    let count = &mut draft.words[COUNTS + section];
    if rng.once_in(2) {
        *count += 1;
        draft.words.splice(at..at, copy);
    } else {
        *count -= 1;
        draft.words.drain(at..at + entry);
    }
}

fn change_header(draft: &mut Draft, rng: &mut Rng) {
    // Stack, start function and imports mostly; what else there is makes another image of it.
    let at = if rng.once_in(4) { 3 + rng.below(HEADER - 3) } else { rng.one_of(&[5, 6, 6, 7]) };
    let Some(word) = draft.words.get_mut(at) else { return };
    *word = match rng.below(4) {
        0 => rng.one_of(&WORD_EDGES),
        1 => word.wrapping_add(1),
        2 => word.wrapping_sub(1),
        _ => *word ^ 1 << rng.below(32),
    };
}

/// A byte of signatures, strings or data.
fn change_byte(draft: &mut Draft, rng: &mut Rng) {
    let section = 11 + rng.below(3);
    let at = rng.below(draft.count(section));
    let byte = match rng.below(3) {
        0 => rng.one_of(&[0x7f, 0x7e, 0x7d, 0x7c, 0x70, 0x6f, 0x40]),
        1 => rng.one_of(&[0, 1, 2, 0x80, 0xff]),
        _ => rng.number() as u8,
    };
    let start = draft.start(section);
    if let Some(word) = draft.words.get_mut(start.saturating_add(at / 4)) {
        let mut bytes = word.to_le_bytes();
        bytes[at % 4] = byte;
        *word = u32::from_le_bytes(bytes);
    }
}
