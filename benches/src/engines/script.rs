//! A game's script on engines that can suspend a call. Ermine and wasmi share the vocabulary, so one text serves both.

/// Defines `Running`, a [`Script`](crate::contender::Script) on the engine whose crate is named, started from a module and a fuel-metering engine.
macro_rules! script {
    ($engine:ident, $host_error:path) => {
        mod script {
            use std::fmt;

            use $engine::{Engine, Error, Linker, Module, Store, TypedFunc, TypedResumableCall};

            use crate::contender::{Failure, Script};

            /// Why a script pauses: it waits for the next frame.
            #[derive(Debug)]
            struct Wait;

            impl fmt::Display for Wait {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str("the script waits for the next frame")
                }
            }

            impl $host_error for Wait {}

            /// A script between two frames.
            pub(super) struct Running {
                store: Store<()>,
                start: TypedFunc<(), ()>,
                paused: Option<TypedResumableCall<()>>,
                fuel: u64,
            }

            impl Running {
                pub(super) fn start(engine: &Engine, wasm: &[u8], fuel: u64) -> Result<Self, Failure> {
                    let module = Module::new(engine, wasm)?;
                    let mut linker = Linker::new(engine);
                    linker.func_wrap("game", "wait", || -> Result<(), Error> { Err(Error::host(Wait)) })?;
                    linker.func_wrap("game", "move", |_by: f32| ())?;
                    linker.func_wrap("game", "distance", || 10.0_f32)?;
                    linker.func_wrap("game", "shout", |_at: i32, _len: i32| ())?;
                    let mut store = Store::new(engine, ());
                    store.set_fuel(fuel)?;
                    let instance = linker.instantiate_and_start(&mut store, &module)?;
                    Ok(Self { start: instance.get_typed_func(&store, "patrol")?, store, paused: None, fuel })
                }
            }

            impl Script for Running {
                fn frame(&mut self) -> Result<bool, Failure> {
                    self.store.set_fuel(self.fuel)?;
                    let call = match self.paused.take() {
                        None => self.start.call_resumable(&mut self.store, ())?,
                        Some(TypedResumableCall::OutOfFuel(call)) => call.resume(&mut self.store)?,
                        Some(TypedResumableCall::HostTrap(call)) => call.resume(&mut self.store, &[])?,
                        Some(TypedResumableCall::Finished(())) => return Err("the script has ended".into()),
                    };
                    let spent = matches!(call, TypedResumableCall::OutOfFuel(_));
                    self.paused = Some(call);
                    Ok(spent)
                }
            }
        }
    };
}
pub(super) use script;
