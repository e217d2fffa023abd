//! What an engine has to offer to be measured: it compiles modules, instantiates them, calls `run`.

use std::borrow::Cow;
use std::error::Error;

/// Anything that went wrong in an engine; the harness only prints it.
pub type Failure = Box<dyn Error + Send + Sync>;

/// An engine in one configuration.
pub trait Contender {
    /// How tables and options call it.
    fn name(&self) -> &str;

    /// Version and configuration, for the report.
    fn what(&self) -> String;

    /// What it loads in place of `wasm`: made ahead of time, not measured.
    ///
    /// # Errors
    ///
    /// Whatever the engine has against the module.
    fn input<'wasm>(&self, wasm: &'wasm [u8]) -> Result<Cow<'wasm, [u8]>, Failure> {
        Ok(Cow::Borrowed(wasm))
    }

    /// Sets up whatever a process needs once, however many modules it loads.
    ///
    /// # Errors
    ///
    /// A configuration that this build or this machine does not have.
    fn engine(&self) -> Result<Box<dyn Engine>, Failure>;

    /// Whether calls in both directions can be measured, see [`Compiled::instantiate`].
    fn links_host_functions(&self) -> bool {
        false
    }

    /// Starts a script that gets so much fuel for each frame. It may import `game.wait`, which ends its frame, `game.move`, `game.distance` and
    /// `game.shout`, which do nothing. None if the engine cannot suspend calls.
    fn script(&self, _wasm: &[u8], _fuel: u64) -> Option<Result<Box<dyn Script>, Failure>> {
        None
    }
}

/// What loads modules.
pub trait Engine {
    /// Loads what [`Contender::input`] gave, up to the point where it can be instantiated.
    ///
    /// # Errors
    ///
    /// Whatever the engine has against the module.
    fn compile(&self, input: &[u8]) -> Result<Box<dyn Compiled>, Failure>;
}

/// A loaded module.
pub trait Compiled {
    /// A fresh instance in a store of its own.
    ///
    /// An import `host.next: [i32] -> [i32]` returns its argument plus one, if the contender links host functions. Other
    /// functions that a module imports return zeros.
    ///
    /// # Errors
    ///
    /// Imports that the contender does not serve, a trap of the start function.
    fn instantiate(&self) -> Result<Box<dyn Instance>, Failure>;

    /// Bytes of translated code, if the engine tells.
    fn code_bytes(&self) -> Option<usize> {
        None
    }
}

/// An instance.
pub trait Instance {
    /// Calls `run(n)` and returns its checksum.
    ///
    /// # Errors
    ///
    /// No such export, a trap.
    fn run(&mut self, n: i32) -> Result<i64, Failure>;

    /// Calls the export `next: [i32] -> [i32]` `n` times, through a handle that was found and checked once, each time with the last result.
    ///
    /// # Errors
    ///
    /// The contender does not offer it, no such export, a trap.
    fn call_often(&mut self, _n: i32) -> Result<i32, Failure> {
        Err("calls from the host are not measured on this engine".into())
    }
}

/// A script that runs frame by frame.
pub trait Script {
    /// Runs one frame: until the script waits, or its fuel is spent. Says whether it was the fuel.
    ///
    /// # Errors
    ///
    /// Whatever else ended the script.
    fn frame(&mut self) -> Result<bool, Failure>;
}

/// All from an engine to an instance.
///
/// # Errors
///
/// As of the steps.
pub fn load(contender: &dyn Contender, wasm: &[u8]) -> Result<Box<dyn Instance>, Failure> {
    contender.engine()?.compile(&contender.input(wasm)?)?.instantiate()
}
