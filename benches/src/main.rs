//! Runs every workload on Ermine and its peers, interleaved in one process, and prints how they compare.
//!
//! README.md says what is measured and how to read it. One file per engine; `contender.rs` is what they share.

mod contender;
#[cfg(feature = "count")]
mod counts;
#[cfg(not(feature = "count"))]
#[path = "counts_off.rs"]
mod counts;
mod ermine;

mod measure;
mod native;
mod options;
mod report;
mod wasmi;
mod workload;

use std::process::ExitCode;

use clap::Parser;

use crate::contender::Contender;
use crate::options::{Options, selects};
use crate::report::Report;

fn main() -> ExitCode {
    match run(&Options::parse()) {
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
    let workloads = options.workloads()?;
    if options.counts {
        return counts::table(&workloads, options.top).map_err(|error| error.to_string());
    }
    let contenders = contenders(&options.on)?;
    let mut rows = Vec::new();
    for workload in workloads {
        eprintln!("{} ...", workload.name);
        let row = measure::measure(workload, &contenders, options.reps as usize);
        rows.push(row.map_err(|error| format!("{}: {error}", workload.name))?);
    }
    let names: Vec<&'static str> = contenders.iter().map(|contender| contender.name()).collect();
    let report = Report { names: &names, rows: &rows, reps: options.reps as usize };
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
