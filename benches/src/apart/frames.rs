//! What a frame of a game costs whose script runs beside it: started once, suspended at the end of each frame, resumed in the next.

use super::timed;
use crate::contender::{Contender, Failure};
use crate::engines::Contenders;
use crate::measure::guarded;
use crate::results::{Cells, Table};

/// The script of the example `game_loop`: it waits for the next frame, and sometimes thinks for longer than a frame.
const SCRIPT: &str = include_str!("../../../interp/examples/game_loop.wat");

/// A minute at 60 Hz.
const FRAMES: usize = 3600;

/// What a script may spend in a frame, in the engine's own unit.
const FUEL: u64 = 50_000;

/// Microseconds a frame.
pub fn tables(contenders: &Contenders, reps: u32) -> Result<Vec<Table>, String> {
    let method = "The script of the example `game_loop`, one minute at 60 Hz without the waiting: a frame gets 50,000 units of fuel, and the script goes \
                  on where it was suspended. In most frames it calls the host twice and waits by a host function that suspends it; in the others \
                  it thinks until the frame's fuel is spent. A unit of fuel is each engine's own; Ermine's is an operator. The fastest of the repetitions.";
    let wasm = wat::parse_str(SCRIPT).map_err(|error| error.to_string())?;
    let suspending: Vec<&dyn Contender> =
        contenders.iter().map(AsRef::as_ref).filter(|contender| contender.script(&wasm, FUEL).is_some()).collect();
    let costs: Vec<_> =
        suspending.iter().map(|contender| (contender.name().to_owned(), fastest(*contender, &wasm, reps))).collect();
    let columns = costs.iter().map(|(name, _)| name.clone()).collect();
    let mut table = Table::new("frames", "A game's script, frame by frame", "µs", method, columns);
    let rows: [(&str, Pick); 3] = [
        ("waits, median", |costs| costs.waiting),
        ("spends its fuel, median", |costs| costs.spending),
        ("longest", |costs| costs.longest),
    ];
    for (row, pick) in rows {
        let cell = |(name, costs): &(String, Result<Costs, String>)| {
            (name.clone(), costs.as_ref().map(|costs| pick(costs) * 1e6).map_err(Clone::clone))
        };
        table.rows.push((row.to_owned(), costs.iter().map(cell).collect::<Cells>()));
    }
    Ok(vec![table])
}

/// One of the costs.
type Pick = fn(&Costs) -> f64;

/// Seconds that frames took.
#[derive(Debug, Clone, Copy)]
struct Costs {
    waiting: f64,
    spending: f64,
    longest: f64,
}

fn fastest(contender: &dyn Contender, wasm: &[u8], reps: u32) -> Result<Costs, String> {
    guarded(|| {
        let runs = (0..reps).map(|_| minute(contender, wasm)).collect::<Result<Vec<_>, _>>()?;
        let least = |pick: Pick| runs.iter().map(pick).fold(f64::INFINITY, f64::min);
        Ok(Costs {
            waiting: least(|costs| costs.waiting),
            spending: least(|costs| costs.spending),
            longest: least(|costs| costs.longest),
        })
    })
}

fn minute(contender: &dyn Contender, wasm: &[u8]) -> Result<Costs, Failure> {
    let mut script = contender.script(wasm, FUEL).ok_or("this engine cannot suspend calls")??;
    let (mut waiting, mut spending) = (Vec::with_capacity(FRAMES), Vec::with_capacity(FRAMES));
    for _ in 0..FRAMES {
        let (seconds, spent) = timed(|| script.frame());
        if spent? { &mut spending } else { &mut waiting }.push(seconds);
    }
    let longest = waiting.iter().chain(&spending).copied().fold(0.0, f64::max);
    Ok(Costs { waiting: median(waiting), spending: median(spending), longest })
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(f64::NAN)
}
