//! Writes images: the tables of a translated module and its compact code, as [`super::format`] has them.
//!
//! What an image is depends on the module and the settings alone: sections are filled in the order of the module, and what occurs twice (strings,
//! signatures, constant expressions) is where it occurred first. Maps are looked up, never walked.

use alloc::{vec, vec::Vec};

use hashbrown::HashMap;

use super::{
    Image,
    format::{self, HEADER_WORDS, MAGIC, NO_MAXIMUM, Section, VERSION, expr, kind, mode, need, word},
};
use crate::{
    code::decode::instructions,
    error::{Error, ErrorKind},
    isa::{Profile, Ty, fingerprint},
    module::{
        ElementItems, ElementSegment, ItemIndex, ModuleInner, SegmentMode,
        init::{ConstExpr, ConstOp, low},
    },
    types::{ExternType, FuncType, Mutability},
    val_type::ValType,
};

/// The image of a module whose code is compact, as words.
///
/// # Errors
///
/// [`ErrorKind::ImageBound`] for what the format has no room for.
pub(crate) fn image(module: &ModuleInner) -> Result<Vec<u32>, Error> {
    let mut writer = Writer::new(module);
    writer.types()?;
    writer.functions()?;
    writer.imports()?;
    writer.exports()?;
    writer.tables_and_memories()?;
    writer.globals()?;
    writer.elements()?;
    writer.datas()?;
    writer.code()?;
    writer.finish()
}

/// An image in the making.
struct Writer<'a> {
    module: &'a ModuleInner,
    /// The bytes of each section.
    sections: [Vec<u8>; Section::ALL.len()],
    /// Where what was written before is.
    strings: HashMap<&'a str, u32>,
    signatures: HashMap<&'a FuncType, u32>,
    exprs: HashMap<ConstExpr, u32>,
    /// The initial value of each global, where it never changes and is one operation.
    known: Vec<Option<ConstOp>>,
    /// Bits of [`need`].
    needs: u8,
}

#[cold]
fn bound(what: &'static str) -> Error {
    ErrorKind::ImageBound(what).into()
}

/// A number of the format.
fn narrow(value: impl TryInto<u32>) -> Result<u32, Error> {
    value.try_into().map_err(|_| bound("it has more than 4 GiB"))
}

impl<'a> Writer<'a> {
    fn new(module: &'a ModuleInner) -> Self {
        Self {
            module,
            sections: [const { Vec::new() }; Section::ALL.len()],
            strings: HashMap::new(),
            signatures: HashMap::new(),
            exprs: HashMap::new(),
            known: Vec::new(),
            needs: 0,
        }
    }

    fn section(&mut self, section: Section) -> &mut Vec<u8> {
        // Sections are numbered as they lie in `ALL`.
        &mut self.sections[section as usize]
    }

    /// How many entries a section has so far.
    fn count(&self, section: Section) -> Result<u32, Error> {
        narrow(self.sections[section as usize].len() / usize::from(section.entry_bytes()))
    }

    /// Adds words to a section.
    fn put(&mut self, section: Section, words: &[u32]) {
        self.section(section).extend(words.iter().flat_map(|word| word.to_le_bytes()));
    }

    fn types(&mut self) -> Result<(), Error> {
        let module = self.module;
        for ty in &module.env.types {
            let at = self.signature(ty)?;
            self.put(Section::Types, &[at]);
        }
        Ok(())
    }

    /// Where the signature of a type is.
    fn signature(&mut self, ty: &'a FuncType) -> Result<u32, Error> {
        if let Some(&at) = self.signatures.get(ty) {
            return Ok(at);
        }
        let at = self.count(Section::Signatures)?;
        let counts = [ty.params().len(), ty.results().len(), ty.param_slots(), ty.result_slots()];
        let out = self.section(Section::Signatures);
        for count in counts {
            let count =
                u16::try_from(count).map_err(|_| bound("a function has more than 65,535 parameters or results"))?;
            out.extend(count.to_le_bytes());
        }
        out.extend(ty.params().iter().chain(ty.results()).map(|ty| ty.byte()));
        out.resize(out.len().next_multiple_of(2), 0);
        self.signatures.insert(ty, at);
        Ok(at)
    }

    fn functions(&mut self) -> Result<(), Error> {
        let module = self.module;
        let (_, starts) = module.code.compact().unwrap_or_default();
        let (imported, defined) =
            module.env.funcs.split_at_checked(module.env.imported_funcs as usize).unwrap_or_default();
        let offsets = imported.iter().map(|_| Some(0)).chain(starts.iter().map(|start| start.checked_mul(2)));
        for (&ty, offset) in imported.iter().chain(defined).zip(offsets) {
            let ty = crate::module::get(&module.env.types, ty).ok_or_else(|| bound("a function without a type"))?;
            let signature = self.signature(ty)?;
            self.put(Section::Functions, &[offset.ok_or_else(|| bound("its code has more than 4 GiB"))?, signature]);
        }
        Ok(())
    }

    fn imports(&mut self) -> Result<(), Error> {
        let module = self.module;
        for import in &module.imports {
            let kind = match import.ty {
                ExternType::Func(_) => kind::FUNC,
                ExternType::Table(_) => kind::TABLE,
                ExternType::Memory(_) => kind::MEMORY,
                ExternType::Global(_) => kind::GLOBAL,
            };
            let names = [self.string(&import.module)?, self.string(&import.name)?];
            self.put(Section::Imports, &[names[0], names[1], kind]);
        }
        Ok(())
    }

    fn exports(&mut self) -> Result<(), Error> {
        let module = self.module;
        for export in &module.exports {
            let (kind, index) = match export.item {
                ItemIndex::Func(index) => (kind::FUNC, index),
                ItemIndex::Table(index) => (kind::TABLE, index),
                ItemIndex::Memory(index) => (kind::MEMORY, index),
                ItemIndex::Global(index) => (kind::GLOBAL, index),
            };
            if index >> kind::SHIFT != 0 {
                return Err(bound("an exported item has an index beyond 30 bits"));
            }
            let name = self.string(&export.name)?;
            self.put(Section::Exports, &[name, kind << kind::SHIFT | index]);
        }
        Ok(())
    }

    /// Where a string is.
    fn string(&mut self, string: &'a str) -> Result<u32, Error> {
        if let Some(&at) = self.strings.get(string) {
            return Ok(at);
        }
        let len = u16::try_from(string.len()).map_err(|_| bound("a name has more than 65,535 bytes"))?;
        let at = self.count(Section::Strings)?;
        let out = self.section(Section::Strings);
        out.extend(len.to_le_bytes());
        out.extend(string.as_bytes());
        out.resize(out.len().next_multiple_of(2), 0);
        self.strings.insert(string, at);
        Ok(at)
    }

    fn tables_and_memories(&mut self) -> Result<(), Error> {
        let module = self.module;
        for table in &module.tables {
            let max = table.maximum().map_or(Ok(NO_MAXIMUM), narrow)?;
            let element = ValType::from(table.element());
            self.put(Section::Tables, &[element.byte().into(), narrow(table.minimum())?, max]);
        }
        for memory in &module.memories {
            let max = memory.maximum().map_or(Ok(NO_MAXIMUM), narrow)?;
            let head = u32::from(memory.page_size_log2()) | u32::from(memory.maximum().is_some()) << 8;
            self.put(Section::Memories, &[head, narrow(memory.minimum())?, max]);
        }
        Ok(())
    }

    fn globals(&mut self) -> Result<(), Error> {
        let module = self.module;
        let imported = module.globals.len().saturating_sub(module.global_inits.len());
        let inits = vec![None; imported].into_iter().chain(module.global_inits.iter().map(Some));
        for (ty, init) in module.globals.iter().zip(inits) {
            let head = u32::from(ty.content().byte()) | u32::from(ty.mutability().is_mut()) << 8;
            let mut value = None;
            let mut at = 0;
            if let Some(init) = init {
                let init = self.fold(init);
                if let (&[op], Mutability::Const) = (init.ops(), ty.mutability()) {
                    value = Some(op);
                }
                at = self.expr(init)?;
            }
            self.known.push(value);
            self.put(Section::Globals, &[head, at]);
        }
        Ok(())
    }

    fn fold(&self, expr: &ConstExpr) -> ConstExpr {
        expr.fold(|global| *self.known.get(usize::try_from(global).ok()?)?)
    }

    /// Where a constant expression is.
    fn expr(&mut self, expr: ConstExpr) -> Result<u32, Error> {
        if let Some(&at) = self.exprs.get(&expr) {
            return Ok(at);
        }
        let at = self.count(Section::Exprs)?;
        let ops = expr.ops();
        for (index, op) in ops.iter().enumerate() {
            let (op, bits) = match *op {
                ConstOp::Value(bits) => (expr::VALUE, bits),
                ConstOp::RefFunc(func) => (expr::REF_FUNC, func.into()),
                ConstOp::GlobalGet(global) => (expr::GLOBAL_GET, global.into()),
                ConstOp::I32Add => (expr::I32_ADD, 0),
                ConstOp::I32Sub => (expr::I32_SUB, 0),
                ConstOp::I32Mul => (expr::I32_MUL, 0),
                ConstOp::I64Add => (expr::I64_ADD, 0),
                ConstOp::I64Sub => (expr::I64_SUB, 0),
                ConstOp::I64Mul => (expr::I64_MUL, 0),
            };
            let last = if index + 1 == ops.len() { expr::LAST } else { 0 };
            self.put(Section::Exprs, &[op | last, low(bits), (bits >> 32) as u32]);
        }
        self.exprs.insert(expr, at);
        Ok(at)
    }

    fn elements(&mut self) -> Result<(), Error> {
        let module = self.module;
        for segment in &module.elements {
            let (mode, table, offset) = self.mode(&segment.mode)?;
            let first = self.count(Section::Items)?;
            let exprs = self.items(segment)?;
            let mode = mode | if exprs { mode::EXPRS } else { 0 };
            let count = narrow(segment.items.len())?;
            self.put(Section::Elements, &[mode, table, offset, first, count]);
        }
        Ok(())
    }

    /// Mode, target and offset of a segment.
    fn mode(&mut self, mode: &SegmentMode) -> Result<(u32, u32, u32), Error> {
        Ok(match mode {
            SegmentMode::Active { target, offset } => (mode::ACTIVE, *target, self.expr(self.fold(offset))?),
            SegmentMode::Passive => (mode::PASSIVE, 0, 0),
            SegmentMode::Declared => (mode::DECLARED, 0, 0),
        })
    }

    /// Writes the items of a segment: references where they are known, else expressions. Whether these.
    fn items(&mut self, segment: &ElementSegment) -> Result<bool, Error> {
        let exprs: Vec<ConstExpr> = match &segment.items {
            ElementItems::Funcs(funcs) => {
                let references: Option<Vec<u32>> = funcs.iter().map(|func| func.checked_add(1)).collect();
                self.put(Section::Items, &references.ok_or_else(|| bound("a function without a reference"))?);
                return Ok(false);
            }
            ElementItems::Exprs(exprs) => exprs.iter().map(|expr| self.fold(expr)).collect(),
        };
        if let Some(references) = exprs.iter().map(reference).collect::<Option<Vec<u32>>>() {
            self.put(Section::Items, &references);
            return Ok(false);
        }
        for expr in exprs {
            let at = self.expr(expr)?;
            self.put(Section::Items, &[at]);
        }
        Ok(true)
    }

    fn datas(&mut self) -> Result<(), Error> {
        let module = self.module;
        for segment in &module.datas {
            let (mode, memory, offset) = self.mode(&segment.mode)?;
            let first = self.count(Section::Data)?;
            let bytes = module.data(segment);
            self.section(Section::Data).extend(bytes);
            self.put(Section::Datas, &[mode, memory, offset, first, narrow(bytes.len())?]);
        }
        Ok(())
    }

    fn code(&mut self) -> Result<(), Error> {
        let module = self.module;
        let (code, _) = module.code.compact().unwrap_or_default();
        for (_, instruction) in instructions(code) {
            self.needs |= match instruction.info.row.info().float() {
                None | Some(Ty::I32 | Ty::I64) => 0,
                Some(Ty::F32) => need::F32,
                Some(Ty::F64) => need::F64,
            };
        }
        if module.engine.config().metered() {
            self.needs |= need::METERED;
        }
        self.section(Section::Code).extend(code.iter().flat_map(|unit| unit.to_le_bytes()));
        Ok(())
    }

    /// Puts header and sections together.
    fn finish(mut self) -> Result<Vec<u32>, Error> {
        let profile = self.module.engine.profile();
        let mut words = vec![0; HEADER_WORDS];
        let mut header = |at: usize, value| words[at] = value;
        let level = match profile {
            Profile::Base => 0,
            Profile::Full => 1 << 16,
        };
        header(word::MAGIC, MAGIC);
        header(word::VERSION, u32::from(VERSION) | level | u32::from(self.needs) << 24);
        header(word::ISA, fingerprint(profile));
        header(word::START, self.module.start.map_or(Some(0), |func| func.checked_add(1)).unwrap_or(0));
        header(word::IMPORTED_FUNCS, self.module.env.imported_funcs);
        for (index, section) in Section::ALL.into_iter().enumerate() {
            header(word::COUNTS + index, self.count(section)?);
        }
        for section in &mut self.sections {
            section.resize(section.len().next_multiple_of(4), 0);
            words.extend(
                section.chunks_exact(4).map(|bytes| u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])),
            );
            *section = Vec::new();
        }
        words[word::SIZE] = words.len().checked_mul(4).map_or_else(|| Err(bound("it has more than 4 GiB")), narrow)?;
        words[word::STACK] = Image::again(&words).stack_need().header_word();
        words[word::CHECKSUM] = format::checksum(&words[word::SIZE..]);
        Ok(words)
    }
}

/// The reference that an expression is, if that is known: a function's index plus one, or null.
fn reference(expr: &ConstExpr) -> Option<u32> {
    match expr.ops() {
        [ConstOp::RefFunc(func)] => func.checked_add(1),
        [ConstOp::Value(0)] => Some(0),
        _ => None,
    }
}
