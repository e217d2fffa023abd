//! Keeps the measuring thread on one processor, where the system allows it.

/// Pins this thread to the last processor that it may use: the first ones have most interrupts. Says what came of it.
pub fn pin() -> String {
    let last = core_affinity::get_core_ids().and_then(|processors| processors.into_iter().next_back());
    match last {
        Some(processor) if core_affinity::set_for_current(processor) => format!("pinned to processor {}", processor.id),
        Some(_) | None => "not pinned".to_owned(),
    }
}
