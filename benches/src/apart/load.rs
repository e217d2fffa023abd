//! Loading of large modules, of which little is executed.

use super::{Setting, names, timed};
use crate::contender::Failure;
use crate::engines::Contenders;
use crate::measure::guarded;
use crate::results::Table;

/// Milliseconds to an instance, and megabytes of wasm a second.
pub fn tables(contenders: &Contenders, setting: &Setting) -> Result<Vec<Table>, String> {
    let method = "From bytes to an instance whose imports are stubs; nothing is called but a start function, so lazy modes translate next to \
                  nothing. The fastest of the repetitions. Contenders whose name has no mode are eager, but wasm3, which is always lazy.";
    let mut times = Table::new("load", "Load of large modules", "ms", method, names(contenders));
    let mut rates = Table::new("load-rate", "Load of large modules, rate", "MB/s of wasm", method, names(contenders));
    for module in &setting.modules {
        eprintln!("load {} ...", module.name);
        let mut fastest = vec![Ok(f64::INFINITY); contenders.len()];
        for _ in 0..setting.reps {
            for (contender, fastest) in contenders.iter().zip(&mut fastest) {
                let Ok(known) = *fastest else { continue };
                let seconds = guarded(|| {
                    let (input, engine) = (contender.input(&module.wasm)?, contender.engine()?);
                    let (seconds, instance) = timed(|| -> Result<_, Failure> {
                        let compiled = engine.compile(&input)?;
                        let instance = compiled.instantiate()?;
                        Ok((compiled, instance))
                    });
                    instance?;
                    Ok(seconds)
                });
                *fastest = seconds.map(|seconds| seconds.min(known));
            }
        }
        let label = format!("{}, {:.1} MB", module.name, module.megabytes());
        let cells = |value: &dyn Fn(f64) -> f64| {
            let cell = |fastest: &Result<f64, String>| fastest.clone().map(value);
            names(contenders).into_iter().zip(fastest.iter().map(cell)).collect()
        };
        times.rows.push((label.clone(), cells(&|seconds| seconds * 1e3)));
        rates.rows.push((label, cells(&|seconds| module.megabytes() / seconds)));
    }
    Ok(vec![times, rates])
}
