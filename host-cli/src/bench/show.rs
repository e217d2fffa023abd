//! What was measured, for people and as JSON.

use super::Outcome;
use super::measure::Plan;
use crate::args::{BenchArgs, MachineArg};
use crate::duration;
use crate::json::Json;
use crate::load;
use crate::size::show;
use crate::table::row;
use clap::ValueEnum as _;
use std::fmt::Write as _;

/// The report as a table.
pub(super) fn table(args: &BenchArgs, plan: Plan, fuel: Option<u64>, outcomes: &[Outcome]) -> String {
    let mut text = format!("{}\n\n", what(args));
    let _ = writeln!(
        text,
        "  {:8}{:>12}{:>13}{:>13}{:>13}{:>13}{:>13}{:>15}",
        "machine", "calls", "min", "median", "mean", "max", "deviation", "calls/s"
    );
    for outcome in outcomes {
        let Outcome { machine, statistics, .. } = outcome;
        let times = [statistics.min, statistics.median, statistics.mean, statistics.max, statistics.deviation];
        let times: String = times.into_iter().map(|time| format!("{:>13}", duration::measured(time))).collect();
        let per_second = show(format!("{:.0}", statistics.per_second()));
        let _ = writeln!(text, "  {:8}{:>12}{times}{per_second:>15}", name(*machine), show(statistics.calls));
    }
    text.push('\n');
    for (first, second) in outcomes.iter().zip(outcomes.iter().skip(1)) {
        let ratio =
            format!("{} = {:.3} x {}, by medians", name(second.machine), ratio(first, second), name(first.machine));
        row(&mut text, "ratio", &ratio);
    }
    for Outcome { machine, loading, .. } in outcomes {
        row(&mut text, "loading", &format!("{}, {}", duration::measured(loading.as_nanos() as f64), name(*machine)));
    }
    if let Some(fuel) = fuel {
        let best = outcomes.iter().map(|outcome| outcome.statistics.median).fold(f64::INFINITY, f64::min);
        let each = if fuel > 0 { format!(", {} each", duration::measured(best / fuel as f64)) } else { String::new() };
        row(&mut text, "operators", &format!("{} a call{each}", show(fuel)));
    }
    if plan.batch > 1 {
        row(&mut text, "batches", &format!("of {} calls; times are of one call in a batch", show(plan.batch)));
    }
    text
}

/// The report as JSON. Times are nanoseconds.
pub(super) fn record(args: &BenchArgs, plan: Plan, fuel: Option<u64>, outcomes: &[Outcome]) -> Json {
    let machines = outcomes.iter().map(|Outcome { machine, loading, statistics }| {
        Json::Object(vec![
            ("machine", name(*machine).into()),
            ("calls", statistics.calls.into()),
            ("min_ns", statistics.min.into()),
            ("median_ns", statistics.median.into()),
            ("mean_ns", statistics.mean.into()),
            ("max_ns", statistics.max.into()),
            ("deviation_ns", statistics.deviation.into()),
            ("calls_per_second", statistics.per_second().into()),
            ("loading_ns", (loading.as_nanos() as f64).into()),
        ])
    });
    Json::Object(vec![
        ("input", load::name(args.program.file()).into()),
        ("function", args.program.invoke.as_deref().into()),
        ("operators", fuel.into()),
        ("batch", plan.batch.into()),
        ("machines", Json::list(machines)),
    ])
}

/// How many times as long the second takes.
fn ratio(first: &Outcome, second: &Outcome) -> f64 {
    second.statistics.median / first.statistics.median.max(f64::MIN_POSITIVE)
}

/// What was measured, in a line.
fn what(args: &BenchArgs) -> String {
    let arguments = args.program.args().iter().map(|argument| argument.to_string_lossy().into_owned());
    let words = [Some(load::name(args.program.file())), args.program.invoke.clone()].into_iter().flatten();
    words.chain(arguments).collect::<Vec<_>>().join(" ")
}

/// A machine's name on the command line.
fn name(machine: MachineArg) -> String {
    machine.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
}
