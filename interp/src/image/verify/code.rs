//! The code of an image: rules 6 to 15 of the [verifier](super).

use super::{Broken, Marks, Rule};
use crate::{
    exec::{LINK_BYTES, calls::Header, ctx::FuncRecord, shape::Plain},
    image::{Image, format::Section, signature::Signature},
    isa::{
        Profile,
        derive::{OP_COUNT, code_of},
        packed::{Acc, BASE_COUNT, Packed, Role, class, layout},
        row,
    },
    val_type::ValType,
};

/// Bytes of a link.
const LINK: u32 = LINK_BYTES as u32;
/// Units of a function's header.
const HEADER: usize = 1 + Header::FIELDS / 2;
/// The number of the header.
const FUNCTION: u16 = code_of::<row::Function, Plain<(), ()>>();

/// Checks all functions. `func` is the index of the one that was looked at last.
pub(super) fn check(image: Image<'_>, marks: &mut Marks<'_>, func: &mut u32) -> Result<(), Broken> {
    let module = Module::of(image);
    let code = image.code();
    let mut records = module.functions.get(module.imported as usize..).unwrap_or_default();
    *func = module.imported;
    while let [record, rest @ ..] = records {
        // `structure` has checked the offsets: functions tile the code.
        let end = rest.first().map_or(code.len(), |next| next.offset as usize / 2);
        let body = code.get(record.offset as usize / 2..end).unwrap_or_default();
        let mut walk = Walk { module: &module, code: body, frame: Frame::default(), at: 0, marks };
        if let Err(rule) = walk.function(record.type_id) {
            return Err(Broken { rule, at: walk.at as u32 });
        }
        records = rest;
        *func += 1;
    }
    Ok(())
}

/// What code may refer to.
struct Module<'a> {
    functions: &'a [FuncRecord],
    imported: u32,
    types: &'a [u32],
    globals: &'a [[u32; 2]],
    signatures: &'a [u8],
    tables: u32,
    memories: u32,
    elements: u32,
    datas: u32,
    metered: bool,
    /// How many instructions the image's profile has.
    instructions: u16,
}

impl<'a> Module<'a> {
    fn of(image: Image<'a>) -> Self {
        Self {
            functions: image.functions(),
            imported: image.imported_funcs(),
            types: image.section(Section::Types),
            globals: image.section(Section::Globals).as_chunks().0,
            signatures: image.bytes(Section::Signatures),
            tables: image.count(Section::Tables),
            memories: image.count(Section::Memories),
            elements: image.count(Section::Elements),
            datas: image.count(Section::Datas),
            metered: image.is_metered(),
            instructions: match image.profile() {
                Some(Profile::Full) => OP_COUNT as u16,
                Some(Profile::Base) | None => BASE_COUNT,
            },
        }
    }

    /// The signature at a place that `structure` has found one at.
    fn signature(&self, at: u32) -> Option<Signature<'a>> {
        Signature::read(self.signatures.get(at as usize..)?)
    }

    /// Where the signature is of what is called.
    fn callee(&self, class: u32, index: u32) -> Option<u32> {
        let func = match class {
            class::DEFINED => self.imported.checked_add(index)?,
            class::IMPORT if index < self.imported => index,
            class::TYPE => return self.types.get(index as usize).copied(),
            _ => return None,
        };
        self.functions.get(func as usize).map(|record| record.type_id)
    }

    /// Whether there is a global of this width, which may be written if that is what is done.
    fn has_global(&self, class: u32, index: u32) -> bool {
        let Some(&[field, _]) = self.globals.get(index as usize) else { return false };
        let is_wide = ValType::from_byte(field as u8).is_some_and(|ty| ty.slots() == 2);
        let is_mutable = field >> 8 != 0;
        match class {
            class::GET_4 => !is_wide,
            class::GET_8 => is_wide,
            class::SET_4 => !is_wide && is_mutable,
            _ => is_wide && is_mutable,
        }
    }
}

/// The accumulator that holds what a call of a function with this signature returns.
fn result(signature: Signature<'_>) -> Acc {
    match *signature.result_bytes() {
        [byte] => ValType::from_byte(byte).map_or(Acc::NONE, |ty| Acc::of(ty.machine())),
        _ => Acc::NONE,
    }
}

/// The frame of a function, from its header and its signature.
#[derive(Default)]
struct Frame<'a> {
    size: u32,
    locals: u32,
    /// What a call of the function costs.
    fuel: u32,
    signature: Signature<'a>,
}

/// What the fields of an instruction say that only make sense together.
#[derive(Default)]
struct Seen {
    /// Where a callee's frame starts.
    frame: Option<u32>,
    /// Where its signature is.
    callee: Option<u32>,
    /// Bytes that a tail call moves.
    bytes: u32,
    /// Whether the frame ends.
    link: bool,
    /// Whether a branch goes back, or to itself.
    back: bool,
    /// The price of the branch.
    fuel: u32,
}

/// A walk over a function.
struct Walk<'w, 'a, 'm> {
    module: &'w Module<'a>,
    code: &'a [u16],
    frame: Frame<'a>,
    /// The current instruction; after a refusal, the place of it.
    at: usize,
    /// Targets of branches.
    marks: &'w mut Marks<'m>,
}

impl<'a> Walk<'_, 'a, '_> {
    fn function(&mut self, signature: u32) -> Result<(), Rule> {
        if self.header(signature) != Some(true) {
            return Err(Rule::Header);
        }
        self.marks.clear(self.code.len());
        // Twice: the first time, targets that lie ahead are not marked yet.
        self.instructions()?;
        self.instructions()
    }

    /// Takes the frame from the header, and says whether that is well-formed.
    fn header(&mut self, signature: u32) -> Option<bool> {
        let signature = self.module.signature(signature)?;
        let [size, locals, zeroed, fuel] = [self.wide(1)?, self.wide(3)?, self.wide(5)?, self.wide(7)?];
        let fits = self.code.first() == Some(&FUNCTION)
            && (size | zeroed) & 3 == 0
            && locals == LINK + 4 * u32::from(signature.slots())
            && size.checked_sub(locals).is_some_and(|room| zeroed <= room);
        let is_priced = if self.module.metered { fuel >= zeroed / 4 } else { fuel == 0 };
        self.frame = Frame { size, locals, fuel, signature };
        Some(fits && is_priced)
    }

    /// Two units of code.
    fn wide(&self, at: usize) -> Option<u32> {
        match self.code.get(at..)? {
            [low, high, ..] => Some(u32::from(*low) | u32::from(*high) << 16),
            _ => None,
        }
    }

    fn instructions(&mut self) -> Result<(), Rule> {
        let (mut acc, mut falls_through) = (Acc::NONE, true);
        self.at = HEADER;
        while let Some(&number) = self.code.get(self.at) {
            let packed = layout(number).filter(|_| number < self.module.instructions).ok_or(Rule::Instruction)?;
            // A branch may come here from where the accumulator holds something else.
            let acc_here = if self.marks.has(self.at) { Acc::NONE } else { acc };
            if !packed.reads().is_in(acc_here) {
                return Err(Rule::Accumulator);
            }
            let (writes, next) = self.instruction(packed)?;
            let mut inner = self.at + 1;
            while inner < next {
                if self.marks.has(inner) {
                    return Err(Rule::Branch);
                }
                inner += 1;
            }
            falls_through = packed.falls_through();
            acc = if falls_through { writes } else { Acc::NONE };
            self.at = next;
        }
        if falls_through { Err(Rule::End) } else { Ok(()) }
    }

    /// Checks the instruction at `at`. Returns the accumulator that it leaves a result in, and where it ends.
    fn instruction(&mut self, packed: Packed) -> Result<(Acc, usize), Rule> {
        match (packed.role(), self.module.metered) {
            (Role::Never, _) => return Err(Rule::Misplaced),
            (Role::Unmetered, true) | (Role::Metered, false) => return Err(Rule::Fuel),
            (Role::Common, _) | (Role::Unmetered, false) | (Role::Metered, true) => {}
        }
        let mut seen = Seen::default();
        let mut unit = self.at + 1;
        let mut classes = packed.classes();
        while classes != class::NONE {
            let (class, rest) = Packed::split(classes);
            unit = self.field(class, unit, &mut seen)?;
            classes = rest;
        }
        if unit > self.code.len() {
            return Err(Rule::Instruction);
        }
        if self.module.metered && seen.back && seen.fuel == 0 {
            return Err(Rule::Fuel);
        }
        let writes = match (seen.frame, seen.callee) {
            (Some(frame), Some(callee)) => self.call(frame, callee, &seen)?,
            (None, None) => packed.writes(),
            _ => return Err(Rule::Callee),
        };
        if seen.link && seen.frame.is_none() && writes != result(self.frame.signature) {
            return Err(Rule::Return);
        }
        Ok((writes, unit))
    }

    /// Checks a field, which starts at `unit`. Returns where it ends.
    fn field(&mut self, class: u32, unit: usize, seen: &mut Seen) -> Result<usize, Rule> {
        let low = *self.code.get(unit).ok_or(Rule::Instruction)?;
        let (value, end) = match class {
            class::WIDE.. => (self.wide(unit).ok_or(Rule::Instruction)?, unit + 2),
            _ => (u32::from(low), unit + 1),
        };
        let module = self.module;
        let (holds, rule) = match class {
            class::SLOT_4 | class::FAR_4 => (self.is_slot(value, 4), Rule::Slot),
            class::SLOT_8 | class::FAR_8 => (self.is_slot(value, 8), Rule::Slot),
            class::BRANCH => (self.target(i32::from(low as i16), seen), Rule::Branch),
            class::FAR_BRANCH => (self.target(value as i32, seen), Rule::Branch),
            class::BRANCH_TABLE => return self.targets(value, end, seen),
            class::FUEL => {
                seen.fuel = value;
                (true, Rule::Fuel)
            }
            class::FRAME => {
                seen.frame = Some(value);
                (value.is_multiple_of(4) && value >= self.frame.locals, Rule::Frame)
            }
            class::LINK => {
                seen.link = true;
                (value == self.frame.locals - LINK, Rule::Link)
            }
            class::BYTES => {
                seen.bytes = value;
                (true, Rule::TailCall)
            }
            class::DEFINED | class::IMPORT | class::TYPE => {
                seen.callee = module.callee(class, value);
                (seen.callee.is_some(), Rule::Callee)
            }
            class::GET_4 | class::GET_8 | class::SET_4 | class::SET_8 => {
                (module.has_global(class, value), Rule::Global)
            }
            class::FUNC => ((value as usize) < module.functions.len(), Rule::Index),
            class::TABLE => (value < module.tables, Rule::Index),
            class::MEMORY => (value < module.memories, Rule::Index),
            class::ELEM => (value < module.elements, Rule::Index),
            class::DATA => (value < module.datas, Rule::Index),
            class::ANY_4 => return Ok(end + 2),
            // Any immediate will do.
            _ => (true, Rule::Instruction),
        };
        if holds { Ok(end) } else { Err(rule) }
    }

    /// Whether a value of so many bytes may be there: inside the frame, off its link.
    fn is_slot(&self, at: u32, bytes: u32) -> bool {
        let Frame { size, locals, .. } = self.frame;
        at.checked_add(bytes).is_some_and(|end| end <= size && (end <= locals - LINK || at >= locals))
            && at.is_multiple_of(4)
    }

    /// Marks the target of a branch, if it is behind the header and inside the function.
    fn target(&mut self, distance: i32, seen: &mut Seen) -> bool {
        // Units are fewer than 2^31: a sum that wraps is no place in the code.
        let target = self.at.wrapping_add_signed(distance as isize);
        self.marks.set(target);
        seen.back |= target <= self.at;
        target >= HEADER && target < self.code.len()
    }

    /// Marks the targets of a branch table.
    fn targets(&mut self, count: u32, mut unit: usize, seen: &mut Seen) -> Result<usize, Rule> {
        let mut index = 0;
        while index <= count {
            let distance = self.wide(unit).ok_or(Rule::Instruction)?;
            if !self.target(distance as i32, seen) {
                return Err(Rule::Branch);
            }
            unit += 2;
            // The code has fewer units than that.
            index = index.wrapping_add(1);
        }
        Ok(unit)
    }

    /// Checks a call, all fields of which are known. Returns the accumulator that it leaves its result in.
    fn call(&self, frame: u32, callee: u32, seen: &Seen) -> Result<Acc, Rule> {
        let Some(callee) = self.module.signature(callee) else { return Err(Rule::Callee) };
        let slots = if seen.link { callee.param_slots } else { callee.slots() };
        if frame + 4 * u32::from(slots) > self.frame.size {
            return Err(Rule::Frame);
        }
        let is_handed_over = seen.bytes == 4 * u32::from(callee.param_slots);
        if seen.link && !(is_handed_over && callee.result_bytes() == self.frame.signature.result_bytes()) {
            return Err(Rule::TailCall);
        }
        // What calls itself must pay for it.
        if self.module.metered && self.frame.fuel == 0 {
            return Err(Rule::Fuel);
        }
        Ok(result(callee))
    }
}
