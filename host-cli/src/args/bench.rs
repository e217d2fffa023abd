//! `ermine bench`.

use super::{CompilationArg, MachineArg, ProgramArgs};
use clap::Args;
use std::time::Duration;

/// What becomes of the function that is called.
const INVOKE: &str = "Call this exported function with ARGS, again and again in one instance; without it the program runs anew each time";

/// `ermine bench`.
#[derive(Debug, Args)]
#[command(override_usage = "ermine bench [OPTIONS] FILE [ARGS]...", mut_arg("invoke", |invoke| invoke.help(INVOKE)))]
pub struct BenchArgs {
    /// What is run, and what it is given.
    #[command(flatten)]
    pub program: ProgramArgs,

    /// Measure for this long on each machine
    #[arg(long, value_name = "TIME", default_value = "3s", value_parser = crate::duration::parse)]
    pub time: Duration,

    /// Measure this many calls on each machine, however long they take
    #[arg(long, value_name = "N", conflicts_with = "time", value_parser = clap::value_parser!(u64).range(1..))]
    pub reps: Option<u64>,

    /// Which machines execute the code, in turn if there are several
    #[arg(long, value_name = "MACHINE", value_delimiter = ',', default_value = "auto")]
    pub machine: Vec<MachineArg>,

    /// When functions are validated and translated; images are both already
    #[arg(long, value_name = "MODE", default_value = "eager")]
    pub compilation: CompilationArg,

    /// Print JSON
    #[arg(long)]
    pub json: bool,
}
