//! A guest script in a game's loop: one slice of fuel a frame, suspended and resumed, the world shared.
//!
//! The script is a program that never returns. It gives up its frame by calling `wait`, which is a host function that fails
//! with [`Wait`] and is resumed in the next frame; where it thinks too long its fuel runs out, and it goes on where it was.
//! Either way a frame costs no more than [`FUEL_PER_FRAME`], whatever the script does. Nothing blocks, and there is no thread.
//!
//! `cargo run --release -p ermine --example game_loop` plays ten seconds at 60 Hz as fast as it can, and tells what a frame
//! cost. With `--real-time` it waits for the frames.

use std::error::Error as StdError;
use std::fmt;
use std::io::{self, Write};
use std::time::{Duration, Instant};

use ermine::{Caller, Config, Engine, Error, Extern, HostError, Linker, Module, Store, TypedFunc, TypedResumableCall};

const FRAME: Duration = Duration::from_nanos(16_666_667);
const FRAMES: usize = 600;
/// Operators that the script may execute in a frame.
const FUEL_PER_FRAME: u64 = 50_000;

/// What host and script share.
#[derive(Debug, Default)]
struct World {
    guard: f32,
    player: f32,
    shouts: usize,
    last_words: String,
}

/// Why a script pauses: it is done for this frame.
#[derive(Debug)]
struct Wait;

impl fmt::Display for Wait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the script waits for the next frame")
    }
}

impl HostError for Wait {}

/// A script between two frames.
struct Script {
    start: TypedFunc<(), ()>,
    /// What it left off with; none before its first frame and after its last.
    paused: Option<TypedResumableCall<()>>,
}

impl Script {
    /// Lets the script run for one slice of fuel. Returns whether it would go on.
    fn step(&mut self, store: &mut Store<World>) -> Result<bool, Error> {
        store.set_fuel(FUEL_PER_FRAME)?;
        let call = match self.paused.take() {
            None => self.start.call_resumable(&mut *store, ())?,
            Some(TypedResumableCall::OutOfFuel(call)) => call.resume(&mut *store)?,
            Some(TypedResumableCall::HostTrap(call)) => call.resume(&mut *store, &[])?,
            Some(TypedResumableCall::Finished(())) => return Ok(false),
        };
        let call = match call {
            // A host function that failed in earnest ends the script, with its own error.
            TypedResumableCall::HostTrap(call) if call.host_error().downcast_ref::<Wait>().is_none() => {
                return Err(call.into_host_error());
            }
            call => call,
        };
        let goes_on = !matches!(call, TypedResumableCall::Finished(()));
        self.paused = Some(call);
        Ok(goes_on)
    }
}

/// What scripts can do in this game.
fn game(engine: &Engine) -> Result<Linker<World>, Error> {
    let mut linker = Linker::new(engine);
    linker.func_wrap("game", "wait", || -> Result<(), Error> { Err(Error::host(Wait)) })?;
    linker.func_wrap("game", "move", |mut caller: Caller<'_, World>, by: f32| caller.data_mut().guard += by)?;
    linker.func_wrap("game", "distance", |caller: Caller<'_, World>| {
        (caller.data().guard - caller.data().player).abs()
    })?;
    linker.func_wrap("game", "shout", |mut caller: Caller<'_, World>, at: u32, len: u32| -> Result<(), Error> {
        let memory = caller.get_export("memory").and_then(Extern::into_memory);
        let memory = memory.ok_or_else(|| Error::new("a script exports its memory as `memory`"))?;
        let words = String::from_utf8_lossy(memory.slice(&caller, at, len.min(80))?).into_owned();
        let world = caller.data_mut();
        world.shouts += 1;
        world.last_words = words;
        Ok(())
    })?;
    Ok(linker)
}

/// Plays the game, and tells how it went.
pub(crate) fn play(out: &mut dyn Write, real_time: bool) -> Result<(), Box<dyn StdError>> {
    let mut config = Config::default();
    config.consume_fuel(true);
    let engine = Engine::new(&config);
    let module = Module::new(&engine, &wat::parse_str(include_str!("game_loop.wat"))?)?;
    let mut store = Store::new(&engine, World::default());
    store.set_fuel(FUEL_PER_FRAME)?;
    let instance = game(&engine)?.instantiate_and_start(&mut store, &module)?;
    let mut script = Script { start: instance.get_typed_func(&store, "patrol")?, paused: None };

    let (mut costs, mut thinking) = (Vec::with_capacity(FRAMES), 0);
    for frame in 0..FRAMES {
        let begun = Instant::now();
        // The host's own part of the game: the player walks by.
        store.data_mut().player = frame as f32 * 0.02;
        script.step(&mut store)?;
        thinking += usize::from(matches!(script.paused, Some(TypedResumableCall::OutOfFuel(_))));
        costs.push(begun.elapsed());
        if real_time {
            std::thread::sleep(FRAME.saturating_sub(begun.elapsed()));
        }
    }

    costs.sort();
    let world = store.data();
    writeln!(out, "{FRAMES} frames; the script used up its fuel in {thinking} of them")?;
    writeln!(out, "a frame cost {:.1?} (median), {:.1?} (most)", costs[FRAMES / 2], costs[FRAMES - 1])?;
    writeln!(out, "the guard is at {}, has shouted {} times, last: {:?}", world.guard, world.shouts, world.last_words)?;
    Ok(())
}

fn main() -> Result<(), Box<dyn StdError>> {
    play(&mut io::stdout(), std::env::args().any(|arg| arg == "--real-time"))
}
