//! The project's targets beside what was measured.

use super::goldens;
use crate::results::{Results, Times};
use crate::workload::Kind;

/// One target.
pub struct Target {
    /// What is measured.
    pub what: &'static str,
    /// What has to hold.
    pub floor: &'static str,
    /// What is wanted.
    pub aim: &'static str,
    /// What was measured; none if this run did not.
    pub measured: Option<String>,
}

fn min(times: Times) -> f64 {
    times.min
}

/// Every target that this harness can measure.
pub fn targets(results: &Results) -> Vec<Target> {
    let ratio = |kind, over, under| results.geomean(kind, over, under, min).map(|mean| format!("{mean:.2}"));
    let both =
        |over, under| Some(format!("{} / {}", ratio(Kind::Kernel, over, under)?, ratio(Kind::Program, over, under)?));
    let table = |id: &str, over: &str, under: &str| quotients(results, id, over, under);
    vec![
        Target {
            what: "kernels, geometric mean of time against wasmi",
            floor: "≤ 0.62",
            aim: "≤ 0.52",
            measured: ratio(Kind::Kernel, "tail", "wasmi"),
        },
        Target {
            what: "programs, geometric mean of time against wasmi",
            floor: "≤ 0.80",
            aim: "≤ 0.66",
            measured: ratio(Kind::Program, "tail", "wasmi"),
        },
        Target {
            what: "kernels and programs slower than the fastest peer that interprets, beyond 5 %",
            floor: "≤ 2",
            aim: "0",
            measured: behind(results),
        },
        Target {
            what: "loop machine against tail machine (kernels / programs)",
            floor: "≤ 1.20",
            aim: "≤ 1.12",
            measured: both("loop", "tail"),
        },
        Target {
            what: "fuel, time (kernels / programs)",
            floor: "≤ 1.05",
            aim: "≤ 1.02",
            measured: both("tail+fuel", "tail"),
        },
        Target {
            what: "dispatches per operator (kernels / programs), counted",
            floor: "≤ 0.38 / 0.42",
            aim: "≤ 0.33 / 0.37",
            measured: goldens::dispatches().map(|[kernels, programs]| format!("{kernels:.3} / {programs:.3}")),
        },
        Target {
            what: "eager validation and translation, MB/s against wasmi's",
            floor: "≥ 1.3",
            aim: "≥ 1.8",
            measured: table("load-rate", "tail", "wasmi"),
        },
        Target {
            what: "lazy load, time against wasmi's",
            floor: "≤ 1.0",
            aim: "≤ 0.6",
            measured: table("load", "tail lazy", "wasmi lazy"),
        },
        Target {
            what: "resident growth per byte of wasm, eager",
            floor: "≤ 4.0",
            aim: "≤ 3.0",
            measured: values(results, "memory", "tail"),
        },
        Target {
            what: "instantiation of a loaded module with one page, time against wasmi",
            floor: "≤ 0.7",
            aim: "≤ 0.3",
            measured: table("instances", "tail", "wasmi"),
        },
        Target {
            what: "host calls `i32 -> i32` against wasmi (guest calls host; host calls guest)",
            floor: "≤ 0.8",
            aim: "≤ 0.5",
            measured: table("host-calls", "tail", "wasmi"),
        },
        Target {
            what: "Cortex-M4F, seven kernels, instructions by the best peer's, counted in QEMU's model",
            floor: "≤ 0.85",
            aim: "≤ 0.70",
            measured: goldens::cortex_m4f().map(|ratio| format!("{ratio:.3}")),
        },
    ]
}

/// The quotients of two columns, row by row.
fn quotients(results: &Results, id: &str, over: &str, under: &str) -> Option<String> {
    let table = results.table(id)?;
    let quotient = |row: &str| Some(format!("{:.2}", table.value(row, over)? / table.value(row, under)?));
    joined(table.rows.iter().filter_map(|(row, _)| quotient(row)).collect())
}

/// The values of a column, row by row.
fn values(results: &Results, id: &str, column: &str) -> Option<String> {
    let table = results.table(id)?;
    joined(table.rows.iter().filter_map(|(row, _)| Some(format!("{:.2}", table.value(row, column)?))).collect())
}

fn joined(values: Vec<String>) -> Option<String> {
    if values.is_empty() { None } else { Some(values.join("; ")) }
}

/// Contenders that are no peers: Ermine itself, and compilers.
const NO_PEERS: [&str; 6] = ["tail", "loop", "tail+fuel", "image", "cranelift", "native"];

/// How many kernels and programs the tail machine runs slower than the fastest peer, and by how much.
fn behind(results: &Results) -> Option<String> {
    let tail = results.place("tail")?;
    let is_peer = |place: &usize| !NO_PEERS.contains(&results.contenders[*place].0.as_str());
    let peers: Vec<usize> = (0..results.contenders.len()).filter(is_peer).collect();
    let mut slower = Vec::new();
    let mut compared = 0;
    for row in &results.workloads {
        let Some(own) = row.outcomes[tail].times() else { continue };
        let peer = |place: &usize| Some((row.outcomes[*place].times()?.min, *place));
        let Some((best, place)) = peers.iter().filter_map(peer).min_by(|a, b| a.0.total_cmp(&b.0)) else { continue };
        compared += 1;
        if own.min > 1.05 * best {
            slower.push(format!("{} {:.2} of {}", row.name, own.min / best, results.contenders[place].0));
        }
    }
    let list = if slower.is_empty() { String::new() } else { format!(": {}", slower.join(", ")) };
    (compared > 0).then(|| format!("{} of {compared}{list}", slower.len()))
}
