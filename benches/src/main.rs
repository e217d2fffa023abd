//! Runs every kernel on Ermine and its peers, interleaved in one process, and prints how they compare.
//!
//! README.md says what is measured and how to read it. One file per engine; `contender.rs` is what they share.

mod contender;
#[cfg(feature = "count")]
mod counts;
#[cfg(not(feature = "count"))]
#[path = "counts_off.rs"]
mod counts;
mod ermine;
mod kernel;
mod measure;
mod native;
mod options;
mod report;
mod wasmi;

use std::process::ExitCode;

use crate::contender::Contender;
use crate::kernel::{KERNELS, Kernel};
use crate::options::{Options, USAGE, selects};
use crate::report::Report;

fn main() -> ExitCode {
    let options = match Options::parse(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(message) => {
            eprintln!("{message}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match run(&options) {
        Ok(report) => {
            print!("{report}");
            ExitCode::SUCCESS
        }
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<String, String> {
    if options.counts {
        return counts::table(&kernels(&options.only)?).map_err(|error| error.to_string());
    }
    let contenders = contenders(&options.on)?;
    let mut rows = Vec::new();
    for kernel in kernels(&options.only)? {
        eprintln!("{} ...", kernel.name);
        let row = measure::measure(kernel, &contenders, options.reps);
        rows.push(row.map_err(|error| format!("{}: {error}", kernel.name))?);
    }
    let names: Vec<&'static str> = contenders.iter().map(|contender| contender.name()).collect();
    let report = Report { names: &names, rows: &rows, reps: options.reps };
    Ok(if options.json { report.json() } else { report.text() })
}

/// Every engine there is, in the order of the tables' columns.
fn all_contenders() -> Vec<Box<dyn Contender>> {
    vec![
        Box::new(ermine::Ermine::TAIL),
        Box::new(ermine::Ermine::LOOP),
        Box::new(wasmi::Wasmi),
        Box::new(native::Native),
    ]
}

fn contenders(names: &[String]) -> Result<Vec<Box<dyn Contender>>, String> {
    let mut all = all_contenders();
    if let Some(name) = names.iter().find(|name| all.iter().all(|contender| contender.name() != *name)) {
        return Err(format!("no contender is called {name}"));
    }
    all.retain(|contender| selects(names, contender.name()));
    Ok(all)
}

fn kernels(names: &[String]) -> Result<Vec<&'static Kernel>, String> {
    if let Some(name) = names.iter().find(|name| KERNELS.iter().all(|kernel| kernel.name != *name)) {
        return Err(format!("no kernel is called {name}"));
    }
    Ok(KERNELS.iter().filter(|kernel| selects(names, kernel.name)).collect())
}
