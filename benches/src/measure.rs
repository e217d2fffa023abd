//! Measuring: every contender calls the same workload in turn, so that all see the same machine in the same state.

use std::time::Instant;

use crate::contender::{Contender, Failure, Prepared};
use crate::workload::Workload;

/// The times of one contender on one workload.
#[derive(Debug, Clone, Copy)]
pub struct Times {
    /// Seconds of the fastest call.
    pub min: f64,
    /// Seconds of the middle call.
    pub median: f64,
}

/// One workload's results.
#[derive(Debug)]
pub struct Row {
    /// The workload.
    pub workload: &'static Workload,
    /// What every contender returned.
    pub checksum: i64,
    /// Times, in the order of the contenders.
    pub times: Vec<Times>,
}

/// Measures one workload on all contenders, `reps` calls each.
///
/// A first call of each, not measured, settles caches and gives the checksums, which have to agree. The order rotates
/// from round to round, so that nobody always runs in the wake of the same neighbour.
///
/// # Errors
///
/// A contender that fails, or disagrees with the first one about the checksum.
pub fn measure(workload: &'static Workload, contenders: &[Box<dyn Contender>], reps: usize) -> Result<Row, Failure> {
    let mut prepared = Vec::new();
    for contender in contenders {
        prepared.push(contender.load(workload).map_err(|error| format!("{}: {error}", contender.name()))?);
    }
    let checksum = agreed_checksum(workload, contenders, &mut prepared)?;
    let mut seconds = vec![Vec::with_capacity(reps); contenders.len()];
    for round in 0..reps {
        for turn in 0..prepared.len() {
            let who = (round + turn) % prepared.len();
            let start = Instant::now();
            let result = prepared[who].call(workload.n)?;
            seconds[who].push(start.elapsed().as_secs_f64());
            expect(contenders[who].name(), result, checksum)?;
        }
    }
    Ok(Row { workload, checksum, times: seconds.into_iter().map(Times::of).collect() })
}

fn agreed_checksum(
    workload: &Workload,
    contenders: &[Box<dyn Contender>],
    prepared: &mut [Box<dyn Prepared>],
) -> Result<i64, Failure> {
    let mut agreed = None;
    for (contender, prepared) in contenders.iter().zip(prepared) {
        let checksum = prepared.call(workload.n).map_err(|error| format!("{}: {error}", contender.name()))?;
        expect(contender.name(), checksum, *agreed.get_or_insert(checksum))?;
    }
    agreed.ok_or_else(|| "no contender to run on".into())
}

fn expect(name: &str, got: i64, expected: i64) -> Result<(), Failure> {
    if got == expected {
        return Ok(());
    }
    Err(format!("{name}: checksum {got:#018x}, the others have {expected:#018x}").into())
}

impl Times {
    /// `seconds` is not empty.
    fn of(mut seconds: Vec<f64>) -> Self {
        seconds.sort_by(f64::total_cmp);
        let middle = seconds.len() / 2;
        let median = if seconds.len().is_multiple_of(2) {
            f64::midpoint(seconds[middle - 1], seconds[middle])
        } else {
            seconds[middle]
        };
        Self { min: seconds[0], median }
    }
}
