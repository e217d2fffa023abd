//! The guests that boards are measured with, as wasm and as the images that firmware has.

use ermine::image::with_memory;
use ermine::{Config, Engine, Profile};

/// `fib(i32) -> i32`, recursive.
pub const FIB: &[u8] = include_bytes!("../tests/data/fib.wasm");

/// Six kernels, see `tests/data/kernels.c`.
pub const KERNELS: &[u8] = include_bytes!("../tests/data/kernels.wasm");

/// Memory that small boards can give the kernels, which touch less than 6 KB of theirs.
pub const SMALL_MEMORY: u32 = 8 << 10;

/// The function of the kernels that computes with floats, by its index among those with code.
const MATF32: usize = 2;

/// What the kernels return, in the order of the reports.
pub const RESULTS: [(&str, i32, u32); 7] = [
    ("fib", 24, 46_368),
    ("crc32", 20, 1_544_798_935),
    ("sieve", 10, 309),
    ("matf32", 40, 24_360),
    ("mix64", 20_000, 4_274_301_587),
    ("fsm", 20, 4_001_850_851),
    ("sort", 10, 3_174_150_582),
];

/// An image for boards.
///
/// # Panics
///
/// When the module does not compile: these do.
#[must_use]
pub fn image(wasm: &[u8], metered: bool) -> Vec<u8> {
    let mut config = Config::default();
    config.profile(Profile::Base).consume_fuel(metered);
    Engine::new(&config).precompile_module(wasm).expect("a module that compiles")
}

/// The kernels for boards without floats and with little memory: `matf32` returns 0.
#[must_use]
pub fn integer_kernels(metered: bool) -> Vec<u8> {
    let image = image(&without_body(KERNELS, MATF32), metered);
    with_memory(&image, SMALL_MEMORY).expect("a guest that does not ask for the size of its memory")
}

/// The module with `i32.const 0` as the body of a function.
fn without_body(wasm: &[u8], function: usize) -> Vec<u8> {
    const CODE: u8 = 10;
    // No locals, i32.const 0, end.
    const BODY: [u8; 5] = [4, 0, 0x41, 0, 0x0b];
    let (mut out, mut rest) = (wasm[..8].to_vec(), &wasm[8..]);
    while let [id, tail @ ..] = rest {
        let (size, content) = leb(tail);
        let (section, next) = content.split_at(size);
        let section = if *id == CODE { with_body(section, function, &BODY) } else { section.to_vec() };
        out.push(*id);
        write_leb(&mut out, section.len());
        out.extend(section);
        rest = next;
    }
    out
}

/// A code section with another body for one function.
fn with_body(section: &[u8], function: usize, body: &[u8]) -> Vec<u8> {
    let (count, mut rest) = leb(section);
    let mut out = Vec::new();
    write_leb(&mut out, count);
    for index in 0..count {
        let (size, content) = leb(rest);
        let end = rest.len() - content.len() + size;
        out.extend(if index == function { body } else { &rest[..end] });
        rest = &rest[end..];
    }
    out
}

fn leb(bytes: &[u8]) -> (usize, &[u8]) {
    let length = 1 + bytes.iter().take_while(|byte| **byte & 0x80 != 0).count();
    let value = bytes[..length].iter().rev().fold(0, |value, byte| value << 7 | usize::from(byte & 0x7f));
    (value, &bytes[length..])
}

fn write_leb(out: &mut Vec<u8>, mut value: usize) {
    while value > 0x7f {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}
