//! What a call across the border between host and guest costs, either way.

use super::{names, timed};
use crate::contender::{Contender, load};
use crate::engines::Contenders;
use crate::measure::guarded;
use crate::results::Table;

const CALLS: &str = include_str!("calls.wat");

/// Calls behind a number.
const MANY: i32 = 1_000_000;

/// Nanoseconds a call.
pub fn tables(contenders: &Contenders, reps: u32) -> Result<Vec<Table>, String> {
    let method = "A typed function `i32 -> i32` that adds one: the guest calls the host in a loop (the loop's cost included), the host calls \
                  the guest through a typed handle. A million calls, the fastest of the repetitions.";
    let wasm = wat::parse_str(CALLS).map_err(|error| error.to_string())?;
    let linking: Vec<&dyn Contender> =
        contenders.iter().map(AsRef::as_ref).filter(|contender| contender.links_host_functions()).collect();
    let columns = names(contenders).into_iter().filter(|name| linking.iter().any(|contender| contender.name() == name));
    let mut table = Table::new("host-calls", "Calls between host and guest", "ns", method, columns.collect());
    for (row, to_guest) in [("guest calls host", false), ("host calls guest", true)] {
        let cells = linking
            .iter()
            .map(|contender| (contender.name().to_owned(), nanoseconds(*contender, &wasm, to_guest, reps)));
        table.rows.push((row.to_owned(), cells.collect()));
    }
    Ok(vec![table])
}

fn nanoseconds(contender: &dyn Contender, wasm: &[u8], to_guest: bool, reps: u32) -> Result<f64, String> {
    guarded(|| {
        let mut instance = load(contender, wasm)?;
        let mut fastest = f64::INFINITY;
        for _ in 0..=reps {
            let (seconds, result) =
                timed(|| if to_guest { instance.call_often(MANY).map(i64::from) } else { instance.run(MANY) });
            if result? != i64::from(MANY) {
                return Err("wrong result".into());
            }
            fastest = fastest.min(seconds / f64::from(MANY));
        }
        Ok(fastest * 1e9)
    })
}
