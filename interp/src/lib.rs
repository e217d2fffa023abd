//! Ermine: a small, fast and safe WebAssembly interpreter for hosts that may not generate machine code.
//!
//! # Should I use this?
//!
//! Yes, where a program from someone else has to run and a just-in-time compiler is not allowed, does not exist for the
//! target, or is too big: microcontrollers, phones, consoles, locked-down desktops. If machine code may be generated and
//! there is room for a compiler, a compiler is faster.
//!
//! # Tour
//!
//! The vocabulary is that of `wasmtime` and `wasmi`. An [`Engine`] holds a [`Config`]; a [`Module`] is validated and
//! translated once; a [`Store`] owns everything that instances are made of; a [`Linker`] knows the imports.
//!
#![cfg_attr(feature = "translate", doc = "```")]
#![cfg_attr(not(feature = "translate"), doc = "```ignore")]
//! use ermine::{Caller, Engine, Linker, Module, Store};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let wasm = wat::parse_str(
//!     r#"(module
//!         (import "host" "add" (func $add (param i32)))
//!         (func (export "run") (param i32)
//!             (call $add (i32.mul (local.get 0) (i32.const 2)))))"#,
//! )?;
//! let engine = Engine::default();
//! let module = Module::new(&engine, &wasm)?;
//! let mut store = Store::new(&engine, 0_i32); // the host's own data: here, a sum
//! let mut linker = Linker::new(&engine);
//! linker.func_wrap("host", "add", |mut caller: Caller<'_, i32>, x: i32| *caller.data_mut() += x)?;
//! let instance = linker.instantiate_and_start(&mut store, &module)?;
//! let run = instance.get_typed_func::<i32, ()>(&store, "run")?;
//! run.call(&mut store, 21)?;
//! assert_eq!(*store.data(), 42);
//! # Ok(())
//! # }
//! ```
//!
//! # What a guest cannot do
//!
//! * Read or write anything but its own memories, tables and globals and what it was given as imports.
//! * Overflow the native stack: guest calls use one bounded value stack, see [`Limits::stack_bytes`].
//! * Spend without bound: memory, tables, instances, host objects are under [`Limits`] and a [`ResourceLimiter`];
//!   time is under fuel ([`Config::consume_fuel`]) and an [`InterruptHandle`].
//!
//! # Handles
//!
//! [`Func`], [`Memory`], [`Table`], [`Global`], [`Instance`] and [`ExternRef`] are small copies of an index and the
//! number of their store. Used with another store they give an error of kind [`ErrorKind::ForeignHandle`]; the few methods
//! that cannot return an error say what they give instead. None of them panics.
//!
//! # Features
//!
//! | Feature | Adds |
//! |---|---|
//! | none | the executor alone, without an allocator |
//! | `alloc` | [`Store`], [`Linker`], owned memories |
//! | `translate` | [`Module::new`]: validation and translation of wasm |
//! | `std` | the platform's float routines |
//!
//! Default: `translate`, `std`.

#![no_std]
#![cfg_attr(
    feature = "nightly",
    feature(explicit_tail_calls),
    allow(incomplete_features, reason = "what the feature is for")
)]
#![cfg_attr(
    not(all(feature = "translate", feature = "full")),
    allow(
        dead_code,
        reason = "parts of the runtime serve translated modules only, parts of the executor the `full` profile"
    )
)]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(any(feature = "std", test))]
extern crate std;

pub mod bare;
#[cfg(feature = "alloc")]
mod code;
mod exec;
pub mod image;
mod isa;
mod num;
mod trap;
mod val_type;

#[cfg(feature = "alloc")]
mod backtrace;
#[cfg(feature = "alloc")]
mod config;
#[cfg(feature = "alloc")]
mod driver;
#[cfg(feature = "alloc")]
mod engine;
#[cfg(feature = "alloc")]
mod error;
#[cfg(feature = "alloc")]
mod externref;
#[cfg(feature = "alloc")]
mod func;
#[cfg(feature = "alloc")]
mod global;
#[cfg(feature = "alloc")]
mod instance;
#[cfg(feature = "alloc")]
mod limits;
#[cfg(feature = "alloc")]
mod linker;
#[cfg(feature = "alloc")]
mod memory;
#[cfg(feature = "alloc")]
mod module;
#[cfg(feature = "alloc")]
mod store;
#[cfg(feature = "alloc")]
mod table;
#[cfg(feature = "translate")]
mod translate;
#[cfg(feature = "alloc")]
mod types;
#[cfg(feature = "alloc")]
mod value;

pub use self::{
    isa::Profile,
    trap::{Trap, Trap as TrapCode},
    val_type::{RefType, ValType},
};

#[cfg(feature = "alloc")]
pub use self::{
    backtrace::{Backtrace, FrameInfo},
    config::{CompilationMode, Config, Machine},
    engine::{Engine, Precompiled},
    error::{Error, ErrorKind, HostError, ImageMismatch, MissingImport},
    externref::ExternRef,
    func::{
        Caller, Func, IntoFunc, ResumableCall, ResumableCallHostTrap, ResumableCallOutOfFuel, TypedFunc,
        TypedResumableCall, TypedResumableCallHostTrap, TypedResumableCallOutOfFuel, WasmParams, WasmResults, WasmRet,
        WasmTy, WasmTyList,
    },
    global::Global,
    instance::{Export, ExportsIter, Extern, Instance},
    limits::{Bound, Limits},
    linker::Linker,
    memory::{GuestValue, Memory},
    module::{CustomSection, CustomSectionsIter, ExportType, ImportType, Module, ModuleExportsIter, ModuleImportsIter},
    store::{
        AsContext, AsContextMut, InterruptHandle, LimiterError, ResourceLimiter, Store, StoreContext, StoreContextMut,
        StoreLimits, StoreLimitsBuilder,
    },
    table::Table,
    types::{ExternType, FuncType, GlobalType, MemoryType, MemoryTypeBuilder, Mutability, TableType},
    value::{F32, F64, Nullable, Ref, Val},
};

#[cfg(feature = "translate")]
pub use self::module::CodeLine;

/// Engines, modules and linkers can be shared between threads; stores and suspended calls can be sent to others.
#[cfg(feature = "alloc")]
const _: () = {
    const fn shared<T: Send + Sync>() {}
    const fn sent<T: Send>() {}
    shared::<Engine>();
    shared::<Module>();
    shared::<Linker<()>>();
    shared::<InterruptHandle>();
    shared::<Error>();
    sent::<Store<()>>();
    sent::<ResumableCall>();
    sent::<TypedResumableCall<()>>();
};

/// The examples of the project's documents are tests.
#[cfg(all(doctest, feature = "translate"))]
mod documents {
    #[doc = include_str!("../../README.md")]
    struct Readme;

    #[doc = include_str!("../../docs/embedding.md")]
    struct Embedding;

    #[doc = include_str!("../../docs/migrating.md")]
    struct Migrating;
}
