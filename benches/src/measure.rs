//! Measuring: every contender calls the same workload in turn, so that all see the same machine in the same state.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use crate::contender::{Failure, Instance, load};
use crate::engines::Contenders;
use crate::results::{Outcome, Row, Times};
use crate::workload::Workload;

/// A contender that takes longer than this for one call, in seconds, is called less often.
const PATIENCE: f64 = 3.0;
const FEW: u32 = 2;

/// One contender's part in the measurement of a workload.
struct Runner {
    instance: Result<Box<dyn Instance>, String>,
    seconds: Vec<f64>,
}

/// Measures one workload on all contenders, `reps` calls each.
///
/// A first call of each, not measured, settles caches and gives the checksums. The order rotates from round to round, so
/// that nobody always runs in the wake of the same neighbour. A contender that fails or has another checksum than most is out, with
/// the reason; the others go on.
pub fn measure(workload: &Workload, contenders: &Contenders, reps: u32) -> Row {
    let mut runners: Vec<Runner> = Vec::new();
    let mut first = Vec::new();
    for contender in contenders {
        let mut instance = guarded(|| load(contender.as_ref(), workload.wasm));
        let start = Instant::now();
        let checksum = call(&mut instance, workload.n);
        runners.push(Runner { instance, seconds: Vec::new() });
        first.push((checksum, start.elapsed().as_secs_f64()));
    }
    let checksum = most_frequent(first.iter().filter_map(|(checksum, _)| *checksum));
    for (runner, (got, _)) in runners.iter_mut().zip(&first) {
        runner.expect(*got, checksum);
    }
    for round in 0..reps {
        for turn in 0..runners.len() {
            let who = (round as usize + turn) % runners.len();
            if round < FEW || first[who].1 < PATIENCE {
                runners[who].round(workload.n, checksum);
            }
        }
    }
    let outcomes = runners.into_iter().map(Runner::outcome).collect();
    Row { name: workload.name.to_owned(), kind: workload.kind, n: workload.n, checksum, outcomes }
}

impl Runner {
    fn round(&mut self, n: i32, checksum: i64) {
        let start = Instant::now();
        let got = call(&mut self.instance, n);
        self.seconds.push(start.elapsed().as_secs_f64());
        self.expect(got, checksum);
    }

    fn expect(&mut self, got: Option<i64>, checksum: i64) {
        if let Some(got) = got.filter(|got| *got != checksum) {
            self.instance = Err(format!("wrong result: {got:#018x} where most have {checksum:#018x}"));
        }
    }

    fn outcome(self) -> Outcome {
        match self.instance {
            Ok(_) => Outcome::Times(Times::of(self.seconds)),
            Err(reason) => Outcome::Failed(reason),
        }
    }
}

/// Calls `run`; a failure takes the instance's place.
fn call(instance: &mut Result<Box<dyn Instance>, String>, n: i32) -> Option<i64> {
    let running = instance.as_mut().ok()?;
    match guarded(|| running.run(n)) {
        Ok(checksum) => Some(checksum),
        Err(reason) => {
            *instance = Err(reason);
            None
        }
    }
}

/// Makes one line of whatever goes wrong, panics included: a peer's failure is a result, not the end of the run.
pub fn guarded<T>(action: impl FnOnce() -> Result<T, Failure>) -> Result<T, String> {
    let outcome = catch_unwind(AssertUnwindSafe(action));
    let text = match outcome {
        Ok(Ok(value)) => return Ok(value),
        Ok(Err(error)) => error.to_string(),
        Err(panic) => match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
            (Some(text), _) => format!("panics: {text}"),
            (_, Some(text)) => format!("panics: {text}"),
            (None, None) => "panics".to_owned(),
        },
    };
    Err(text.lines().next().unwrap_or("fails without a word").to_owned())
}

/// The value that occurs most often, the first of those; 0 of none.
fn most_frequent(values: impl Iterator<Item = i64>) -> i64 {
    let mut counts: Vec<(i64, usize)> = Vec::new();
    for value in values {
        match counts.iter_mut().find(|(known, _)| *known == value) {
            Some((_, count)) => *count += 1,
            None => counts.push((value, 1)),
        }
    }
    let most = counts.iter().map(|(_, count)| *count).max().unwrap_or(0);
    counts.iter().find(|(_, count)| *count == most).map_or(0, |(value, _)| *value)
}

impl Times {
    /// `seconds` is not empty.
    pub fn of(mut seconds: Vec<f64>) -> Self {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_of_most_counts() {
        assert_eq!(most_frequent([1, 2, 2, 3].into_iter()), 2);
        assert_eq!(most_frequent([5, 6].into_iter()), 5);
        assert_eq!(most_frequent([].into_iter()), 0);
    }

    #[test]
    fn the_median_of_an_even_number_lies_between_the_middle_two() {
        assert_eq!(Times::of(vec![4.0, 1.0, 3.0, 2.0]).median, 2.5);
        assert_eq!(Times::of(vec![3.0, 1.0, 2.0]).min, 1.0);
    }

    #[test]
    fn a_panic_is_a_reason() {
        assert_eq!(guarded(|| -> Result<(), Failure> { panic!("no such slot") }), Err("panics: no such slot".into()));
    }
}
