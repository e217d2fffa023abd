//! Waiting for the host's streams and sockets, with `poll`.

use super::host_files::{HostFiles, Item};
use crate::{Errno, Interest, Readiness, Stream, Watch};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno as Host;
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::time::Duration;
use std::vec::Vec;

/// The longest single wait, so that a clock that is set does not leave a guest waiting.
const LONGEST: Duration = Duration::from_secs(3600);

/// Whether a read of standard input, or a write to the others, would wait.
pub(super) fn stream_ready(stream: Stream) -> Result<Readiness, Errno> {
    match stream {
        Stream::Stdin => look(io::stdin().as_fd(), Interest::Read),
        Stream::Stdout => look(io::stdout().as_fd(), Interest::Write),
        Stream::Stderr => look(io::stderr().as_fd(), Interest::Write),
    }
}

/// Whether a read or write would wait.
pub(super) fn ready(item: &Item, interest: Interest) -> Result<Readiness, Errno> {
    match item {
        // They never wait, whatever `poll` has to say of them.
        Item::Directory(_) => Ok(Readiness::NOW),
        Item::File(file) => look(file.as_fd(), interest),
        Item::Listener(listener) => look(listener.as_fd(), interest),
        Item::Connection(stream) => look(stream.as_fd(), interest),
    }
}

fn look(fd: BorrowedFd<'_>, interest: Interest) -> Result<Readiness, Errno> {
    let mut fds = [PollFd::from_borrowed_fd(fd, flags(interest))];
    loop {
        match poll(&mut fds, Some(&Timespec { tv_sec: 0, tv_nsec: 0 })) {
            Err(Host::INTR) => {}
            Err(_) => return Err(Errno::Io),
            Ok(_) => break,
        }
    }
    let seen = fds[0].revents();
    if seen.contains(PollFlags::NVAL) {
        return Err(Errno::Badf);
    }
    if seen.is_empty() {
        return Ok(Readiness::Waits);
    }
    let bytes = match interest {
        Interest::Read => rustix::io::ioctl_fionread(fd).unwrap_or(1),
        Interest::Write => 1,
    };
    Ok(Readiness::Ready { bytes, hangup: seen.contains(PollFlags::HUP) })
}

/// Waits until one of them is ready, or the time is over.
pub(super) fn wait(files: &HostFiles, nanoseconds: u64, watched: &[Watch]) -> Result<(), Errno> {
    let (stdin, stdout, stderr) = (io::stdin(), io::stdout(), io::stderr());
    let mut fds = Vec::with_capacity(watched.len());
    for watch in watched {
        let (fd, interest) = match watch {
            Watch::Stream(Stream::Stdin) => (stdin.as_fd(), Interest::Read),
            Watch::Stream(Stream::Stdout) => (stdout.as_fd(), Interest::Write),
            Watch::Stream(Stream::Stderr) => (stderr.as_fd(), Interest::Write),
            Watch::Node(node, interest) => match files.item(*node)? {
                Item::Directory(_) => continue,
                Item::File(file) => (file.as_fd(), *interest),
                Item::Listener(listener) => (listener.as_fd(), *interest),
                Item::Connection(stream) => (stream.as_fd(), *interest),
            },
        };
        fds.push(PollFd::from_borrowed_fd(fd, flags(interest)));
    }
    let timeout = Timespec::try_from(Duration::from_nanos(nanoseconds).min(LONGEST)).map_err(|_| Errno::Inval)?;
    match poll(&mut fds, Some(&timeout)) {
        // The caller looks again.
        Ok(_) | Err(Host::INTR) => Ok(()),
        Err(_) => Err(Errno::Io),
    }
}

fn flags(interest: Interest) -> PollFlags {
    match interest {
        Interest::Read => PollFlags::IN,
        Interest::Write => PollFlags::OUT,
    }
}
