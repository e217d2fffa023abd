//! What an engine accepts, how it runs it, and what it charges for.

use crate::{isa::Profile, limits::Limits};

/// Which machine runs the code.
///
/// Both give the same results, traps and fuel; they differ in speed and in what the target must be able to do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Machine {
    /// The tail machine where this build has it and its self-test passes, the loop machine elsewhere.
    #[default]
    Auto,
    /// Threaded code; every handler jumps to the next one. 64-bit hosts, optimised builds.
    Tail,
    /// Compact code and one dispatch loop. Works everywhere.
    Loop,
}

/// When functions are validated and translated.
///
/// Results, traps, fuel and backtraces do not depend on it, but for what a module is refused for: that comes to light when its function is called.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum CompilationMode {
    /// All when the module is made.
    #[default]
    Eager,
    /// Validated when the module is made, translated when first called. A function beyond a bound on translated code
    /// ([`Limits::frame_slots`], [`Limits::code_bytes`] and their like) fails when it is called.
    LazyTranslation,
    /// Both when first called: the fastest to start. An invalid function is an error whenever it is called, and no harm before.
    Lazy,
}

/// Settings of an [`Engine`](crate::Engine).
///
/// By default everything of WebAssembly 2.0 but SIMD is on, and the proposals tail-call, extended-const and multi-memory;
/// custom-page-sizes is off. Proposals without a switch here are not supported: a module that uses one is refused with an
/// error that names it.
///
/// # Examples
///
/// ```
/// use ermine::{Config, Engine};
///
/// let mut config = Config::default();
/// config.consume_fuel(true).wasm_tail_call(false);
/// let engine = Engine::new(&config);
/// assert!(engine.config().get_consume_fuel());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    pub(crate) proposals: Proposals,
    pub(crate) machine: Machine,
    pub(crate) limits: Limits,
    pub(crate) consume_fuel: bool,
    pub(crate) interruptible: bool,
    pub(crate) count_operators: bool,
    #[cfg(feature = "count")]
    pub(crate) count_dispatches: bool,
    pub(crate) fuse: bool,
    pub(crate) profile: Profile,
    pub(crate) compilation_mode: CompilationMode,
}

/// One switch per proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "a list of independent switches")]
pub(crate) struct Proposals {
    pub(crate) mutable_global: bool,
    pub(crate) sign_extension: bool,
    pub(crate) saturating_float_to_int: bool,
    pub(crate) multi_value: bool,
    pub(crate) bulk_memory: bool,
    pub(crate) reference_types: bool,
    pub(crate) tail_call: bool,
    pub(crate) extended_const: bool,
    pub(crate) multi_memory: bool,
    pub(crate) custom_page_sizes: bool,
    pub(crate) floats: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            proposals: Proposals {
                mutable_global: true,
                sign_extension: true,
                saturating_float_to_int: true,
                multi_value: true,
                bulk_memory: true,
                reference_types: true,
                tail_call: true,
                extended_const: true,
                multi_memory: true,
                custom_page_sizes: false,
                floats: true,
            },
            machine: Machine::Auto,
            limits: Limits::default(),
            consume_fuel: false,
            interruptible: false,
            count_operators: false,
            #[cfg(feature = "count")]
            count_dispatches: false,
            fuse: true,
            profile: Profile::BEST,
            compilation_mode: CompilationMode::Eager,
        }
    }
}

impl Config {
    /// The default settings.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Mutable globals may be imported and exported. Default: on.
    pub fn wasm_mutable_global(&mut self, enable: bool) -> &mut Self {
        self.proposals.mutable_global = enable;
        self
    }

    /// `i32.extend8_s` and its like. Default: on.
    pub fn wasm_sign_extension(&mut self, enable: bool) -> &mut Self {
        self.proposals.sign_extension = enable;
        self
    }

    /// `i32.trunc_sat_f32_s` and its like. Default: on.
    pub fn wasm_saturating_float_to_int(&mut self, enable: bool) -> &mut Self {
        self.proposals.saturating_float_to_int = enable;
        self
    }

    /// Several results, and parameters of blocks. Default: on.
    pub fn wasm_multi_value(&mut self, enable: bool) -> &mut Self {
        self.proposals.multi_value = enable;
        self
    }

    /// `memory.copy`, `table.init`, passive segments and their like. Default: on.
    pub fn wasm_bulk_memory(&mut self, enable: bool) -> &mut Self {
        self.proposals.bulk_memory = enable;
        self
    }

    /// `externref`, several tables, `table.get` and its like. Default: on.
    pub fn wasm_reference_types(&mut self, enable: bool) -> &mut Self {
        self.proposals.reference_types = enable;
        self
    }

    /// `return_call` and `return_call_indirect`. Default: on.
    pub fn wasm_tail_call(&mut self, enable: bool) -> &mut Self {
        self.proposals.tail_call = enable;
        self
    }

    /// Integer arithmetic in constant expressions. Default: on.
    pub fn wasm_extended_const(&mut self, enable: bool) -> &mut Self {
        self.proposals.extended_const = enable;
        self
    }

    /// More than one memory. Default: on.
    pub fn wasm_multi_memory(&mut self, enable: bool) -> &mut Self {
        self.proposals.multi_memory = enable;
        self
    }

    /// Memories with pages of one byte. Default: off, as the proposal is not finished.
    pub fn wasm_custom_page_sizes(&mut self, enable: bool) -> &mut Self {
        self.proposals.custom_page_sizes = enable;
        self
    }

    /// Float types and instructions. Default: on. Switched off, a module that uses one is refused.
    pub fn floats(&mut self, enable: bool) -> &mut Self {
        self.proposals.floats = enable;
        self
    }

    /// Guests pay for what they execute, see [`Store::set_fuel`](crate::Store::set_fuel). Default: off.
    ///
    /// One unit pays for one wasm operator (or one local that is zeroed at a function's entry), or for 64 bytes or 16 table
    /// elements of a bulk instruction. The price is the same on every machine and host.
    pub fn consume_fuel(&mut self, enable: bool) -> &mut Self {
        self.consume_fuel = enable;
        self
    }

    /// Whether guests pay fuel.
    #[must_use]
    pub fn get_consume_fuel(&self) -> bool {
        self.consume_fuel
    }

    /// Guests can be stopped through an [`InterruptHandle`](crate::InterruptHandle) at any time. Default: off.
    ///
    /// Costs as much as fuel does. Guests that pay fuel can be interrupted in any case.
    pub fn interruptible(&mut self, enable: bool) -> &mut Self {
        self.interruptible = enable;
        self
    }

    /// Which machine runs the code. Default: [`Machine::Auto`].
    pub fn machine(&mut self, machine: Machine) -> &mut Self {
        self.machine = machine;
        self
    }

    /// The bounds of everything a guest can make the host spend.
    pub fn limits(&mut self, limits: Limits) -> &mut Self {
        self.limits = limits;
        self
    }

    /// The bounds in force.
    #[must_use]
    pub fn get_limits(&self) -> &Limits {
        &self.limits
    }

    /// Translate code that counts the wasm operators it executes. For the project's own measurements.
    #[doc(hidden)]
    pub fn count_operators(&mut self, enable: bool) -> &mut Self {
        self.count_operators = enable;
        self
    }

    /// Count the instructions that the loop machine dispatches, see [`Store::dispatches`](crate::Store::dispatches).
    /// Default: off. Only builds with the cargo feature `count` have this switch.
    ///
    /// The tail machine does not count: choose [`Machine::Loop`].
    #[cfg(feature = "count")]
    pub fn count_dispatches(&mut self, enable: bool) -> &mut Self {
        self.count_dispatches = enable;
        self
    }

    /// Leave all fusion of operators out. For the project's own measurements.
    #[doc(hidden)]
    pub fn fuse(&mut self, enable: bool) -> &mut Self {
        self.fuse = enable;
        self
    }

    /// Which instructions translated code may use. Default: all that this build has.
    ///
    /// An image for a board is compiled with [`Profile::Base`], on any host.
    pub fn profile(&mut self, profile: Profile) -> &mut Self {
        self.profile = profile;
        self
    }

    /// When functions are validated and translated. Default: [`CompilationMode::Eager`].
    ///
    /// Code that was translated late is shared by all stores, as all code of a module is. [`Module::serialize`](crate::Module::serialize) translates all.
    pub fn compilation_mode(&mut self, mode: CompilationMode) -> &mut Self {
        self.compilation_mode = mode;
        self
    }

    /// When functions are validated and translated.
    #[must_use]
    pub fn get_compilation_mode(&self) -> CompilationMode {
        self.compilation_mode
    }

    /// Whether translated code checks a fuel counter.
    pub(crate) fn metered(&self) -> bool {
        self.consume_fuel || self.interruptible
    }
}
