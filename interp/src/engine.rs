//! Engines: settings, resolved once.

use alloc::sync::Arc;

use crate::{
    config::{Config, Machine},
    error::{Error, ErrorKind},
    exec,
};

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
}

impl Engine {
    /// An engine with these settings.
    ///
    /// Where [`Machine::Tail`] is asked for but this build does not have it, the loop machine takes its place; see
    /// [`Engine::machine`] and [`Engine::try_new`].
    #[must_use]
    pub fn new(config: &Config) -> Self {
        let kind = exec::Kind::resolve(config.machine).unwrap_or(exec::Kind::Loop);
        Self { inner: Arc::new(EngineInner { config: config.clone(), kind }) }
    }

    /// An engine with exactly these settings.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::MachineUnavailable`] if this build does not have the machine.
    pub fn try_new(config: &Config) -> Result<Self, Error> {
        let kind = exec::Kind::resolve(config.machine).ok_or(ErrorKind::MachineUnavailable)?;
        Ok(Self { inner: Arc::new(EngineInner { config: config.clone(), kind }) })
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

    pub(crate) fn kind(&self) -> exec::Kind {
        self.inner.kind
    }
}

impl Default for Engine {
    fn default() -> Self {
        Self::new(&Config::default())
    }
}
