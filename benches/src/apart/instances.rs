//! Instances of a module that is loaded already: how fast they come, and what each one holds while it waits.

use super::child::{child, only, resident};
use super::{Setting, names, timed};
use crate::contender::Compiled;
use crate::engines::Contenders;
use crate::measure::guarded;
use crate::results::Table;

/// One page of memory, a data segment, a table, a few functions and globals.
const PAGE: &str = include_str!("page.wat");

/// How many instances are alive at once when memory is measured.
const CROWD: usize = 1000;

/// Microseconds for an instance, and bytes it holds.
pub fn tables(contenders: &Contenders, setting: &Setting) -> Result<Vec<Table>, String> {
    let mut times = Table::new(
        "instances",
        "Instances of a loaded module",
        "µs",
        "An instance in a store of its own, with one page of memory, a data segment and a table; its functions are looked up, then it is \
         dropped. The fastest of many batches of 100.",
        names(contenders),
    );
    let mut bytes = Table::new(
        "idle",
        "An idle instance",
        "bytes",
        "Resident memory of 1,000 such instances with their stores, none called, divided by 1,000, in a process of its own; what the system counts when a page is touched.",
        names(contenders),
    );
    let page = page()?;
    let (mut time_cells, mut byte_cells) = (Vec::new(), Vec::new());
    for contender in contenders {
        eprintln!("instances {} ...", contender.name());
        let compiled = guarded(|| contender.engine()?.compile(&contender.input(&page)?));
        let seconds = compiled.as_ref().map_err(Clone::clone).and_then(|module| fastest(module.as_ref(), setting.reps));
        let growth = child(&["--on", contender.name(), "--crowd"]).map(|growth| growth as f64 / CROWD as f64);
        time_cells.push((contender.name().to_owned(), seconds));
        byte_cells.push((contender.name().to_owned(), growth));
    }
    times.rows.push(("one page".to_owned(), time_cells.into_iter().collect()));
    bytes.rows.push(("one page".to_owned(), byte_cells.into_iter().collect()));
    Ok(vec![times, bytes])
}

fn fastest(module: &dyn Compiled, reps: u32) -> Result<f64, String> {
    const BATCH: u32 = 100;
    guarded(|| {
        let mut fastest = f64::INFINITY;
        for _ in 0..reps * 5 {
            let (seconds, outcome) = timed(|| (0..BATCH).try_for_each(|_| module.instantiate().map(drop)));
            outcome?;
            fastest = fastest.min(seconds / f64::from(BATCH));
        }
        Ok(fastest * 1e6)
    })
}

/// The work of a child process: makes many instances on the one contender and tells how many bytes of resident memory they take.
///
/// # Errors
///
/// One line: no such contender, whatever the engine has against the module.
pub fn crowd(on: &[String]) -> Result<String, String> {
    let contender = only(on)?;
    let page = page()?;
    let growth = guarded(|| {
        let module = contender.engine()?.compile(&contender.input(&page)?)?;
        // Whatever an engine sets up once is no instance's.
        let first = module.instantiate()?;
        let mut instances = Vec::with_capacity(CROWD);
        let before = resident()?;
        for _ in 0..CROWD {
            instances.push(module.instantiate()?);
        }
        let growth = resident()? - before;
        drop((first, instances));
        Ok(growth)
    })?;
    Ok(format!("{growth}\n"))
}

fn page() -> Result<Vec<u8>, String> {
    wat::parse_str(PAGE).map_err(|error| error.to_string())
}
