//! The translator: validated wasm operators in, compact code out, in one pass.
//!
//! | room | does |
//! |---|---|
//! | [`emit`] | the code buffer; the last two instructions are held back, so that what follows may still change them |
//! | [`staged`] | an instruction on its way: operands, the fields that say where they are, the result |
//! | [`label`] | branch targets, patched when known; islands for those too far away |
//! | [`stack`] | the operand stack as the translator knows it: locals and constants are not copied until they must be |
//! | [`values`] | arithmetic, comparisons, globals: choice of form |
//! | [`memory`] | loads and stores: what folds into an address |
//! | [`locals`] | locals: reads that stay pending, writes that re-target the instruction before |
//! | [`control`] | blocks, branches, results |
//! | [`calls`] | calls and returns |
//! | [`walk`] | from one operator to the next: read, validate, translate |
//! | [`operators`] | which wasm operator goes where |
//!
//! It never sees a handler: all it knows of the machine is the op table ([`crate::isa`]).

mod calls;
mod control;
mod emit;
mod function;
mod label;
mod locals;
mod memory;
mod operators;
mod stack;
mod staged;
mod values;
mod walk;

use alloc::sync::Arc;
use alloc::vec::Vec;

use wasmparser::{FuncValidator, FuncValidatorAllocations, FunctionBody, ValidatorResources};

use crate::code::Code;
use crate::error::{Error, ErrorKind};
use crate::exec::Kind;
use crate::isa::Profile;
use crate::limits::{Bound, Limits};
use crate::module::env::ModuleEnv;
pub(crate) use function::Job;
use function::Scratch;

/// What a translation depends on, beside the module.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Options {
    /// Whether code pays fuel.
    pub(crate) metered: bool,
    /// Whether code counts the wasm operators it executes.
    pub(crate) count_operators: bool,
    /// Which forms may be used.
    pub(crate) profile: Profile,
    /// Whether instructions may be fused and results kept in accumulators. Off for comparison only.
    pub(crate) fuse: bool,
}

/// Translates the functions of a module, in their order.
#[derive(Debug)]
pub(crate) struct ModuleTranslator {
    options: Options,
    limits: Limits,
    env: Arc<ModuleEnv>,
    code: Vec<u16>,
    starts: Vec<u32>,
    scratch: Scratch,
}

impl ModuleTranslator {
    /// A translator that has seen no function yet.
    pub(crate) fn new(options: Options, limits: &Limits, env: Arc<ModuleEnv>) -> Self {
        Self { options, limits: limits.clone(), env, code: Vec::new(), starts: Vec::new(), scratch: Scratch::default() }
    }

    /// Validates and translates the next function.
    ///
    /// # Errors
    /// If the body is invalid, or beyond a limit.
    pub(crate) fn function(
        &mut self,
        body: &FunctionBody<'_>,
        mut validator: FuncValidator<ValidatorResources>,
    ) -> Result<FuncValidatorAllocations, Error> {
        let func = self.env.imported_funcs + self.starts.len() as u32;
        self.starts.push(u32::try_from(self.code.len()).map_err(|_| self.too_long())?);
        let job = Job { env: &self.env, options: &self.options, limits: &self.limits, func };
        function::translate(&job, &mut self.scratch, &mut self.code, body, Some(&mut validator), None)?;
        match self.code.len() * 2 > self.limits.code_bytes {
            true => Err(self.too_long()),
            false => Ok(validator.into_allocations()),
        }
    }

    fn too_long(&self) -> Error {
        ErrorKind::Limit { bound: Bound::CodeBytes, limit: self.limits.code_bytes as u64 }.into()
    }

    /// All code.
    ///
    /// # Errors
    /// If it is beyond the limit.
    pub(crate) fn finish(mut self, kind: Kind) -> Result<Code, Error> {
        self.starts.push(u32::try_from(self.code.len()).map_err(|_| self.too_long())?);
        self.code.shrink_to_fit();
        Ok(Code::new(self.code, self.starts, kind))
    }
}

/// One function's compact code with the module offset of the operator behind each instruction: for backtraces and listings, made on demand.
#[derive(Debug)]
pub(crate) struct Listing {
    /// The function's code, from its header on.
    pub(crate) code: Vec<u16>,
    /// `(unit, module offset)`, ascending.
    pub(crate) offsets: Vec<(u32, u32)>,
}

/// Translates one function again, the same way, keeping track of where instructions come from. It is validated on the way if there is a validator.
///
/// # Errors
/// As the first translation, so never for a function that was accepted.
pub(crate) fn list(
    job: &Job<'_>,
    body: &FunctionBody<'_>,
    validator: Option<&mut FuncValidator<ValidatorResources>>,
) -> Result<Listing, Error> {
    let mut listing = Listing { code: Vec::new(), offsets: Vec::new() };
    function::translate(job, &mut Scratch::default(), &mut listing.code, body, validator, Some(&mut listing.offsets))?;
    Ok(listing)
}

/// Translates one function apart from the others: the same code. It is validated on the way if there is a validator.
///
/// # Errors
/// As for [`ModuleTranslator::function`].
pub(crate) fn first(
    job: &Job<'_>,
    body: &FunctionBody<'_>,
    validator: Option<&mut FuncValidator<ValidatorResources>>,
) -> Result<Vec<u16>, Error> {
    let mut code = Vec::new();
    function::translate(job, &mut Scratch::default(), &mut code, body, validator, None)?;
    Ok(code)
}
