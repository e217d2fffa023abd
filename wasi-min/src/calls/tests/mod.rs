//! The calls over a port that the tests control.

mod files;
mod hostile;

use super::{clock, dir, fd, file, path, poll, process, random, sock, startup};
use crate::fake::FakePort;
use crate::types::rights;
use crate::{Access, Errno, GuestMemory, MemFs, WasiCtx};

/// One guest: its state and 4 KiB of memory.
struct Guest {
    ctx: WasiCtx<FakePort>,
    bytes: [u8; 4096],
}

impl Guest {
    fn new() -> Self {
        Self { ctx: WasiCtx::new(FakePort::new()), bytes: [0; 4096] }
    }

    /// A guest with some files: `data.txt` and `sub/` in 3, which is to be read and written, and 4, which is the same to
    /// be read only.
    fn with_files() -> Self {
        let mut port = FakePort::new();
        let mut files = MemFs::new();
        files.add_file("data.txt", b"0123456789").unwrap();
        files.add_directory("sub").unwrap();
        files.add_link("link", "data.txt").unwrap();
        files.add_link("out", "../data.txt").unwrap();
        let files = files.limit(1 << 16).dir("", "/", Access::ReadWrite).unwrap();
        port.files = files.dir("", "/ro", Access::ReadOnly).unwrap();
        Self { ctx: WasiCtx::new(port), bytes: [0; 4096] }
    }

    /// Makes a call.
    fn call(
        &mut self,
        call: impl FnOnce(&mut WasiCtx<FakePort>, &mut GuestMemory<'_>) -> Result<(), Errno>,
    ) -> Result<(), Errno> {
        call(&mut self.ctx, &mut GuestMemory::new(&mut self.bytes))
    }

    fn put(&mut self, at: usize, bytes: &[u8]) {
        self.bytes[at..at + bytes.len()].copy_from_slice(bytes);
    }

    /// Writes a vector of buffers at 1024.
    fn put_iovecs(&mut self, iovecs: &[(u32, u32)]) -> (u32, u32) {
        for (index, (ptr, len)) in iovecs.iter().enumerate() {
            self.put(1024 + index * 8, &ptr.to_le_bytes());
            self.put(1028 + index * 8, &len.to_le_bytes());
        }
        (1024, u32::try_from(iovecs.len()).unwrap())
    }

    fn u32(&self, at: usize) -> u32 {
        u32::from_le_bytes(self.bytes[at..at + 4].try_into().unwrap())
    }

    fn u64(&self, at: usize) -> u64 {
        u64::from_le_bytes(self.bytes[at..at + 8].try_into().unwrap())
    }

    fn write(&mut self, descriptor: u32, iovecs: &[(u32, u32)]) -> Result<u32, Errno> {
        let (iovs, len) = self.put_iovecs(iovecs);
        self.call(|ctx, memory| fd::fd_write(ctx, memory, descriptor, iovs, len, 16))?;
        Ok(self.u32(16))
    }

    fn read(&mut self, iovecs: &[(u32, u32)]) -> Result<u32, Errno> {
        let (iovs, len) = self.put_iovecs(iovecs);
        self.call(|ctx, memory| fd::fd_read(ctx, memory, 0, iovs, len, 16))?;
        Ok(self.u32(16))
    }

    /// Writes subscriptions at 1024, polls, and returns user data, error and kind of each event (at 2048).
    fn poll(&mut self, subscriptions: &[[u8; 48]]) -> Result<std::vec::Vec<(u64, u16, u8)>, Errno> {
        for (index, subscription) in subscriptions.iter().enumerate() {
            self.put(1024 + index * 48, subscription);
        }
        let count = u32::try_from(subscriptions.len()).unwrap();
        self.call(|ctx, memory| poll::poll_oneoff(ctx, memory, 1024, 2048, count, 16))?;
        let event = |index: usize| {
            let at = 2048 + index * 32;
            (self.u64(at), u16::from_le_bytes([self.bytes[at + 8], self.bytes[at + 9]]), self.bytes[at + 10])
        };
        Ok((0..usize::try_from(self.u32(16)).unwrap()).map(event).collect())
    }
}

fn on_clock(userdata: u64, id: u32, timeout: u64, flags: u16) -> [u8; 48] {
    let mut bytes = [0; 48];
    bytes[0..8].copy_from_slice(&userdata.to_le_bytes());
    bytes[16..20].copy_from_slice(&id.to_le_bytes());
    bytes[24..32].copy_from_slice(&timeout.to_le_bytes());
    bytes[40..42].copy_from_slice(&flags.to_le_bytes());
    bytes
}

fn on_fd(userdata: u64, kind: u8, fd: u32) -> [u8; 48] {
    let mut bytes = [0; 48];
    bytes[0..8].copy_from_slice(&userdata.to_le_bytes());
    bytes[8] = kind;
    bytes[16..20].copy_from_slice(&fd.to_le_bytes());
    bytes
}

#[test]
fn arguments_and_environment_arrive() {
    let mut guest = Guest::new();
    guest.call(|ctx, memory| startup::args_sizes_get(ctx, memory, 0, 4)).unwrap();
    assert_eq!((guest.u32(0), guest.u32(4)), (2, 8));
    guest.call(|ctx, memory| startup::args_get(ctx, memory, 8, 100)).unwrap();
    assert_eq!((guest.u32(8), guest.u32(12)), (100, 105));
    assert_eq!(&guest.bytes[100..108], b"fake\0-x\0");
    guest.call(|ctx, memory| startup::environ_sizes_get(ctx, memory, 0, 4)).unwrap();
    assert_eq!((guest.u32(0), guest.u32(4)), (1, 4));
    guest.call(|ctx, memory| startup::environ_get(ctx, memory, 8, 100)).unwrap();
    assert_eq!(&guest.bytes[100..104], b"A=b\0");
}

#[test]
fn arguments_must_fit() {
    let mut guest = Guest::new();
    assert_eq!(guest.call(|ctx, memory| startup::args_get(ctx, memory, 0, 4089)), Err(Errno::Fault));
    assert_eq!(guest.call(|ctx, memory| startup::args_get(ctx, memory, 4092, 0)), Err(Errno::Fault));
    assert_eq!(guest.call(|ctx, memory| startup::args_get(ctx, memory, u32::MAX - 3, 0)), Err(Errno::Fault));
}

#[test]
fn writes_go_out_in_order() {
    let mut guest = Guest::new();
    guest.put(0, b"hello world");
    assert_eq!(guest.write(1, &[(6, 5), (0, 0), (0, 5)]), Ok(10));
    assert_eq!(guest.write(2, &[(0, 1)]), Ok(1));
    assert_eq!(guest.ctx.port().output, b"worldhello");
    assert_eq!(guest.ctx.port().errors, b"h");
    assert_eq!(guest.ctx.port().flushes, 2);
}

#[test]
fn a_short_write_ends_the_call() {
    let mut guest = Guest::new();
    guest.put(0, b"abcdef");
    guest.ctx.port_mut().chunk = 2;
    assert_eq!(guest.write(1, &[(0, 3), (3, 3)]), Ok(2));
    assert_eq!(guest.ctx.port().output, b"ab");
}

#[test]
fn a_failing_write_tells_why() {
    let mut guest = Guest::new();
    guest.ctx.port_mut().fails = Some(Errno::Pipe);
    assert_eq!(guest.write(1, &[(0, 3)]), Err(Errno::Pipe));
}

#[test]
fn nothing_is_written_if_one_buffer_is_outside() {
    let mut guest = Guest::new();
    assert_eq!(guest.write(1, &[(0, 3), (4095, 2)]), Err(Errno::Fault));
    assert_eq!(guest.write(1, &[(0, 3), (u32::MAX, u32::MAX)]), Err(Errno::Fault));
    assert!(guest.ctx.port().output.is_empty());
    let outside = guest.call(|ctx, memory| fd::fd_write(ctx, memory, 1, 4090, 1, 0));
    assert_eq!(outside, Err(Errno::Fault));
    let many = guest.call(|ctx, memory| fd::fd_write(ctx, memory, 1, 0, 0x2000_0001, 0));
    assert_eq!(many, Err(Errno::Fault));
}

#[test]
fn nothing_is_written_if_the_result_is_outside() {
    let mut guest = Guest::new();
    let (iovs, len) = guest.put_iovecs(&[(0, 1)]);
    let result = guest.call(|ctx, memory| fd::fd_write(ctx, memory, 1, iovs, len, 4093));
    assert_eq!(result, Err(Errno::Fault));
    assert!(guest.ctx.port().output.is_empty());
}

#[test]
fn a_call_moves_a_bounded_number_of_bytes() {
    let mut bytes = std::vec![0_u8; 65536];
    let mut ctx = WasiCtx::new(FakePort::new());
    ctx.port_mut().fails = None;
    // 1025 vectors of 32 bytes: one too many.
    for index in 0..1025 {
        bytes[index * 8 + 4] = 32;
    }
    let mut memory = GuestMemory::new(&mut bytes);
    fd::fd_write(&mut ctx, &mut memory, 1, 0, 1025, 60000).unwrap();
    assert_eq!(memory.read_u32(60000), Ok(1024 * 32));
}

#[test]
fn reads_fill_buffers_in_order() {
    let mut guest = Guest::new();
    guest.ctx.port_mut().input = b"abcdef".to_vec();
    assert_eq!(guest.read(&[(100, 2), (200, 3)]), Ok(5));
    assert_eq!((&guest.bytes[100..102], &guest.bytes[200..203]), (&b"ab"[..], &b"cde"[..]));
    assert_eq!(guest.read(&[(100, 9)]), Ok(1));
    assert_eq!(guest.read(&[(100, 9)]), Ok(0));
}

#[test]
fn a_read_over_its_own_vector_stays_in_bounds() {
    let mut guest = Guest::new();
    guest.ctx.port_mut().input = [0xff; 64].to_vec();
    // The first buffer covers the second vector, which then points outside.
    assert_eq!(guest.read(&[(1032, 8), (0, 4)]), Ok(8));
}

#[test]
fn streams_go_one_way() {
    let mut guest = Guest::new();
    assert_eq!(guest.write(0, &[(0, 1)]), Err(Errno::Notcapable));
    assert_eq!(guest.write(3, &[(0, 1)]), Err(Errno::Badf));
    let result = guest.call(|ctx, memory| fd::fd_read(ctx, memory, 1, 0, 0, 0));
    assert_eq!(result, Err(Errno::Notcapable));
}

#[test]
fn a_closed_descriptor_is_bad() {
    let mut guest = Guest::new();
    guest.call(|ctx, memory| fd::fd_close(ctx, memory, 1)).unwrap();
    assert_eq!(guest.write(1, &[(0, 1)]), Err(Errno::Badf));
    assert_eq!(guest.call(|ctx, memory| fd::fd_close(ctx, memory, 1)), Err(Errno::Badf));
    assert_eq!(guest.call(|ctx, memory| fd::fd_close(ctx, memory, 9)), Err(Errno::Badf));
}

#[test]
fn a_renumbered_descriptor_keeps_its_stream() {
    let mut guest = Guest::new();
    guest.put(0, b"x");
    guest.call(|ctx, memory| fd::fd_renumber(ctx, memory, 2, 1)).unwrap();
    assert_eq!(guest.write(1, &[(0, 1)]), Ok(1));
    assert_eq!(guest.ctx.port().errors, b"x");
    assert_eq!(guest.write(2, &[(0, 1)]), Err(Errno::Badf));
}

#[test]
fn fdstat_tells_type_and_rights() {
    let mut guest = Guest::new();
    guest.call(|ctx, memory| fd::fd_fdstat_get(ctx, memory, 2, 64)).unwrap();
    assert_eq!(guest.bytes[64], 2);
    assert_ne!(guest.u64(72) & rights::FD_WRITE, 0);
    assert_eq!(guest.u64(72) & rights::FD_READ, 0);
    guest.call(|ctx, memory| fd::fd_fdstat_get(ctx, memory, 0, 64)).unwrap();
    assert_eq!(guest.bytes[64], 0);
    assert_ne!(guest.u64(72) & rights::FD_READ, 0);
}

#[test]
fn flags_stick_and_unknown_ones_are_refused() {
    let mut guest = Guest::new();
    guest.call(|ctx, memory| fd::fd_fdstat_set_flags(ctx, memory, 1, 4)).unwrap();
    guest.call(|ctx, memory| fd::fd_fdstat_get(ctx, memory, 1, 64)).unwrap();
    assert_eq!(guest.bytes[66], 4);
    assert_eq!(guest.call(|ctx, memory| fd::fd_fdstat_set_flags(ctx, memory, 1, 32)), Err(Errno::Inval));
    assert_eq!(guest.call(|ctx, memory| fd::fd_fdstat_set_flags(ctx, memory, 1, 0x1_0000)), Err(Errno::Inval));
    assert_eq!(guest.call(|ctx, memory| fd::fd_fdstat_set_flags(ctx, memory, 1, 16)), Err(Errno::Notsup));
}

#[test]
fn dropped_rights_are_gone() {
    let mut guest = Guest::new();
    guest.call(|ctx, memory| fd::fd_fdstat_set_rights(ctx, memory, 1, 0, 0)).unwrap();
    assert_eq!(guest.write(1, &[(0, 1)]), Err(Errno::Notcapable));
    let back = guest.call(|ctx, memory| fd::fd_fdstat_set_rights(ctx, memory, 1, rights::FD_WRITE, 0));
    assert_eq!(back, Err(Errno::Notcapable));
}

#[test]
fn filestat_of_a_stream_is_plain() {
    let mut guest = Guest::new();
    guest.bytes.fill(0xaa);
    guest.call(|ctx, memory| fd::fd_filestat_get(ctx, memory, 2, 64)).unwrap();
    assert_eq!(guest.bytes[80], 2);
    assert_eq!(guest.u64(64 + 32), 0);
    assert_eq!(guest.bytes[128], 0xaa);
}

#[test]
fn files_and_directories_are_absent() {
    let mut guest = Guest::new();
    assert_eq!(guest.call(|c, m| dir::fd_prestat_get(c, m, 3, 0)), Err(Errno::Badf));
    assert_eq!(guest.call(|c, m| dir::fd_prestat_dir_name(c, m, 3, 0, 0)), Err(Errno::Badf));
    assert_eq!(guest.call(|c, m| file::fd_seek(c, m, 1, 0, 0, 0)), Err(Errno::Spipe));
    assert_eq!(guest.call(|c, m| file::fd_tell(c, m, 7, 0)), Err(Errno::Badf));
    assert_eq!(guest.call(|c, m| dir::fd_readdir(c, m, 0, 0, 0, 0, 0)), Err(Errno::Notdir));
    assert_eq!(guest.call(|c, m| path::path_open(c, m, 3, 0, 0, 0, 0, 0, 0, 0, 0)), Err(Errno::Badf));
    assert_eq!(guest.call(|c, m| path::path_open(c, m, 0, 0, 0, 0, 0, 0, 0, 0, 0)), Err(Errno::Notdir));
    assert_eq!(guest.call(|c, m| path::path_rename(c, m, 9, 0, 0, 0, 0, 0)), Err(Errno::Badf));
    assert_eq!(guest.call(|c, m| sock::sock_accept(c, m, 0, 0, 0)), Err(Errno::Notsock));
    assert_eq!(guest.call(|c, m| sock::sock_shutdown(c, m, 4, 0)), Err(Errno::Badf));
}

#[test]
fn clocks_tell_time_and_step() {
    let mut guest = Guest::new();
    guest.ctx.port_mut().time = 77;
    guest.call(|c, m| clock::clock_time_get(c, m, 1, 0, 64)).unwrap();
    assert_eq!(guest.u64(64), 77);
    guest.call(|c, m| clock::clock_time_get(c, m, 0, 0, 64)).unwrap();
    assert_eq!(guest.u64(64), FakePort::EPOCH + 77);
    guest.call(|c, m| clock::clock_res_get(c, m, 0, 64)).unwrap();
    assert!(guest.u64(64) > 0);
    assert_eq!(guest.call(|c, m| clock::clock_time_get(c, m, 2, 0, 64)), Err(Errno::Inval));
    assert_eq!(guest.call(|c, m| clock::clock_time_get(c, m, 4, 0, 64)), Err(Errno::Inval));
    assert_eq!(guest.call(|c, m| clock::clock_time_get(c, m, 1, 0, 4089)), Err(Errno::Fault));
}

#[test]
fn random_bytes_fill_exactly_the_buffer() {
    let mut guest = Guest::new();
    guest.call(|c, m| random::random_get(c, m, 64, 3)).unwrap();
    assert_eq!(guest.bytes[63..68], [0, 4, 4, 4, 0]);
    assert_eq!(guest.call(|c, m| random::random_get(c, m, 4096, 0)), Ok(()));
    assert_eq!(guest.call(|c, m| random::random_get(c, m, 1, u32::MAX)), Err(Errno::Fault));
}

#[test]
fn signals_do_not_exist_and_yields_reach_the_port() {
    let mut guest = Guest::new();
    assert_eq!(guest.call(|c, m| process::proc_raise(c, m, 6)), Err(Errno::Nosys));
    assert_eq!(guest.call(|c, m| process::proc_raise(c, m, 31)), Err(Errno::Inval));
    assert_eq!(guest.call(process::sched_yield), Ok(()));
    assert_eq!(guest.ctx.port().yields, 1);
}

#[test]
fn polling_waits_for_the_earliest_clock() {
    let mut guest = Guest::new();
    let events = guest.poll(&[on_clock(7, 1, 500, 0), on_clock(8, 1, 100, 0), on_clock(9, 0, 900, 0)]);
    assert_eq!(events, Ok(std::vec![(8, 0, 0)]));
    // The fake port wakes up half way the first time: the rest is slept in a second go.
    assert_eq!(guest.ctx.port().slept, [100, 50]);
}

#[test]
fn polling_waits_for_a_point_in_time() {
    let mut guest = Guest::new();
    guest.ctx.port_mut().time = 1000;
    assert_eq!(guest.poll(&[on_clock(1, 1, 900, 1)]), Ok(std::vec![(1, 0, 0)]));
    assert!(guest.ctx.port().slept.is_empty());
    assert_eq!(guest.poll(&[on_clock(1, 0, FakePort::EPOCH + 1010, 1)]), Ok(std::vec![(1, 0, 0)]));
    assert_eq!(guest.ctx.port().time, 1010);
}

#[test]
fn polling_reports_streams_at_once() {
    let mut guest = Guest::new();
    let events = guest.poll(&[on_clock(1, 1, 500, 0), on_fd(2, 1, 0), on_fd(3, 2, 1), on_fd(4, 2, 8)]);
    assert_eq!(events, Ok(std::vec![(2, 0, 1), (3, 0, 2), (4, Errno::Badf.code(), 2)]));
    assert!(guest.ctx.port().slept.is_empty());
    assert_eq!(guest.u64(2048 + 16), 1);
}

#[test]
fn polling_reports_bad_clocks_in_their_event() {
    let mut guest = Guest::new();
    let events = guest.poll(&[on_clock(1, 9, 500, 0), on_clock(2, 1, 5, 0)]);
    assert_eq!(events, Ok(std::vec![(1, Errno::Inval.code(), 0)]));
    assert_eq!(guest.poll(&[on_clock(1, 1, 5, 2)]), Ok(std::vec![(1, Errno::Inval.code(), 0)]));
}

#[test]
fn polling_nothing_is_refused() {
    let mut guest = Guest::new();
    assert_eq!(guest.poll(&[]), Err(Errno::Inval));
    assert_eq!(guest.poll(&[on_fd(1, 3, 0)]), Err(Errno::Inval));
    let outside = guest.call(|c, m| poll::poll_oneoff(c, m, 0, 0, 0x0600_0000, 0));
    assert_eq!(outside, Err(Errno::Fault));
}
