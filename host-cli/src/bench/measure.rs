//! Times of calls, and what can be said of many of them.
//!
//! Calls that are shorter than what a clock can tell are measured several at a time: a sample is the time of one call in such a batch.

use std::time::{Duration, Instant};

/// A batch takes this long at least.
const BATCH: Duration = Duration::from_micros(20);

/// Samples that are kept at most, about.
const SAMPLES: u64 = 100_000;

/// How much to measure.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plan {
    /// Calls in a batch.
    pub(super) batch: u64,
    goal: Goal,
}

/// When there are enough samples.
#[derive(Debug, Clone, Copy)]
enum Goal {
    Calls(u64),
    Time(Duration),
}

impl Plan {
    /// So many calls or, without a number, so much time, if a call takes about `once`.
    pub(super) fn new(calls: Option<u64>, time: Duration, once: Duration) -> Self {
        let per_batch = |batch: Duration| u64::try_from(batch.as_nanos() / once.as_nanos().max(1)).unwrap_or(u64::MAX);
        let batch = per_batch(BATCH).max(1);
        match calls {
            // The last batch may be a smaller one.
            Some(calls) => Self { batch: batch.max(calls / SAMPLES).min(calls), goal: Goal::Calls(calls) },
            None => {
                let longest = per_batch(time / u32::try_from(SAMPLES).unwrap_or(u32::MAX));
                Self { batch: batch.max(longest), goal: Goal::Time(time) }
            }
        }
    }

    /// The steps of a bar that shows how far it is: calls, or milliseconds.
    pub(super) fn steps(self) -> u64 {
        match self.goal {
            Goal::Calls(calls) => calls,
            Goal::Time(time) => milliseconds(time).max(1),
        }
    }
}

/// What was measured.
#[derive(Debug)]
pub(super) struct Samples {
    plan: Plan,
    /// Nanoseconds of a call.
    times: Vec<f64>,
    calls: u64,
    total: Duration,
}

impl Samples {
    pub(super) fn new(plan: Plan) -> Self {
        Self { plan, times: Vec::new(), calls: 0, total: Duration::ZERO }
    }

    /// Steps of the plan that are done.
    pub(super) fn done(&self) -> u64 {
        match self.plan.goal {
            Goal::Calls(_) => self.calls,
            Goal::Time(_) => milliseconds(self.total),
        }
    }

    /// Measures one batch.
    ///
    /// # Errors
    ///
    /// That of a call which failed.
    pub(super) fn take<E>(&mut self, mut call: impl FnMut() -> Result<(), E>) -> Result<(), E> {
        let batch = match self.plan.goal {
            Goal::Calls(calls) => self.plan.batch.min(calls.saturating_sub(self.calls)).max(1),
            Goal::Time(_) => self.plan.batch,
        };
        let started = Instant::now();
        for _ in 0..batch {
            call()?;
        }
        let time = started.elapsed();
        self.times.push(time.as_nanos() as f64 / batch as f64);
        self.calls = self.calls.saturating_add(batch);
        self.total = self.total.saturating_add(time);
        Ok(())
    }

    pub(super) fn statistics(&self) -> Statistics {
        Statistics::of(&self.times, self.calls)
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// Samples summed up, in nanoseconds of a call.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Statistics {
    pub(super) calls: u64,
    pub(super) min: f64,
    pub(super) median: f64,
    pub(super) mean: f64,
    pub(super) max: f64,
    /// The standard deviation of the samples.
    pub(super) deviation: f64,
}

impl Statistics {
    fn of(times: &[f64], calls: u64) -> Self {
        let mut sorted = times.to_vec();
        sorted.sort_by(f64::total_cmp);
        let at = |index: usize| sorted.get(index).copied().unwrap_or(0.0);
        let count = sorted.len();
        let mean = sorted.iter().sum::<f64>() / count.max(1) as f64;
        let squares: f64 = sorted.iter().map(|time| (time - mean).powi(2)).sum();
        Self {
            calls,
            min: at(0),
            median: f64::midpoint(at(count.saturating_sub(1) / 2), at(count / 2)),
            mean,
            max: at(count.saturating_sub(1)),
            deviation: (squares / count.saturating_sub(1).max(1) as f64).sqrt(),
        }
    }

    /// Calls in a second, on average.
    pub(super) fn per_second(self) -> f64 {
        if self.mean > 0.0 { 1e9 / self.mean } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_summed_up() {
        let odd = Statistics::of(&[3.0, 1.0, 2.0], 3);
        assert_eq!((odd.min, odd.median, odd.mean, odd.max, odd.deviation), (1.0, 2.0, 2.0, 3.0, 1.0));
        assert_eq!(Statistics::of(&[4.0, 1.0, 2.0, 3.0], 4).median, 2.5);
        assert_eq!(Statistics::of(&[5.0], 1).deviation, 0.0);
        assert_eq!(Statistics::of(&[2.0], 1).per_second(), 5e8);
    }

    #[test]
    fn short_calls_are_measured_in_batches() {
        let plan = |calls, seconds, nanos| Plan::new(calls, Duration::from_secs(seconds), Duration::from_nanos(nanos));
        assert_eq!(plan(None, 1, 1_000_000).batch, 1);
        assert_eq!(plan(None, 1, 100).batch, 200);
        assert_eq!(plan(Some(7), 1, 100).batch, 7);
        // Not more samples than there is room for.
        assert_eq!(plan(Some(1_000_000_000), 1, 1_000_000).batch, 10_000);
        assert_eq!(plan(None, 1000, 1_000_000).batch, 10);
    }

    #[test]
    fn just_so_many_calls_are_made() {
        let plan = Plan { batch: 4, goal: Goal::Calls(10) };
        let (mut samples, mut calls) = (Samples::new(plan), 0);
        while samples.done() < plan.steps() {
            let taken: Result<(), ()> = samples.take(|| {
                calls += 1;
                Ok(())
            });
            assert_eq!(taken, Ok(()));
        }
        assert_eq!((calls, samples.statistics().calls), (10, 10));
    }
}
