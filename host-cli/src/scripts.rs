//! `ermine wast`: runs the specification's test scripts.

use crate::args::WastArgs;
use crate::exit::{Exit, Failure};
use crate::machine;
use crate::report::answer;
use crate::wast::{Features, Options, run_files};
use ermine::Config;

/// Runs the scripts. Failures go to standard output, and the last line is `N passed, M failed`.
///
/// # Errors
///
/// If one of the files does not exist.
pub fn wast(args: &WastArgs) -> Result<Exit, Failure> {
    for file in &args.files {
        if !file.exists() {
            return Err(Failure::new(Exit::NotFound, format!("{}: no such file", file.display())));
        }
    }
    let mut config = Config::default();
    config.machine(machine(args.machine)).consume_fuel(args.fuel.is_some());
    let mut options = Options::new(config);
    options.fuel = args.fuel;
    options.images = args.images;
    let features = args.features.iter().copied().fold(Features::none(), Features::with);
    let report = run_files(&args.files, features, &options);
    for failure in &report.failed {
        answer(failure);
    }
    answer(&report);
    Ok(if report.failed.is_empty() { Exit::Success } else { Exit::TestsFailed })
}
