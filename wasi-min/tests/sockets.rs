//! Sockets of the host: a listener that is open when the guest starts, and connections to it.
#![cfg(all(feature = "dirs", unix))]

use ermine_wasi::calls::{fd, poll, sock};
use ermine_wasi::{Errno, GuestMemory, HostFiles, StdPort, WasiCtx};
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};

/// A guest with a listener as descriptor 3.
struct Guest {
    ctx: WasiCtx<StdPort>,
    bytes: [u8; 1024],
    address: SocketAddr,
}

impl Guest {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let port = StdPort::new().files(HostFiles::new().listener(listener));
        Self { ctx: WasiCtx::new(port), bytes: [0; 1024], address }
    }

    fn call(
        &mut self,
        call: impl FnOnce(&mut WasiCtx<StdPort>, &mut GuestMemory<'_>) -> Result<(), Errno>,
    ) -> Result<(), Errno> {
        call(&mut self.ctx, &mut GuestMemory::new(&mut self.bytes))
    }

    fn u32(&self, at: usize) -> u32 {
        u32::from_le_bytes(self.bytes[at..at + 4].try_into().unwrap())
    }

    /// A vector of two buffers of four bytes, at 64 and 68.
    fn put_iovecs(&mut self) {
        for (at, value) in [(0, 64_u32), (4, 4), (8, 68), (12, 4)] {
            self.bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
        }
    }

    fn accept(&mut self, flags: u32) -> Result<u32, Errno> {
        self.call(|c, m| sock::sock_accept(c, m, 3, flags, 16))?;
        Ok(self.u32(16))
    }

    fn receive(&mut self, socket: u32, flags: u32) -> Result<u32, Errno> {
        self.put_iovecs();
        self.call(|c, m| sock::sock_recv(c, m, socket, 0, 2, flags, 16, 20))?;
        Ok(self.u32(16))
    }

    /// Waits at most 50 ms for a descriptor to be read; the kinds of the events.
    fn poll(&mut self, socket: u32) -> Vec<u8> {
        let mut subscriptions = [0; 96];
        subscriptions[16] = 1;
        subscriptions[24..32].copy_from_slice(&50_000_000_u64.to_le_bytes());
        subscriptions[56] = 1;
        subscriptions[64..68].copy_from_slice(&socket.to_le_bytes());
        self.bytes[200..296].copy_from_slice(&subscriptions);
        self.call(|c, m| poll::poll_oneoff(c, m, 200, 400, 2, 16)).unwrap();
        (0..usize::try_from(self.u32(16)).unwrap()).map(|event| self.bytes[400 + event * 32 + 10]).collect()
    }
}

#[test]
fn a_connection_is_accepted_and_talked_to() {
    let mut guest = Guest::new();
    assert_eq!(guest.poll(3), [0]);
    let mut peer = TcpStream::connect(guest.address).unwrap();
    assert_eq!(guest.poll(3), [1]);
    let socket = guest.accept(0).unwrap();
    assert_eq!(guest.poll(socket), [0]);
    peer.write_all(b"hello").unwrap();
    assert_eq!(guest.poll(socket), [1]);
    // Peeked at, the bytes stay.
    assert_eq!(guest.receive(socket, 1), Ok(4));
    assert_eq!(guest.receive(socket, 0), Ok(5));
    assert_eq!(&guest.bytes[64..69], b"hello");
    guest.call(|c, m| sock::sock_send(c, m, socket, 0, 2, 0, 16)).unwrap();
    guest.call(|c, m| sock::sock_shutdown(c, m, socket, 2)).unwrap();
    let mut answer = Vec::new();
    peer.read_to_end(&mut answer).unwrap();
    assert_eq!(answer, b"hello\0\0\0");
    drop(peer);
    assert_eq!(guest.receive(socket, 0), Ok(0));
    guest.call(|c, m| fd::fd_close(c, m, socket)).unwrap();
    assert_eq!(guest.receive(socket, 0), Err(Errno::Badf));
}

#[test]
fn sockets_that_do_not_wait_say_again() {
    let mut guest = Guest::new();
    guest.call(|c, m| fd::fd_fdstat_set_flags(c, m, 3, 4)).unwrap();
    assert_eq!(guest.accept(4), Err(Errno::Again));
    let _peer = TcpStream::connect(guest.address).unwrap();
    assert_eq!(guest.poll(3), [1]);
    let socket = guest.accept(4).unwrap();
    assert_eq!(guest.receive(socket, 0), Err(Errno::Again));
}

#[test]
fn a_listener_only_accepts() {
    let mut guest = Guest::new();
    assert_eq!(guest.receive(3, 0), Err(Errno::Notcapable));
    assert_eq!(guest.receive(1, 0), Err(Errno::Notsock));
    assert_eq!(guest.call(|c, m| sock::sock_shutdown(c, m, 3, 4)), Err(Errno::Inval));
    let _peer = TcpStream::connect(guest.address).unwrap();
    let socket = guest.accept(0).unwrap();
    let again = guest.call(|c, m| sock::sock_accept(c, m, socket, 0, 16));
    assert_eq!(again, Err(Errno::Notcapable));
    assert_eq!(guest.call(|c, m| ermine_wasi::calls::file::fd_tell(c, m, socket, 16)), Err(Errno::Spipe));
}
