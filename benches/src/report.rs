//! Printing: a table of times, the ratios that matter, and their geometric means; or all of it as JSON.

use std::fmt::Write as _;

use crate::measure::{Row, Times};

/// What one wants to know, as (title, whose time, divided by whose).
const RATIOS: [(&str, &str, &str); 4] = [
    ("tail/wasmi", "tail", "wasmi"),
    ("loop/tail", "loop", "tail"),
    ("tail/native", "tail", "native"),
    ("wasmi/native", "wasmi", "native"),
];

/// Results of a whole run.
pub struct Report<'a> {
    /// The contenders' names, in the order of every row's times.
    pub names: &'a [&'static str],
    /// One row a workload.
    pub rows: &'a [Row],
    /// Measured calls behind every time.
    pub reps: usize,
}

impl Report<'_> {
    /// The tables, for people.
    pub fn text(&self) -> String {
        let mut text = format!("{}\nmilliseconds, min (median) of {} calls\n\n{:14}", machine(), self.reps, "workload");
        for name in self.names {
            write!(text, "{name:>18}").expect("a string takes it");
        }
        let ratios = self.ratios();
        for (title, _, _) in &ratios {
            write!(text, "{title:>14}").expect("a string takes it");
        }
        text.push('\n');
        for row in self.rows {
            write!(text, "{:14}", row.workload.name).expect("a string takes it");
            for times in &row.times {
                write!(text, "{:>9.2} ({:>6.1})", times.min * 1e3, times.median * 1e3).expect("a string takes it");
            }
            for (_, over, under) in &ratios {
                write!(text, "{:>14.3}", row.times[*over].min / row.times[*under].min).expect("a string takes it");
            }
            text.push('\n');
        }
        for (label, pick) in PICKS {
            let title = format!("geomean of {label}");
            write!(text, "{title:width$}", width = 14 + 18 * self.names.len()).expect("a string takes it");
            for (_, over, under) in &ratios {
                write!(text, "{:>14.3}", self.geomean(*over, *under, pick)).expect("a string takes it");
            }
            text.push('\n');
        }
        text
    }

    /// The same, for programs: seconds, checksums, geometric means of the minima.
    pub fn json(&self) -> String {
        let rows: Vec<String> = self.rows.iter().map(|row| self.row_json(row)).collect();
        let means: Vec<String> = self
            .ratios()
            .iter()
            .map(|(title, over, under)| {
                format!("{}:{:.4}", quoted(title), self.geomean(*over, *under, |times| times.min))
            })
            .collect();
        format!(
            "{{\"machine\":{},\"reps\":{},\"workloads\":[{}],\"geomeans\":{{{}}}}}\n",
            quoted(&machine()),
            self.reps,
            rows.join(","),
            means.join(",")
        )
    }

    fn row_json(&self, row: &Row) -> String {
        let times: Vec<String> = self
            .names
            .iter()
            .zip(&row.times)
            .map(|(name, times)| {
                format!("{}:{{\"min\":{:.6},\"median\":{:.6}}}", quoted(name), times.min, times.median)
            })
            .collect();
        format!(
            "{{\"name\":{},\"n\":{},\"checksum\":\"{:#018x}\",\"seconds\":{{{}}}}}",
            quoted(row.workload.name),
            row.workload.n,
            row.checksum,
            times.join(",")
        )
    }

    /// The ratios both of whose contenders ran, with the contenders' places.
    fn ratios(&self) -> Vec<(&'static str, usize, usize)> {
        let place = |name| self.names.iter().position(|other| *other == name);
        RATIOS.iter().filter_map(|&(title, over, under)| Some((title, place(over)?, place(under)?))).collect()
    }

    fn geomean(&self, over: usize, under: usize, pick: fn(&Times) -> f64) -> f64 {
        let logs: f64 = self.rows.iter().map(|row| (pick(&row.times[over]) / pick(&row.times[under])).ln()).sum();
        (logs / self.rows.len() as f64).exp()
    }
}

/// A name, and the time it stands for.
type Pick = (&'static str, fn(&Times) -> f64);

const PICKS: [Pick; 2] = [("minima", |times| times.min), ("medians", |times| times.median)];

/// The machine and the compilers, on one line.
fn machine() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": ")).map(|(_, model)| model);
    format!(
        "{} ({}-{}); {}; {}",
        model.unwrap_or("unknown processor"),
        std::env::consts::ARCH,
        std::env::consts::OS,
        env!("BENCH_RUSTC"),
        env!("BENCH_CC")
    )
}

/// A JSON string of text without control characters.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
