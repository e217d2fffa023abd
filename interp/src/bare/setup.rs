//! Instantiation: imports, globals, tables, memory, active segments, in the order of the specification (section 4.5.4).

#![allow(unsafe_code, reason = "lays out what machines reach through addresses")]

use core::marker::PhantomData;

use heapless::Vec;

use super::{
    Error, Host, Inner, Instance, Resource, Resources, Unsupported,
    arena::{Parts, Table, Word},
};
use crate::{
    exec::{
        RED_ZONE,
        bulk::zero,
        ctx::{Ctx, MemoryView, TableView},
    },
    image::{
        Image, ItemKind,
        format::{Section, expr, mode},
    },
    val_type::ValType,
};

/// Values that a constant expression may have in hand at a time.
const EXPR_DEPTH: usize = 8;
/// Operations that a constant expression may have: many globals may share one that is long.
const EXPR_OPS: u32 = 64;
const TOO_DEEP: Error = Error::Unsupported(Unsupported::DeepExpression);

impl<'a, H: Host> Instance<'a, H> {
    /// Instantiates an image: resolves imports, zeroes and fills the memory, runs the start function.
    ///
    /// Imported memories and tables are made as if the module defined them: the host reaches the memory through the instance anyway.
    ///
    /// # Errors
    ///
    /// [`Error::TooSmall`] if less is lent than [`Image::needs`] says; [`Error::MissingImport`]; [`Error::Unsupported`]; a trap if a
    /// segment does not fit or the start function traps, or runs out of fuel.
    pub fn new(image: Image<'a>, resources: Resources<'a>, host: H) -> Result<Self, Error> {
        let mut instance = Self { image, host, inner: lay_out(image, resources)?, lent: PhantomData };
        instance.instantiate()?;
        Ok(instance)
    }

    /// What can fail for other reasons than that too little is lent.
    #[inline(never)]
    fn instantiate(&mut self) -> Result<(), Error> {
        self.resolve_imports()?;
        self.fill_globals()?;
        self.copy_segments(Section::Elements)?;
        self.copy_segments(Section::Datas)?;
        if let Some(start) = self.image.start() {
            self.start_slots(start)?;
            self.finish()?;
        }
        Ok(())
    }

    fn resolve_imports(&mut self) -> Result<(), Error> {
        for (position, import) in self.image.imports().enumerate() {
            let missing = Error::MissingImport { import: position as u32 };
            match import.kind {
                ItemKind::Func => {
                    let signature = self.image.signature(import.index).ok_or(missing)?;
                    let number = self.host.resolve(&import, &signature).ok_or(missing)?;
                    // SAFETY: there is room for as many numbers as functions are imported, and `import` is one of them (invariant 4).
                    unsafe { self.inner.imports.add(import.index as usize).write(number) };
                }
                ItemKind::Global => {
                    let bits = self.host.global(&import).ok_or(missing)?;
                    self.set_global_bits(import.index, bits);
                }
                ItemKind::Table | ItemKind::Memory => {}
            }
        }
        Ok(())
    }

    fn fill_globals(&mut self) -> Result<(), Error> {
        for global in self.image.imported(ItemKind::Global)..self.image.count(Section::Globals) {
            let Some(&[_, init]) = self.image.entry(Section::Globals, global) else { continue };
            let bits = self.evaluate(init).ok_or(TOO_DEEP)?;
            self.set_global_bits(global, bits);
        }
        Ok(())
    }

    /// The value of a constant expression, as the bits of a global's cell. Nothing if it is too long or too deep.
    pub(super) fn evaluate(&self, first: u32) -> Option<u64> {
        let mut stack = Vec::<u64, EXPR_DEPTH>::new();
        for index in 0..EXPR_OPS {
            let &[op, low, high] = self.image.entry(Section::Exprs, first.wrapping_add(index))?;
            let value = match op & !expr::LAST {
                expr::VALUE => u64::from(high) << 32 | u64::from(low),
                expr::REF_FUNC => u64::from(low.wrapping_add(1)),
                expr::GLOBAL_GET => self.global_bits(low).unwrap_or(0),
                op => {
                    let (b, a) = (stack.pop()?, stack.pop()?);
                    binary(op, a, b)
                }
            };
            if op & expr::LAST != 0 {
                return Some(value);
            }
            stack.push(value).ok()?;
        }
        None
    }

    /// Copies active segments to where they belong.
    fn copy_segments(&mut self, section: Section) -> Result<(), Error> {
        for segment in 0..self.image.count(section) {
            let Some(&[how, to, offset, _, len]) = self.image.entry(section, segment) else { break };
            if how & 3 == mode::ACTIVE {
                let at = self.evaluate(offset).ok_or(TOO_DEEP)? as u32;
                let table = Some(to).filter(|_| section == Section::Elements);
                let what = self.source(section, segment, 0, len)?;
                self.job(table, at, len, what)?.all(self);
            }
            if how & 3 != mode::PASSIVE {
                self.drop_segment(section, segment);
            }
        }
        Ok(())
    }

    /// Entries of a segment of `len` that can be copied: none once it is dropped.
    pub(super) fn rest_of(&self, section: Section, segment: u32, len: u32) -> usize {
        let (word, bit) = self.dropped_bit(section, segment);
        // SAFETY: a word of the arena (invariant 4).
        if unsafe { word.read() } & bit == 0 { len as usize } else { 0 }
    }

    pub(super) fn drop_segment(&mut self, section: Section, segment: u32) {
        let (word, bit) = self.dropped_bit(section, segment);
        // SAFETY: a word of the arena (invariant 4).
        unsafe { word.write(word.read() | bit) };
    }

    /// Element segments have the first bits, data segments those behind. The segment exists: what has its number is verified (invariant 1).
    fn dropped_bit(&self, section: Section, segment: u32) -> (*mut u32, u32) {
        let before = if section == Section::Datas { self.image.count(Section::Elements) } else { 0 };
        let bit = before.wrapping_add(segment);
        (self.inner.dropped.wrapping_add((bit / 32) as usize), 1 << (bit % 32))
    }

    /// The cell of a global.
    fn cell(&self, global: u32) -> Option<*mut u64> {
        // SAFETY: there are as many addresses of cells as globals (invariant 2).
        (global < self.image.count(Section::Globals)).then(|| unsafe { *self.inner.ctx.globals.add(global as usize) })
    }

    /// The type of a global, and whether it may be written.
    pub(super) fn global_type(&self, global: u32) -> Option<(ValType, bool)> {
        let &[ty, _] = self.image.entry(Section::Globals, global)?;
        Some((Image::val_type(ty)?, ty & 0x100 != 0))
    }

    pub(super) fn global_bits(&self, global: u32) -> Option<u64> {
        // SAFETY: a cell of the arena, which no machine uses now (invariant 5).
        self.cell(global).map(|cell| unsafe { cell.read() })
    }

    pub(super) fn set_global_bits(&mut self, global: u32, bits: u64) {
        if let Some(cell) = self.cell(global) {
            // SAFETY: as for `global_bits` (invariants 2 and 5).
            unsafe { cell.write(bits) };
        }
    }
}

/// Cuts the arena in parts, and describes what is lent.
#[inline(never)]
fn lay_out<'a>(image: Image<'a>, resources: Resources<'a>) -> Result<&'a mut Inner, Error> {
    let Resources { stack, memory, arena, fuel } = resources;
    if image.count(Section::Memories) > 1 {
        return Err(Error::Unsupported(Unsupported::SeveralMemories));
    }
    if (memory.len() as u64) < image.memory_bytes() {
        return Err(Error::TooSmall(Resource::Memory));
    }
    let stack_bytes = size_of_val(stack).checked_sub(RED_ZONE).ok_or(Error::TooSmall(Resource::Stack))?;
    let parts = Parts::of(image);
    // As many words as there must be, and more.
    let room = arena.get(..parts.end).and(arena.len().checked_sub(parts.elements));
    let room = room.ok_or(Error::TooSmall(Resource::Arena))? * (size_of::<Word>() / size_of::<u32>());
    zero(memory);
    zero(arena);
    // What others have left there is not for this guest to see.
    zero(stack);
    let base = arena.as_mut_ptr();
    let count = |section| image.count(section) as usize;
    let (memories, tables) = (count(Section::Memories), count(Section::Tables));
    // SAFETY: the arena has room for all parts, which lie behind one another, each aligned for what is in it (invariant 4). Zeros are values of all of
    // them. From here on they are reached through these addresses alone.
    unsafe {
        let inner = &mut *base.add(parts.inner).cast::<Inner>();
        inner.stack = stack.as_mut_ptr().cast();
        inner.memory = memory.as_mut_ptr();
        inner.memory_room = memory.len();
        inner.tables = base.add(parts.tables).cast();
        inner.tables_len = tables;
        inner.imports = base.add(parts.imports).cast();
        inner.dropped = base.add(parts.dropped).cast();
        let ctx = &mut inner.ctx;
        ctx.fuel = fuel;
        ctx.stack_end = inner.stack.add(stack_bytes);
        ctx.globals = link(base, parts.globals, parts.cells, count(Section::Globals), size_of::<u64>()).cast();
        ctx.memories = link(base, parts.memories, parts.views, memories, size_of::<MemoryView>()).cast();
        ctx.tables = link(base, parts.places, parts.tables, tables, size_of::<Table>()).cast();
        ctx.memories_len = memories as u32;
        describe_code(ctx, image);
        inner.set_memory_len(image.memory_bytes() as usize);
        inner.fill_tables(image, base.add(parts.elements).cast(), room).ok_or(Error::TooSmall(Resource::Arena))?;
        Ok(inner)
    }
}

/// Writes the addresses of `count` things of `size` bytes to `places`. Both are places in the arena. Returns the first address.
///
/// # Safety
///
/// There is room for them.
#[inline(never)]
unsafe fn link(base: *mut Word, places: usize, things: usize, count: usize, size: usize) -> *const *mut u8 {
    let (places, first) = (base.wrapping_add(places).cast::<*mut u8>(), base.wrapping_add(things).cast::<u8>());
    for index in 0..count {
        // SAFETY: the caller's contract.
        unsafe { places.add(index).write(first.wrapping_add(index * size)) };
    }
    places
}

/// Code, functions and types are used where they lie in the image.
fn describe_code(ctx: &mut Ctx, image: Image<'_>) {
    let (functions, imported) = (image.functions(), image.imported_funcs());
    ctx.code = image.code().as_ptr().cast();
    ctx.funcs = functions.as_ptr();
    ctx.funcs_len = functions.len() as u32;
    ctx.defined = ctx.funcs.wrapping_add(imported as usize);
    ctx.defined_first = imported;
    ctx.defined_len = functions.len().saturating_sub(imported as usize);
    ctx.types = image.section(Section::Types).as_ptr();
    ctx.bulk_at_once = if image.is_metered() { 0 } else { u32::MAX };
}

impl Inner {
    /// Gives each table the elements that it starts with, of so many.
    fn fill_tables(&mut self, image: Image<'_>, elements: *mut u32, room: usize) -> Option<()> {
        let (mut base, mut room) = (elements, room);
        for index in 0..self.tables_len {
            let &[_, min, max] = image.table(index as u32)?;
            let len = min as usize;
            room = room.checked_sub(len)?;
            // SAFETY: there are so many tables in the arena (invariant 4).
            unsafe { self.tables.add(index).write(Table { view: TableView { base, len }, max }) };
            base = base.wrapping_add(len);
        }
        self.tables_room = room;
        Some(())
    }

    /// Makes the lent memory, up to so many bytes, the linear memory. It was zeroed whole.
    pub(super) fn set_memory_len(&mut self, len: usize) {
        if self.ctx.memories_len != 0 {
            // SAFETY: there is a view, in the arena, and no machine runs now (invariants 2, 5 and 7).
            unsafe { **self.ctx.memories = MemoryView { base: self.memory, len } };
        }
    }
}

fn binary(op: u32, a: u64, b: u64) -> u64 {
    let (low_a, low_b) = (a as u32, b as u32);
    match op {
        expr::I32_ADD => low_a.wrapping_add(low_b).into(),
        expr::I32_SUB => low_a.wrapping_sub(low_b).into(),
        expr::I32_MUL => low_a.wrapping_mul(low_b).into(),
        expr::I64_ADD => a.wrapping_add(b),
        expr::I64_SUB => a.wrapping_sub(b),
        // Verified expressions have no other operations.
        _ => a.wrapping_mul(b),
    }
}
