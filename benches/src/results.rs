//! What a run found out: everything that tables, JSON and the report are made of. It can be read back from JSON.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::workload::Kind;

/// A whole run.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Results {
    /// Where it ran.
    pub machine: Machine,
    /// Measured calls behind every time of a workload.
    pub reps: u32,
    /// Names of the contenders, in the order of columns, and what they are.
    pub contenders: Vec<(String, String)>,
    /// One row a workload.
    pub workloads: Vec<Row>,
    /// What was measured apart.
    pub apart: Vec<Table>,
}

/// Processor, system, compilers.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Machine {
    /// Model and architecture of the processor.
    pub processor: String,
    /// How many of them the system has.
    pub processors: usize,
    /// Kernel and distribution.
    pub system: String,
    /// First line of `rustc --version`.
    pub rustc: String,
    /// First line of `cc --version`.
    pub cc: String,
    /// Load average of the last minute at the end of the run, if the system tells: above 1, others were at work.
    pub load: Option<f64>,
}

/// One workload on all contenders.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Row {
    /// The workload's name.
    pub name: String,
    /// Kernel or program.
    pub kind: Kind,
    /// How much work was asked for.
    pub n: i32,
    /// What most contenders returned.
    pub checksum: i64,
    /// Times or a reason, in the order of the contenders.
    pub outcomes: Vec<Outcome>,
}

/// What became of a workload on one contender.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It ran, with the right checksum each time.
    Times(Times),
    /// It did not.
    Failed(String),
}

/// Seconds.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Times {
    /// The fastest call.
    pub min: f64,
    /// The middle call.
    pub median: f64,
}

impl Outcome {
    /// The times, if it ran.
    pub fn times(&self) -> Option<Times> {
        match self {
            Self::Times(times) => Some(*times),
            Self::Failed(_) => None,
        }
    }
}

/// Value or reason by contender.
pub type Cells = BTreeMap<String, Result<f64, String>>;

/// Something measured apart: contenders by situations.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Table {
    /// A short name for programs and file names.
    pub id: String,
    /// A heading.
    pub title: String,
    /// What the numbers are.
    pub unit: String,
    /// How they were got, in a sentence or two.
    pub method: String,
    /// One row a situation.
    pub rows: Vec<(String, Cells)>,
    /// The contenders in the order of columns.
    pub columns: Vec<String>,
}

impl Table {
    /// A table without rows.
    pub fn new(id: &str, title: &str, unit: &str, method: &str, columns: Vec<String>) -> Self {
        let rows = Vec::new();
        Self { id: id.into(), title: title.into(), unit: unit.into(), method: method.into(), rows, columns }
    }

    /// The value of a contender in a situation.
    pub fn value(&self, row: &str, column: &str) -> Option<f64> {
        let (_, cells) = self.rows.iter().find(|(name, _)| name == row)?;
        cells.get(column)?.as_ref().ok().copied()
    }

    /// The reasons why values are missing, each once: contender and reason.
    pub fn failures(&self) -> Vec<(String, String)> {
        let mut failures: Vec<(String, String)> = Vec::new();
        for (row, cells) in &self.rows {
            for (column, cell) in cells {
                if let Err(reason) = cell {
                    failures.push((format!("{column}, {row}"), reason.clone()));
                }
            }
        }
        failures
    }
}

impl Results {
    /// The place of a contender among the outcomes.
    pub fn place(&self, contender: &str) -> Option<usize> {
        self.contenders.iter().position(|(name, _)| name == contender)
    }

    /// The rows of one kind.
    pub fn rows(&self, kind: Kind) -> impl Iterator<Item = &Row> {
        self.workloads.iter().filter(move |row| row.kind == kind)
    }

    /// The table of this name.
    pub fn table(&self, id: &str) -> Option<&Table> {
        self.apart.iter().find(|table| table.id == id)
    }

    /// Geometric mean of one contender's times divided by another's, over the workloads of a kind that both ran; none if
    /// there is no such workload.
    pub fn geomean(&self, kind: Kind, over: &str, under: &str, pick: fn(Times) -> f64) -> Option<f64> {
        let (over, under) = (self.place(over)?, self.place(under)?);
        let logs: Vec<f64> = self
            .rows(kind)
            .filter_map(|row| Some((pick(row.outcomes[over].times()?) / pick(row.outcomes[under].times()?)).ln()))
            .collect();
        if logs.is_empty() { None } else { Some((logs.iter().sum::<f64>() / logs.len() as f64).exp()) }
    }
}

impl Machine {
    /// The machine that this runs on.
    pub fn this() -> Self {
        let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
        let info = read("/proc/cpuinfo");
        let model =
            info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": ")).map(|(_, model)| model);
        let release = read("/etc/os-release");
        let name = release.lines().find_map(|line| line.strip_prefix("PRETTY_NAME=")).unwrap_or("unknown system");
        let kernel = read("/proc/sys/kernel/osrelease");
        let load = read("/proc/loadavg").split_whitespace().next().and_then(|load| load.parse().ok());
        Self {
            processor: format!("{} ({})", model.unwrap_or("unknown processor"), std::env::consts::ARCH),
            // Not what this thread may use: it is pinned.
            processors: info.lines().filter(|line| line.starts_with("processor")).count(),
            system: format!("{}, {} {}", name.trim_matches('"'), std::env::consts::OS, kernel.trim()),
            rustc: env!("BENCH_RUSTC").into(),
            cc: env!("BENCH_CC").into(),
            load,
        }
    }
}
