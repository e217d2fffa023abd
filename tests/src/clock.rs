//! How long something takes, whoever else wants the processor.

use std::time::Duration;

/// The time that the processor takes over `work` on this thread.
#[cfg(unix)]
pub fn processor_time(work: impl FnOnce()) -> Duration {
    use rustix::time::{ClockId, clock_gettime};

    let now = || {
        let time = clock_gettime(ClockId::ThreadCPUTime);
        Duration::new(time.tv_sec.cast_unsigned(), u32::try_from(time.tv_nsec).expect("less than a second"))
    };
    let start = now();
    work();
    now() - start
}

/// The time that passes with `work`.
#[cfg(not(unix))]
pub fn processor_time(work: impl FnOnce()) -> Duration {
    let start = std::time::Instant::now();
    work();
    start.elapsed()
}
