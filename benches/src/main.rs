//! Runs kernels and whole programs on Ermine and its peers, interleaved in one process, and tells how they compare.
//!
//! README.md says what is measured and how to read it. `engines` has one file per engine, `contender` is what they share; `measure`
//! times the workloads, `apart` everything else; `report` prints.

mod apart;
mod contender;
#[cfg(feature = "count")]
mod counts;
#[cfg(not(feature = "count"))]
#[path = "counts_off.rs"]
mod counts;
mod engines;
mod measure;
mod options;
mod pin;
mod report;
mod results;
mod workload;

use std::fs;
use std::process::ExitCode;

use clap::{Parser, ValueEnum as _};

use crate::apart::{Apart, Setting, modules::modules};
use crate::options::Options;
use crate::results::{Machine, Results, Table};

/// Native stack of the measuring thread. Some peers recurse on it as deep as their guests do.
const STACK: usize = 512 << 20;

fn main() -> ExitCode {
    let options = Options::parse();
    let outcome = std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, || run(&options));
        thread
            .map_err(|error| error.to_string())?
            .join()
            .unwrap_or_else(|_| Err("the measuring thread panicked".into()))
    });
    match outcome {
        Ok(text) => {
            print!("{text}");
            ExitCode::SUCCESS
        }
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

/// Does what the options say and returns what to print.
fn run(options: &Options) -> Result<String, String> {
    if let Some(module) = &options.grow {
        return apart::memory::grow(&options.on, module);
    }
    if options.crowd {
        return apart::instances::crowd(&options.on);
    }
    if options.counts {
        return counts::table(&options.workloads()?, options.top).map_err(|error| error.to_string());
    }
    let results = match &options.from {
        Some(file) => read(file)?,
        None => measured(options)?,
    };
    if let Some(file) = &options.report {
        report::write(&results, file).map_err(|error| format!("{}: {error}", file.display()))?;
    }
    if options.json {
        return serde_json::to_string_pretty(&results).map(|text| text + "\n").map_err(|error| error.to_string());
    }
    Ok(report::text(&results))
}

fn read(file: &std::path::Path) -> Result<Results, String> {
    let text = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    serde_json::from_str(&text).map_err(|error| format!("{}: {error}", file.display()))
}

fn measured(options: &Options) -> Result<Results, String> {
    eprintln!("{}", pin::pin());
    // What is measured apart selects for itself: it knows modes of loading, too.
    let (contenders, workloads) = match options.apart.is_empty() {
        true => (engines::selected(&options.on, &options.command)?, options.workloads()?),
        false => (Vec::new(), Vec::new()),
    };
    let mut rows = Vec::new();
    for (done, workload) in workloads.iter().enumerate() {
        eprintln!("[{}/{}] {} ...", done + 1, workloads.len(), workload.name);
        rows.push(measure::measure(workload, &contenders, options.reps));
    }
    let contenders = contenders.iter().map(|contender| (contender.name().to_owned(), contender.what())).collect();
    let apart = apart(options)?;
    Ok(Results { machine: Machine::this(), reps: options.reps, contenders, workloads: rows, apart })
}

fn apart(options: &Options) -> Result<Vec<Table>, String> {
    let wanted = if options.all { Apart::value_variants() } else { &options.apart[..] };
    let setting = Setting { on: options.on.clone(), modules: modules(&options.module)?, reps: options.reps };
    let mut tables = Vec::new();
    for part in wanted {
        eprintln!("{part:?} ...");
        tables.extend(part.tables(&setting)?);
    }
    Ok(tables)
}
