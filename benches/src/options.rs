//! The command line.

use std::path::PathBuf;

use clap::Parser;

use crate::apart::Apart;
use crate::workload::{Kind, WORKLOADS, Workload};

/// Ermine and its peers, measured side by side in one run.
#[derive(Debug, Parser)]
#[command(name = "ermine-benches", after_help = "benches/README.md says what is measured and how to read it.")]
pub struct Options {
    /// Run this kernel or program only; may be repeated
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// Run workloads of this kind only
    #[arg(long, value_enum)]
    kind: Option<Kind>,
    /// Run on this contender only; may be repeated
    #[arg(long, value_name = "CONTENDER")]
    pub on: Vec<String>,
    /// Another engine, as a command that calls `run` and prints its result last; `{wasm}` and `{n}` stand for module and argument
    #[arg(long, value_name = "NAME=COMMAND")]
    pub command: Vec<String>,
    /// Measured calls of each workload on each contender
    #[arg(long, value_name = "N", default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..))]
    pub reps: u32,
    /// Measure this apart, and no workloads; may be repeated
    #[arg(long, value_enum)]
    pub apart: Vec<Apart>,
    /// Measure everything: the workloads and all that is measured apart
    #[arg(long, conflicts_with = "apart")]
    pub all: bool,
    /// One more module for `--apart load` and `--apart memory`; may be repeated
    #[arg(long, value_name = "FILE")]
    pub module: Vec<PathBuf>,
    /// Print one JSON object instead of tables
    #[arg(long)]
    pub json: bool,
    /// Read the results of a former run (what `--json` printed) instead of measuring
    #[arg(long, value_name = "FILE", conflicts_with_all = ["apart", "all"])]
    pub from: Option<PathBuf>,
    /// Write the report to this file, and its charts to the folder of the same name without `.md`
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
    /// No times, but Ermine's dispatches per executed wasm operator; takes a build with `--features count`
    #[arg(long)]
    pub counts: bool,
    /// How many instructions, pairs and triples `--counts` lists
    #[arg(long, value_name = "N", default_value_t = 25)]
    pub top: usize,
    /// For the harness itself: tell how much memory a module takes
    #[arg(long, value_name = "FILE", hide = true)]
    pub grow: Option<PathBuf>,
    /// For the harness itself: tell how much memory many instances take
    #[arg(long, hide = true)]
    pub crowd: bool,
}

impl Options {
    /// The workloads that the options select.
    ///
    /// # Errors
    ///
    /// One line that names what does not exist.
    pub fn workloads(&self) -> Result<Vec<&'static Workload>, String> {
        if let Some(name) = self.only.iter().find(|name| WORKLOADS.iter().all(|workload| workload.name != *name)) {
            return Err(format!("no kernel and no program is called {name}"));
        }
        let wanted = |workload: &&Workload| {
            self.kind.is_none_or(|kind| workload.kind == kind) && selects(&self.only, workload.name)
        };
        Ok(WORKLOADS.iter().filter(wanted).collect())
    }
}

/// Whether `names` selects `name`; an empty list selects everything.
pub fn selects(names: &[String], name: &str) -> bool {
    names.is_empty() || names.iter().any(|wanted| wanted == name)
}
