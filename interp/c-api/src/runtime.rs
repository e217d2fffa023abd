//! Configurations, engines and stores.

use std::rc::Rc;

use ermine::{Config, Engine, Error, InterruptHandle, Store, StoreLimitsBuilder};

use crate::beyond::wasi::Grants;
use crate::boundary::{discard, guard};
use crate::home::{Data, Home};

/// `wasm_config_t`
#[derive(Debug, Clone)]
pub struct ConfigHandle {
    /// The engine's settings.
    pub config: Config,
}

impl Default for ConfigHandle {
    /// The engine's defaults, with room for more instances: programs of the standard make a hundred thousand in one store, and only the host makes any.
    fn default() -> Self {
        let mut config = Config::default();
        let mut limits = config.get_limits().clone();
        limits.instances = 1_000_000;
        config.limits(limits);
        Self { config }
    }
}

/// `wasm_engine_t`
#[derive(Debug)]
pub struct EngineHandle {
    /// The engine.
    pub engine: Engine,
}

impl EngineHandle {
    /// An engine with exactly these settings.
    pub fn new(config: &ConfigHandle) -> Result<Self, Error> {
        Ok(Self { engine: Engine::try_new(&config.config)? })
    }
}

/// `wasm_store_t`
#[derive(Debug)]
pub struct StoreHandle {
    /// Where the store is.
    pub home: Rc<Home>,
}

impl StoreHandle {
    fn new(engine: &EngineHandle) -> Self {
        let home = Home::new(|home| {
            // Those of the engine hold; these are there to be set later.
            let limits = StoreLimitsBuilder::new();
            let limits = limits.instances(usize::MAX).memories(usize::MAX).tables(usize::MAX).build();
            let data = Data { home, limits, interrupt: InterruptHandle::default(), wasi: Grants::default() };
            let mut store = Store::new(&engine.engine, data);
            store.limiter(|data| &mut data.limits);
            store.data_mut().interrupt = store.interrupt_handle();
            store
        });
        Self { home }
    }

    /// The engine of the store.
    pub fn engine(&self) -> Option<Engine> {
        self.home.with(|ctx| ctx.engine().clone())
    }
}

#[unsafe(no_mangle)]
extern "C" fn wasm_config_new() -> Option<Box<ConfigHandle>> {
    guard(None, || Some(Some(Box::default())))
}

#[unsafe(no_mangle)]
extern "C" fn wasm_config_delete(config: Option<Box<ConfigHandle>>) {
    discard(config);
}

#[unsafe(no_mangle)]
extern "C" fn wasm_engine_new() -> Option<Box<EngineHandle>> {
    wasm_engine_new_with_config(wasm_config_new())
}

#[unsafe(no_mangle)]
extern "C" fn wasm_engine_new_with_config(config: Option<Box<ConfigHandle>>) -> Option<Box<EngineHandle>> {
    guard(None, || {
        let config = config?;
        Some(Some(Box::new(EngineHandle::new(&config).ok()?)))
    })
}

#[unsafe(no_mangle)]
extern "C" fn wasm_engine_delete(engine: Option<Box<EngineHandle>>) {
    discard(engine);
}

#[unsafe(no_mangle)]
extern "C" fn wasm_store_new(engine: Option<&EngineHandle>) -> Option<Box<StoreHandle>> {
    guard(None, || Some(Some(Box::new(StoreHandle::new(engine?)))))
}

#[unsafe(no_mangle)]
extern "C" fn wasm_store_delete(store: Option<Box<StoreHandle>>) {
    discard(store);
}
