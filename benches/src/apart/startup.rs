//! Start-up of a small program: what a plug-in or a request pays.

use super::{names, timed};
use crate::contender::Failure;
use crate::engines::Contenders;
use crate::measure::guarded;
use crate::results::Table;

/// A C program that formats a greeting with `snprintf`, and what comes with it.
const HELLO: &[u8] = include_bytes!("../../programs/hello/hello.wasm");

/// Microseconds from bytes to the end of the first call, the fastest of many.
pub fn tables(contenders: &Contenders, reps: u32) -> Result<Vec<Table>, String> {
    let method = format!(
        "A C program with `snprintf` ({} bytes): validate and translate, instantiate, call `run(1)` once, drop everything, in one \
         process; the fastest of {}. Images and the engine are made beforehand.",
        HELLO.len(),
        reps * 20
    );
    let mut table = Table::new("startup", "Start-up of hello", "µs", &method, names(contenders));
    let cells = contenders.iter().map(|contender| {
        let seconds = guarded(|| {
            let input = contender.input(HELLO)?;
            let engine = contender.engine()?;
            let mut fastest = f64::INFINITY;
            for _ in 0..reps * 20 {
                let (seconds, outcome) =
                    timed(|| -> Result<i64, Failure> { engine.compile(&input)?.instantiate()?.run(1) });
                outcome?;
                fastest = fastest.min(seconds);
            }
            Ok(fastest * 1e6)
        });
        (contender.name().to_owned(), seconds)
    });
    table.rows.push(("hello".to_owned(), cells.collect()));
    Ok(vec![table])
}
