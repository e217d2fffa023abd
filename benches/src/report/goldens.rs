//! What is counted without noise elsewhere, in the goldens of `tests/`: the report has it beside what it measured.

const METRICS: &str = include_str!("../../../tests/goldens/metrics.txt");
const BOARDS: &str = include_str!("../../../tests/goldens/boards.txt");

/// Dispatches per executed wasm operator, geometric mean: kernels, programs.
pub fn dispatches() -> Option<[f64; 2]> {
    let mut means = METRICS.lines().filter_map(|line| line.strip_prefix("geomean")?.trim().parse().ok());
    Some([means.next()?, means.next()?])
}

/// Instructions on a Cortex-M4F by those of the best peer, geometric mean over the seven kernels of `tests/tests/boards.rs`.
pub fn cortex_m4f() -> Option<f64> {
    let thousandths: f64 = BOARDS.lines().find_map(|line| line.strip_prefix("m4f.against ")?.trim().parse().ok())?;
    Some(thousandths / 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goldens_are_found_where_they_are_looked_for() {
        let [kernels, programs] = dispatches().expect("two geometric means");
        assert!((0.1..0.5).contains(&kernels) && (0.1..0.5).contains(&programs), "{kernels} {programs}");
        assert!(cortex_m4f().is_some_and(|ratio| (0.3..1.0).contains(&ratio)));
    }
}
