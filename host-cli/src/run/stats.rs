//! `--stats`: what loading and running took.

use super::{State, count};
use crate::args::{CompilationArg, RunArgs, StatsForm};
use crate::json::Json;
use crate::report;
use crate::size::show;
use crate::source::Source;
use ermine::Store;
use std::time::Duration;

/// What is known besides the store.
pub(super) struct Stats<'a> {
    pub(super) source: &'a Source<'a>,
    /// Reading, and translating or verifying.
    pub(super) loaded: Duration,
    pub(super) ran: Duration,
}

impl Stats<'_> {
    /// Prints them to standard error.
    pub(super) fn print(&self, form: StatsForm, args: &RunArgs, store: &Store<State>) {
        match form {
            StatsForm::Text => {
                self.text(args, store).iter().for_each(|line| report::line(format_args!("ermine: stats: {line}")))
            }
            StatsForm::Json => report::line(self.json(args, store)),
        }
    }

    fn text(&self, args: &RunArgs, store: &Store<State>) -> Vec<String> {
        let done = match (self.source.is_image(), args.compilation) {
            (true, _) => "image verified",
            (false, CompilationArg::Eager) => "wasm translated",
            (false, CompilationArg::LazyTranslation) => "wasm validated",
            (false, CompilationArg::Lazy) => "wasm parsed",
        };
        let mut lines = vec![
            format!("{} bytes of {done} in {:.3?}", show(self.source.bytes()), self.loaded),
            format!("ran for {:.3?}; calls of WASI: {}", self.ran, show(store.data().wasi_calls)),
        ];
        match (operators(args, store), args.fuel) {
            (Some(used), Some(given)) => lines.push(format!("{} of {} fuel used", show(used), show(given))),
            (Some(used), None) => lines.push(format!("{} operators", show(used))),
            (None, _) => {}
        }
        lines.extend(count::dispatches(store).map(|dispatches| format!("{} dispatches", show(dispatches))));
        let (memory, stack) = (store.data().bounds.memory(), store.stack_used());
        lines.push(format!("{} bytes of memory, {} bytes of value stack at most", show(memory), show(stack)));
        lines
    }

    fn json(&self, args: &RunArgs, store: &Store<State>) -> Json {
        Json::Object(vec![
            ("bytes", self.source.bytes().into()),
            ("image", self.source.is_image().into()),
            ("load_ns", nanoseconds(self.loaded)),
            ("run_ns", nanoseconds(self.ran)),
            ("wasi_calls", store.data().wasi_calls.into()),
            ("operators", operators(args, store).into()),
            ("dispatches", count::dispatches(store).into()),
            ("memory_bytes", store.data().bounds.memory().into()),
            ("stack_bytes", store.stack_used().into()),
        ])
    }
}

/// What the program paid: a unit for each operator, and more for work on many bytes.
fn operators(args: &RunArgs, store: &Store<State>) -> Option<u64> {
    Some(args.fuel.unwrap_or(u64::MAX).saturating_sub(store.get_fuel().ok()?))
}

fn nanoseconds(time: Duration) -> Json {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX).into()
}
