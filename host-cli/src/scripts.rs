//! `ermine wast`: runs the specification's test scripts.

use crate::args::WastArgs;
use crate::exit::{Exit, Failure};
use crate::load;
use crate::printable::printable;
use crate::progress::Bar;
use crate::report::answer;
use crate::wast::{Features, Options, Report, run_file};
use ermine::Config;
use std::path::PathBuf;

/// Runs the scripts. Failures go to standard output, and the last line is `N passed, M failed`.
///
/// # Errors
///
/// If one of the files does not exist, or is a directory.
pub fn wast(args: &WastArgs) -> Result<Exit, Failure> {
    args.files.iter().try_for_each(|file| load::find(file))?;
    let mut config = Config::default();
    config.machine(args.machine.into()).consume_fuel(args.fuel.is_some());
    let mut options = Options::new(config);
    options.fuel = args.fuel;
    options.images = args.images;
    let features = args.features.iter().copied().fold(Features::none(), Features::with);
    let report = run(&args.files, features, &options);
    let failures: String =
        report.failed.iter().map(|failure| format!("{}\n", printable(&failure.to_string()))).collect();
    let exit = answer(format!("{failures}{report}\n"))?;
    Ok(if report.failed.is_empty() { exit } else { Exit::TestsFailed })
}

/// Runs one script after the other.
fn run(files: &[PathBuf], features: Features, options: &Options) -> Report {
    let bar = (files.len() > 1).then(|| Bar::new(files.len() as u64));
    let mut total = Report::default();
    for (done, file) in (0..).zip(files) {
        if let Some(bar) = &bar {
            bar.set(done);
            bar.say(|| file.display().to_string());
        }
        total.merge(run_file(file, features, options));
    }
    total
}
