//! The translation of one function: its frame, its header, the walk over its operators.

use alloc::vec::Vec;

use wasmparser::{FuncValidator, FunctionBody, ValidatorResources};

use super::Options;
use super::control::Frame;
use super::emit::{Emitter, Priced, Slot, frame_too_large};
use super::label::Labels;
use super::stack::{Local, Stack};
use crate::code::decode::put32;
use crate::error::{Error, ErrorKind};
use crate::exec::LINK_BYTES;
use crate::isa::{RowId, Ty};
use crate::limits::{Bound, Limits};
use crate::module::env::ModuleEnv;
use crate::types::{FuncType, ValType};

/// What is to be translated, and how.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Job<'a> {
    pub(crate) env: &'a ModuleEnv,
    pub(crate) options: &'a Options,
    pub(crate) limits: &'a Limits,
    /// The function's number in the module.
    pub(crate) func: u32,
}

/// Buffers that serve one function after another.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    labels: Labels,
    stack: Stack,
    frames: Vec<Frame>,
    fuel: Vec<FuelFixup>,
}

/// A branch back to a loop whose price is known when the loop ends.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FuelFixup {
    pub(crate) branch: Priced,
    /// The next one of the same loop.
    pub(crate) next: Option<u32>,
}

/// A function being translated.
#[derive(Debug)]
pub(crate) struct Function<'a> {
    pub(crate) job: Job<'a>,
    pub(crate) ty: &'a FuncType,
    pub(crate) emit: Emitter<'a>,
    pub(crate) stack: &'a mut Stack,
    pub(crate) frames: &'a mut Vec<Frame>,
    pub(crate) fuel: &'a mut Vec<FuelFixup>,
    /// Operators so far, for fuel. Each has a byte or more: a u32 is wide enough.
    pub(crate) operators: u32,
    /// Where the count of the current straight line goes, and the operators before it: if operators are counted.
    pub(crate) counting: Option<(u32, u32)>,
    /// The slot of the link.
    pub(crate) link: Slot,
    /// A local that was shifted: see [`Function::view`].
    pub(crate) shifted: Option<u32>,
    /// Whether the code being translated cannot be reached.
    pub(crate) dead: bool,
    /// Blocks opened there.
    pub(crate) dead_depth: u32,
    /// The function's bytes, and where they start in the module.
    bytes: &'a [u8],
    first: u64,
}

/// The type that values of a wasm type have in the machine.
pub(crate) fn machine_type(ty: ValType) -> Ty {
    ty.machine()
}

/// Bytes that values of these types take.
pub(crate) fn bytes_of(types: &[ValType]) -> u32 {
    types.iter().map(|&ty| machine_type(ty).bytes()).sum()
}

/// Bytes of a frame that near locals may take: the rest of what u16 fields reach is for temporaries.
const NEAR_LOCALS: u32 = 0x8000;
/// Where locals beyond that are.
const FAR_LOCALS: u32 = 0x1_0000;

/// Translates a function, validating it on the way if there is a validator, and appends its code.
///
/// # Errors
/// If the function is invalid, or beyond a limit.
pub(crate) fn translate(
    job: &Job<'_>,
    scratch: &mut Scratch,
    code: &mut Vec<u16>,
    body: &FunctionBody<'_>,
    mut validator: Option<&mut FuncValidator<ValidatorResources>>,
    offsets: Option<&mut Vec<(u32, u32)>>,
) -> Result<(), Error> {
    let ty = job.env.func_type(job.func).ok_or_else(|| Error::new("function without a type"))?;
    let options = job.options;
    scratch.frames.clear();
    scratch.fuel.clear();
    let emit = Emitter::new(code, &mut scratch.labels, options.profile, options.fuse, offsets);
    let mut function = Function {
        job: *job,
        ty,
        emit,
        stack: &mut scratch.stack,
        frames: &mut scratch.frames,
        fuel: &mut scratch.fuel,
        operators: 0,
        counting: None,
        link: Slot(0),
        shifted: None,
        dead: false,
        dead_depth: 0,
        bytes: body.as_bytes(),
        first: body.range().start,
    };
    function.header(body, validator.as_deref_mut())?;
    match validator {
        Some(validator) => function.walk(body, validator)?,
        None => function.walk_again(body)?,
    }
    function.finish()
}

impl Function<'_> {
    /// Lays the frame out and writes the header, its numbers still open.
    fn header(
        &mut self,
        body: &FunctionBody<'_>,
        mut validator: Option<&mut FuncValidator<ValidatorResources>>,
    ) -> Result<(), Error> {
        self.stack.locals.clear();
        let mut next = 0;
        for &param in self.ty.params() {
            let ty = machine_type(param);
            self.stack.locals.push(Local::new(ty, Slot(next)));
            next += ty.bytes();
        }
        let area = next.max(bytes_of(self.ty.results()));
        self.link = Slot(area);
        let first = area + LINK_BYTES as u32;
        if first > NEAR_LOCALS {
            return Err(frame_too_large(self.job.limits.frame_slots));
        }
        let (mut near, mut far) = (first, FAR_LOCALS);
        let mut reader = body.get_locals_reader()?;
        for _ in 0..reader.get_count() {
            let offset = reader.original_position();
            let (count, wasm_ty) = reader.read()?;
            if let Some(validator) = validator.as_deref_mut() {
                validator.define_locals(offset, count, wasm_ty)?;
            }
            if self.stack.locals.len() as u64 + u64::from(count) > u64::from(self.job.limits.locals) {
                return Err(ErrorKind::Limit { bound: Bound::Locals, limit: u64::from(self.job.limits.locals) }.into());
            }
            let ty = machine_type(crate::module::sections::val_type(wasm_ty)?);
            for _ in 0..count {
                let place = if near + ty.bytes() <= NEAR_LOCALS { &mut near } else { &mut far };
                self.stack.locals.push(Local::new(ty, Slot(*place)));
                *place += ty.bytes();
            }
        }
        let end = if far > FAR_LOCALS { far } else { near };
        if end / 4 > self.job.limits.frame_slots {
            return Err(frame_too_large(self.job.limits.frame_slots));
        }
        self.stack.reset(Slot(near), Slot(far));
        let mut fields = [0; 8];
        put32(&mut fields, 2, first);
        put32(&mut fields, 4, end - first);
        self.emit.plain(RowId::Function, fields);
        self.begin_function();
        Ok(())
    }

    /// The opcode of the operator being translated: its byte, or 0x100 plus the number behind the prefix 0xfc.
    #[inline]
    pub(crate) fn opcode(&self) -> Option<u16> {
        let at = u64::from(self.emit.offset).checked_sub(self.first)?;
        opcode_at(self.bytes, usize::try_from(at).ok()?)
    }

    /// Whether the frame is within the limit so far.
    #[inline]
    pub(crate) fn check_frame(&self) -> Result<(), Error> {
        let limit = self.job.limits.frame_slots;
        if self.stack.high() / 4 > limit { Err(frame_too_large(limit)) } else { Ok(()) }
    }

    /// Completes the header: the size of the frame and the price of a call are known now.
    fn finish(mut self) -> Result<(), Error> {
        self.emit.finish();
        self.check_frame()?;
        let high = self.stack.high();
        let code = self.emit.code();
        let zeroed = crate::code::decode::get32(code, 5).unwrap_or(0);
        let locals_end = crate::code::decode::get32(code, 3).unwrap_or(0) + zeroed;
        put32(code, 1, high.max(locals_end));
        if self.job.options.metered {
            put32(code, 7, self.operators + zeroed / 4);
        }
        Ok(())
    }
}

/// The opcode at `at`: a byte, or 0x100 plus the number behind the prefix 0xfc, whose encoding may be longer than it need be.
#[inline]
fn opcode_at(bytes: &[u8], at: usize) -> Option<u16> {
    match *bytes.get(at)? {
        0xfc => {
            let mut reader = wasmparser::BinaryReader::new(bytes.get(at + 1..)?, 0);
            u16::try_from(reader.read_var_u32().ok()?).ok().and_then(|sub| sub.checked_add(0x100))
        }
        byte => Some(u16::from(byte)),
    }
}
