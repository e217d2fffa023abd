//! `ermine wasi-caps`: the smallest set of grants that a program needs.
//!
//! Without `--run` the program's imports tell what it could need (`scan`). With it the program runs under an observer with
//! what it is granted, and the answer is what it used of that (`usage` collects, `used` concludes): true of this run, and
//! of others only as far as they do the same. `kinds` says what each function needs, `answer` shows what was found.

mod answer;
mod kinds;
mod scan;
mod usage;
mod used;

use crate::args::{CapsArgs, RunArgs};
use crate::backtrace::Sources;
use crate::exit::{Exit, Failure};
use crate::source::Source;
use crate::watch::Watch;
use crate::{grants, report, run};
use answer::Answer;
use ermine::{CompilationMode, Engine, Module};
use std::sync::{Arc, Mutex, PoisonError};

pub(crate) use usage::Usage;

/// Prints the grants that the program needs.
///
/// # Errors
///
/// If the program cannot be loaded or, with `--run`, does not end by itself: the answer is printed all the same, if it ran.
pub fn caps(args: &CapsArgs) -> Result<Exit, Failure> {
    if args.runs {
        return observe(args);
    }
    if is_granted(&args.run) {
        let message = "what a program is given makes a difference only when it runs: add --run";
        return Err(Failure::new(Exit::Usage, message));
    }
    print(args, &scan::scan(&args.run, &module(&args.run)?))
}

/// Whether there are options that say what the program is given, or what is run.
fn is_granted(args: &RunArgs) -> bool {
    let grants = &args.program.grants;
    let preopens = grants.dir.len() + grants.listen.len();
    preopens + grants.env.len() + grants.deny.len() > 0 || grants.env_inherit || args.program.invoke.is_some()
}

/// The program's module, to be looked at: nothing of it is translated.
fn module(args: &RunArgs) -> Result<Module, Failure> {
    let source = Source::load(args.program.file())?;
    let mut config = crate::config();
    config.compilation_mode(CompilationMode::LazyTranslation).interruptible(source.is_metered() == Some(true));
    source.module(&Engine::new(&config), &mut Sources::default())
}

/// Runs the program and prints what it used.
fn observe(args: &CapsArgs) -> Result<Exit, Failure> {
    let usage = Arc::new(Mutex::new(Usage::new(grants::preopened(&args.run.program.grants).len())));
    let watch = Watch { usage: Some(Arc::clone(&usage)), ..Watch::default() };
    let result = run::run_watched(&args.run, watch);
    match &result {
        Ok(Exit::Guest(code)) if *code != 0 => report::note(format_args!("the program ended with exit code {code}")),
        Ok(_) => {}
        // A guest that trapped or ran out of fuel did run.
        Err(failure) if matches!(failure.exit, Exit::Trap | Exit::OutOfFuel) => {}
        Err(_) => return result,
    }
    let usage = usage.lock().unwrap_or_else(PoisonError::into_inner);
    let printed = print(args, &used::used(&args.run, &usage));
    result.and(printed)
}

fn print(args: &CapsArgs, answer: &Answer) -> Result<Exit, Failure> {
    report::answer(if args.json { format!("{}\n", answer.json()) } else { answer.to_string() })
}
