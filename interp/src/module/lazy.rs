//! Functions that are translated when they are first called, as [`CompilationMode`](crate::CompilationMode) asks.

use alloc::vec::Vec;

use wasmparser::{FuncToValidate, FuncValidator, FuncValidatorAllocations, ValidatorResources, WasmFeatures};

use super::{ModuleInner, features, get, listing::options};
use crate::{
    error::Error,
    limits::Bound,
    translate::{Job, first},
};

/// What it takes to validate a function later.
pub(crate) struct Unvalidated {
    pub(super) resources: ValidatorResources,
    pub(super) features: WasmFeatures,
}

impl core::fmt::Debug for Unvalidated {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Unvalidated").finish_non_exhaustive()
    }
}

impl ModuleInner {
    /// The compact code of a function that has none: validated, if that has not been done, and translated.
    ///
    /// # Errors
    /// What the module would have been refused for, had it been translated whole.
    pub(super) fn translated(&self, defined: u32) -> Result<Vec<u16>, Error> {
        let config = self.engine.config();
        let code = self.translate(defined).map_err(|error| features::explain(error, config, self.bytes.as_slice()))?;
        let limit = config.get_limits().code_bytes;
        match self.code.translated_bytes().saturating_add(2 * code.len()) > limit {
            true => Err(Error::limit(Bound::CodeBytes, limit as u64)),
            false => Ok(code),
        }
    }

    fn translate(&self, defined: u32) -> Result<Vec<u16>, Error> {
        let (func, body) = self.body(defined).ok_or_else(Error::foreign)?;
        let config = self.engine.config();
        let job = Job { env: &self.env, options: &options(&self.engine), limits: config.get_limits(), func };
        first(&job, &body, self.validator(func).as_mut())
    }

    /// What validates a function; none if it was validated with its module.
    pub(super) fn validator(&self, func: u32) -> Option<FuncValidator<ValidatorResources>> {
        let Unvalidated { resources, features } = self.unvalidated.as_ref()?;
        let (ty, resources) = (*get(&self.env.funcs, func)?, resources.clone());
        let unvalidated = FuncToValidate { resources, index: func, ty, features: *features };
        Some(unvalidated.into_validator(FuncValidatorAllocations::default()))
    }
}
