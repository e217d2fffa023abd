//! How much code the translator makes of a module.

use crate::contender::{Contender as _, Failure};
use crate::engines::ermine;
use crate::measure::guarded;
use crate::results::Table;
use crate::workload::{Kind, WORKLOADS};

/// Bytes of code per byte of wasm.
pub fn tables() -> Result<Vec<Table>, String> {
    let method = "Bytes of translated code as a loaded module keeps it, before any call, and of a whole image, divided by the bytes of the whole module, \
                  data and names included.";
    let columns = ["code", "image"].map(str::to_owned).to_vec();
    let mut table = Table::new("code", "Size of translated code", "bytes per byte of wasm", method, columns);
    for program in WORKLOADS.iter().filter(|workload| workload.kind == Kind::Program) {
        let share = |size: &dyn Fn() -> Result<usize, Failure>| {
            guarded(size).map(|size| size as f64 / program.wasm.len() as f64)
        };
        let code = |contender: &ermine::Ermine| -> Result<usize, Failure> {
            Ok(contender.engine()?.compile(&contender.input(program.wasm)?)?.code_bytes().ok_or("it does not tell")?)
        };
        let [tail, .., image] = &ermine::RUNNING;
        let cells = [
            ("code".to_owned(), share(&|| code(tail))),
            ("image".to_owned(), share(&|| Ok(image.input(program.wasm)?.len()))),
        ];
        table.rows.push((program.name.to_owned(), cells.into_iter().collect()));
    }
    Ok(vec![table])
}
