//! Engines: settings, resolved once.

use alloc::sync::Arc;
#[cfg(feature = "translate")]
use alloc::vec::Vec;

use crate::{
    config::{Config, Machine},
    error::{Error, ErrorKind},
    exec,
    image::format::MAGIC,
    isa::Profile,
};

/// Kinds of things that are compiled ahead of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Precompiled {
    /// A module: an image.
    Module,
}

/// Settings and the machine that they lead to. Cheap to clone; share one between all modules, linkers and stores.
///
/// # Examples
///
/// ```
/// use ermine::{Config, Engine, Machine};
///
/// let mut config = Config::default();
/// config.machine(Machine::Loop);
/// let engine = Engine::new(&config);
/// assert_eq!(engine.machine(), Machine::Loop);
/// ```
#[derive(Debug, Clone)]
pub struct Engine {
    inner: Arc<EngineInner>,
}

#[derive(Debug)]
struct EngineInner {
    config: Config,
    kind: exec::Kind,
    profile: Profile,
}

impl Engine {
    /// An engine with these settings.
    ///
    /// Where [`Machine::Tail`] or [`Profile::Full`] is asked for but this build does not have it, the loop machine or [`Profile::Base`] takes its
    /// place; see [`Engine::machine`], [`Engine::profile`] and [`Engine::try_new`].
    #[must_use]
    pub fn new(config: &Config) -> Self {
        let kind = exec::Kind::resolve(config.machine).unwrap_or(exec::Kind::Loop);
        let profile = config.profile.min(Profile::BEST);
        Self { inner: Arc::new(EngineInner { config: config.clone(), kind, profile }) }
    }

    /// An engine with exactly these settings.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::MachineUnavailable`] if this build does not have the machine, [`ErrorKind::ProfileUnavailable`] if it does not have
    /// the profile.
    pub fn try_new(config: &Config) -> Result<Self, Error> {
        let kind = exec::Kind::resolve(config.machine).ok_or(ErrorKind::MachineUnavailable)?;
        if config.profile > Profile::BEST {
            return Err(ErrorKind::ProfileUnavailable.into());
        }
        Ok(Self { inner: Arc::new(EngineInner { config: config.clone(), kind, profile: config.profile }) })
    }

    /// Whether these bytes look like something that was compiled ahead of time, and what: [`Module::deserialize`](crate::Module::deserialize)
    /// loads it. Only its first bytes are looked at.
    #[must_use]
    pub fn detect_precompiled(bytes: &[u8]) -> Option<Precompiled> {
        bytes.starts_with(&MAGIC.to_le_bytes()).then_some(Precompiled::Module)
    }

    /// Validates and translates a module, as [`Module::new`](crate::Module::new) does, and writes it as an image: for
    /// [`Module::deserialize`](crate::Module::deserialize), or for a [`bare::Instance`](crate::bare::Instance) on a board.
    ///
    /// What the image is depends on the module and on these settings: proposals, limits, [`Config::profile`], and whether guests pay fuel or can be
    /// interrupted. The machine does not matter. The same module and settings give the same bytes.
    ///
    /// # Errors
    ///
    /// As for [`Module::new`](crate::Module::new), and [`ErrorKind::ImageBound`] for what the format has no room for.
    ///
    /// # Examples
    ///
    /// ```
    /// use ermine::{Engine, Precompiled};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let wasm = wat::parse_str("(module (func (export \"run\")))")?;
    /// let image = Engine::default().precompile_module(&wasm)?;
    /// assert_eq!(Engine::detect_precompiled(&image), Some(Precompiled::Module));
    /// assert_eq!(Engine::detect_precompiled(&wasm), None);
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "translate")]
    pub fn precompile_module(&self, wasm: &[u8]) -> Result<Vec<u8>, Error> {
        crate::module::precompile(self, wasm)
    }

    /// The settings.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.inner.config
    }

    /// The machine in use: [`Machine::Tail`] or [`Machine::Loop`].
    #[must_use]
    pub fn machine(&self) -> Machine {
        // `Kind` has no other variants than these two, and only one of them in builds without the tail machine.
        if self.inner.kind == exec::Kind::Loop { Machine::Loop } else { Machine::Tail }
    }

    /// Whether two engines are one.
    #[must_use]
    pub fn same(a: &Self, b: &Self) -> bool {
        Arc::ptr_eq(&a.inner, &b.inner)
    }

    /// The instructions that translated code may use.
    #[must_use]
    pub fn profile(&self) -> Profile {
        self.inner.profile
    }

    pub(crate) fn kind(&self) -> exec::Kind {
        self.inner.kind
    }
}

impl Default for Engine {
    fn default() -> Self {
        Self::new(&Config::default())
    }
}
