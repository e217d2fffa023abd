//! `ermine bench`: how long a function or a program takes.
//!
//! A function is called again and again in one instance; a program runs anew each time, in an instance of its own. Of what they write to standard output
//! nothing is shown. `subject` loads and runs, `measure` takes times and sums them up, `show` prints them.
//!
//! Several machines take turns, so that what else the computer does falls on all of them alike.

mod measure;
mod show;
mod subject;

use crate::args::{BenchArgs, MachineArg};
use crate::exit::{Exit, Failure};
use crate::progress::Bar;
use crate::report;
use crate::source::Source;
use measure::{Plan, Samples, Statistics};
use std::time::{Duration, Instant};
use subject::Subject;

/// Warms up for at most this long, and at least one call.
const WARM_UP: Duration = Duration::from_millis(200);

/// What was found out about one machine.
struct Outcome {
    machine: MachineArg,
    /// Loading: validating and translating a module, verifying an image.
    loading: Duration,
    statistics: Statistics,
}

/// Measures, and prints the report to standard output.
///
/// # Errors
///
/// If the program cannot be loaded, or a call does not end well.
pub fn bench(args: &BenchArgs) -> Result<Exit, Failure> {
    let source = Source::load(args.program.file())?;
    let mut machines: Vec<MachineArg> = Vec::new();
    for &machine in &args.machine {
        if !machines.contains(&machine) {
            machines.push(machine);
        }
    }
    let subjects = machines.iter().map(|&machine| Subject::load(args, &source, machine));
    let mut subjects: Vec<Subject<'_>> = subjects.collect::<Result<_, _>>()?;
    let fuel = subject::fuel(args, &source)?;

    let once = subjects.iter_mut().map(warm_up).collect::<Result<Vec<_>, _>>()?;
    let plan = Plan::new(args.reps, args.time, once.iter().copied().min().unwrap_or_default());
    let samples = run(&mut subjects, plan)?;
    let outcomes: Vec<Outcome> = machines
        .iter()
        .zip(subjects.iter().zip(&samples))
        .map(|(&machine, (subject, samples))| Outcome {
            machine,
            loading: subject.loading,
            statistics: samples.statistics(),
        })
        .collect();
    let text = if args.json {
        show::record(args, plan, fuel, &outcomes).to_string() + "\n"
    } else {
        show::table(args, plan, fuel, &outcomes)
    };
    report::answer(text)
}

/// Runs a subject until it is warm, and tells how long a call takes.
fn warm_up(subject: &mut Subject<'_>) -> Result<Duration, Failure> {
    let (started, mut calls, mut last) = (Instant::now(), 0_u32, Duration::ZERO);
    while calls == 0 || started.elapsed() + last < WARM_UP {
        let call = Instant::now();
        subject.call()?;
        last = call.elapsed();
        calls = calls.saturating_add(1);
    }
    Ok(started.elapsed() / calls)
}

/// Takes samples of all subjects in turn.
fn run(subjects: &mut [Subject<'_>], plan: Plan) -> Result<Vec<Samples>, Failure> {
    let bar = Bar::new(plan.steps());
    let mut samples: Vec<Samples> = subjects.iter().map(|_| Samples::new(plan)).collect();
    while let Some(next) = samples.iter().map(Samples::done).min().filter(|&done| done < plan.steps()) {
        bar.set(next);
        for (subject, samples) in subjects.iter_mut().zip(&mut samples) {
            samples.take(|| subject.call())?;
        }
    }
    Ok(samples)
}
