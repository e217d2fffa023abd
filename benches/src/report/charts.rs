//! Which charts a report has.

use super::svg::Chart;
use crate::results::{Results, Table};
use crate::workload::Kind;

/// Contenders whose speed is not charted: variants of `tail`, and compilers, which would flatten everything else.
const NOT_CHARTED: [&str; 4] = ["tail+fuel", "image", "cranelift", "native"];

/// Tables that are charted.
const TABLES: [&str; 7] = ["startup", "load-rate", "memory", "instances", "host-calls", "frames", "code"];

/// Names and SVG documents.
pub fn charts(results: &Results) -> Vec<(String, String)> {
    let speed = Kind::ALL.into_iter().filter_map(|kind| Some((kind.title().to_owned(), speed(results, kind)?)));
    let apart = results.apart.iter().filter(|table| TABLES.contains(&table.id.as_str()));
    speed.chain(apart.map(|table| (table.id.clone(), bars(table)))).collect()
}

/// Speed relative to wasmi, program by program, the geometric mean last.
fn speed(results: &Results, kind: Kind) -> Option<String> {
    results.rows(kind).next()?;
    let base = results.place("wasmi")?;
    let names = results.contenders.iter().map(|(name, _)| name.as_str());
    let series: Vec<&str> = names.filter(|name| !NOT_CHARTED.contains(name)).collect();
    let mut groups = Vec::new();
    for row in results.rows(kind) {
        let values = series.iter().map(|name| {
            let own = row.outcomes[results.place(name)?].times()?;
            Some(row.outcomes[base].times()?.min / own.min)
        });
        groups.push((row.name.clone(), values.collect()));
    }
    let means = series.iter().map(|name| results.geomean(kind, "wasmi", name, |times| times.min));
    groups.push(("geometric mean".to_owned(), means.collect()));
    let title = format!("Speed on the {}", kind.title());
    let series = series.into_iter().map(str::to_owned).collect();
    Some(Chart { title: &title, unit: "wasmi = 1, more is better", series, groups, mark: Some(1.0) }.svg())
}

fn bars(table: &Table) -> String {
    let row = |name: &str| table.columns.iter().map(|column| table.value(name, column)).collect();
    let groups = table.rows.iter().map(|(name, _)| (name.clone(), row(name))).collect();
    Chart { title: &table.title, unit: &table.unit, series: table.columns.clone(), groups, mark: None }.svg()
}
