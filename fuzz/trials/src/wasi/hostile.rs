//! Calls with any arguments.

use ermine_wasi::{Access, FUNCTIONS, MemFs};

use super::guest::{Guest, MEMORY};
use crate::bytes::Bytes;

/// Calls of one input.
const CALLS: usize = 200;
/// Arguments that a function has at most.
const MOST_ARGUMENTS: usize = 9;
/// Bytes that all files may have.
const LIMIT: usize = 1 << 16;

/// Numbers at the edges of memory, descriptors and flags.
const EDGES: [u64; 16] = [
    0,
    1,
    2,
    3,
    4,
    5,
    64,
    MEMORY as u64 - 8,
    MEMORY as u64 - 1,
    MEMORY as u64,
    0x7fff_ffff,
    0x8000_0000,
    0xffff_fff8,
    0xffff_ffff,
    1 << 32,
    u64::MAX,
];

/// What guests may see, and what is beside it.
fn files() -> MemFs {
    let mut files = MemFs::new();
    files.add_file("in/data", b"0123456789").expect("a free name");
    files.add_directory("in/sub/deep").expect("a free name");
    files.add_link("in/link", "sub/../data").expect("a free name");
    files.add_link("in/out", "../secret").expect("a free name");
    files.add_link("in/round", "round").expect("a free name");
    files.add_file("secret", b"secret").expect("a free name");
    let files = files.limit(LIMIT).dir("in", "/", Access::ReadWrite).expect("a directory");
    files.dir("in", "/ro", Access::ReadOnly).expect("a directory")
}

/// Makes calls until the input ends.
pub(super) fn run(bytes: &mut Bytes<'_>) {
    let mut guest = guest();
    calls(&mut guest, bytes);
    end(guest);
}

/// A guest with paths in its memory.
pub(super) fn guest() -> Guest {
    let mut guest = Guest::new(files());
    guest.put(64, b"data\0sub/deep\0../secret\0link\0out\0round\0./sub//x\0\xff\xfe");
    guest
}

/// Whatever calls say, they come back. Too long a sleep is none: time passes by itself.
pub(super) fn calls(guest: &mut Guest, bytes: &mut Bytes<'_>) {
    for _ in 0..CALLS {
        if bytes.is_empty() {
            break;
        }
        if bytes.below(4) == 0 {
            let at = bytes.below(256) as u32;
            guest.put(at, bytes.take(8));
        }
        let function = &FUNCTIONS[bytes.below(FUNCTIONS.len())];
        let mut arguments = [0; MOST_ARGUMENTS];
        for argument in &mut arguments[..function.params.len()] {
            *argument = match bytes.below(4) {
                0 => bytes.number(),
                1 => bytes.one_of(&EDGES),
                _ => bytes.byte().into(),
            };
        }
        let _ = guest.call(function, &arguments[..function.params.len()]);
    }
}

/// What lies beside the guest's directories has not changed.
pub(super) fn end(guest: Guest) {
    let files = guest.into_files();
    assert_eq!(files.contents("secret"), Some(&b"secret"[..]), "what the guest was not given has changed");
}
