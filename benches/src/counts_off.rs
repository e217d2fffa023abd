//! Stands in for `counts.rs` where nothing counts.

use crate::contender::Failure;
use crate::workload::Workload;

/// Says how to get the counts.
///
/// # Errors
///
/// Always.
pub fn table(_workloads: &[&'static Workload], _top: usize) -> Result<String, Failure> {
    Err("this build does not count: use cargo run --release --features count -- --counts".into())
}
