//! Programs for WASI preview 1 that read, write and end: `wasi_snapshot_preview1` over a board.
//!
//! Standard output and error are the line of messages, standard input is empty. Each call starts with the three streams open, so
//! that nothing is kept for a guest: what it closes stays open. The grant's limit holds for what is written and for random bytes.

use ermine::{
    ValType,
    bare::{Call, Halt},
    image::{Import, Signature},
};
use ermine_wasi::{
    Clock, Clocks, Console, Errno, FUNCTIONS, Files, GuestMemory, MODULE, Random, Startup, Stream, StringBlock,
    ValueType, WasiCtx,
    calls::{clock, dir, fd, file, process, random, startup},
};

use super::{
    BYTES_PER_CALL, Ports,
    moved::{MOST_RANDOM, MOST_TEXT, write_text},
};
use crate::{
    board::Board,
    grant::{Grant, What},
    refusal::Refusal,
};

/// From this number on, a host function is one of these; grants come behind them.
pub(super) const FROM: u32 = 0x80;

/// A board, as the functions see it during a call.
struct Port<'p, 'b, B> {
    ports: &'p mut Ports<'b, B>,
    /// Bytes that the call may still write.
    text_left: usize,
}

/// What an import of this module means. `None` if it is of another module.
pub(super) fn look_up(ports: &[Grant], import: &Import<'_>, signature: &Signature<'_>) -> Option<Result<u32, Refusal>> {
    if import.module != MODULE {
        return None;
    }
    let Some(index) = FUNCTIONS.iter().position(|function| function.name == import.name && is_here(function.name))
    else {
        return Some(Err(Refusal::Unknown));
    };
    let function = FUNCTIONS.get(index)?;
    let same = |ty: ValType, wanted: ValueType| match wanted {
        ValueType::I32 => ty == ValType::I32,
        ValueType::I64 => ty == ValType::I64,
    };
    let fits = signature.params().len() == function.params.len()
        && signature.params().zip(function.params).all(|(ty, (_, wanted))| same(ty, *wanted))
        && signature.results().eq(function.result.map(|_| ValType::I32));
    let is_granted = ports.iter().any(|grant| grant.what == What::Stdio);
    Some(match (fits, is_granted) {
        (false, _) => Err(Refusal::Signature),
        (true, false) => Err(Refusal::NoStdio),
        // There are 46.
        (true, true) => Ok(FROM + index as u32),
    })
}

/// What programs import that only read, write and end.
fn is_here(name: &str) -> bool {
    matches!(
        name,
        "args_get"
            | "args_sizes_get"
            | "environ_get"
            | "environ_sizes_get"
            | "clock_res_get"
            | "clock_time_get"
            | "fd_close"
            | "fd_fdstat_get"
            | "fd_prestat_get"
            | "fd_prestat_dir_name"
            | "fd_read"
            | "fd_seek"
            | "fd_write"
            | "proc_exit"
            | "random_get"
            | "sched_yield"
    )
}

/// Carries out a call of the function that `look_up` gave this number. `None` if it is not one of these.
pub(super) fn call<B: Board>(ports: &mut Ports<'_, B>, number: u32, call: &mut Call<'_>) -> Option<Result<(), Halt>> {
    let function = FUNCTIONS.get(number.checked_sub(FROM)? as usize)?;
    let mut args = [0; 8];
    args.iter_mut().zip(call.slots()).for_each(|(arg, slot)| *arg = *slot);
    let [a, b, c, d, e, ..] = args;
    if function.name == "proc_exit" {
        return Some(Err(Halt::Exit(a.cast_signed())));
    }
    if let Err(halt) = ports.wait_for_tick() {
        return Some(Err(halt));
    }
    let wide = u64::from(c) << 32 | u64::from(b);
    let ctx = &mut WasiCtx::new(Port { ports, text_left: MOST_TEXT });
    let memory = &mut GuestMemory::new(call.memory());
    let result = match function.name {
        "args_get" => startup::args_get(ctx, memory, a, b),
        "args_sizes_get" => startup::args_sizes_get(ctx, memory, a, b),
        "environ_get" => startup::environ_get(ctx, memory, a, b),
        "environ_sizes_get" => startup::environ_sizes_get(ctx, memory, a, b),
        "clock_res_get" => clock::clock_res_get(ctx, memory, a, b),
        "clock_time_get" => clock::clock_time_get(ctx, memory, a, wide, d),
        "fd_close" => fd::fd_close(ctx, memory, a),
        "fd_fdstat_get" => fd::fd_fdstat_get(ctx, memory, a, b),
        "fd_prestat_get" => dir::fd_prestat_get(ctx, memory, a, b),
        "fd_prestat_dir_name" => dir::fd_prestat_dir_name(ctx, memory, a, b, c),
        "fd_read" => fd::fd_read(ctx, memory, a, b, c, d),
        "fd_seek" => file::fd_seek(ctx, memory, a, wide.cast_signed(), d, e),
        "fd_write" => fd::fd_write(ctx, memory, a, b, c, d),
        "random_get" => random::random_get(ctx, memory, a, b),
        "sched_yield" => process::sched_yield(ctx, memory),
        // `look_up` gives no other numbers.
        _ => Err(Errno::Nosys),
    };
    let errno = result.map_or_else(|errno| errno as u32, |()| 0);
    Some(call.ret(errno))
}

impl<B: Board> Port<'_, '_, B> {
    /// Counts bytes that move, unless there were too many in this second.
    fn count(&mut self, bytes: usize) -> Result<(), Errno> {
        let (handle, grant) = self.grant()?;
        self.ports.count(grant, handle, bytes).map_err(|_| Errno::Again)
    }

    /// Bytes that may still move in this second.
    fn left(&mut self) -> Result<usize, Errno> {
        let (handle, grant) = self.grant()?;
        let most = grant.limit.per_second;
        if most == 0 {
            return Ok(usize::MAX);
        }
        let used = self.ports.uses_of_this_second(handle).map_err(|_| Errno::Nosys)?;
        Ok(usize::from(most.saturating_sub(used.calls)) * BYTES_PER_CALL)
    }

    /// The grant that lets programs for WASI in.
    fn grant(&self) -> Result<(u32, &'static Grant), Errno> {
        let mut grants = (0..).zip(self.ports.table);
        grants.find(|(_, grant)| grant.what == What::Stdio).ok_or(Errno::Nosys)
    }
}

impl<B: Board> Console for Port<'_, '_, B> {
    fn read(&mut self, _: &mut [u8]) -> Result<usize, Errno> {
        Ok(0)
    }

    fn write(&mut self, _: Stream, bytes: &[u8]) -> Result<usize, Errno> {
        if self.text_left == 0 {
            return Ok(0);
        }
        let written = bytes.len().min(self.text_left).min(self.left()?);
        if written == 0 && !bytes.is_empty() {
            return Err(Errno::Again);
        }
        self.count(written)?;
        self.text_left = self.text_left.saturating_sub(written);
        write_text(self.ports.board, bytes.get(..written).unwrap_or_default());
        Ok(written)
    }
}

impl<B: Board> Clocks for Port<'_, '_, B> {
    fn now(&mut self, clock: Clock) -> Result<u64, Errno> {
        match clock {
            Clock::Monotonic => Ok(self.ports.board.now_us().saturating_mul(1000)),
            Clock::Realtime | Clock::ProcessCputime | Clock::ThreadCputime => Err(Errno::Inval),
        }
    }

    fn resolution(&mut self, clock: Clock) -> Result<u64, Errno> {
        self.now(clock).map(|_| 1000)
    }

    fn sleep(&mut self, _: u64) -> Result<(), Errno> {
        Err(Errno::Notsup)
    }
}

impl<B: Board> Random for Port<'_, '_, B> {
    fn fill(&mut self, buffer: &mut [u8]) -> Result<(), Errno> {
        if buffer.len() > MOST_RANDOM {
            return Err(Errno::Inval);
        }
        self.count(buffer.len())?;
        self.ports.board.random(buffer).map_err(|_| Errno::Nosys)
    }
}

impl<B> Startup for Port<'_, '_, B> {
    fn args(&self) -> StringBlock<'_> {
        StringBlock::EMPTY
    }

    fn environ(&self) -> StringBlock<'_> {
        StringBlock::EMPTY
    }
}

impl<B> Files for Port<'_, '_, B> {}
