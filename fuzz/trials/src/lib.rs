//! What must hold of any module, image or argument: one function for each fuzz target, over plain bytes.
//!
//! A function panics if what it claims does not hold. `cargo fuzz` calls it with what it makes up, the test `regressions` with the files that were
//! once found. Everything follows from the bytes: what is called, with which arguments, in which modes.

pub mod allocator;
pub mod board;
pub mod bytes;
pub mod decode;
pub mod dictionaries;
pub mod execute;
pub mod host;
pub mod image;
pub mod lend;
pub mod limits;
pub mod record;
pub mod rng;
pub mod run;
pub mod single_op;
pub mod text;
pub mod translate;
pub mod value;
pub mod wasi;

/// A custom section at the end of modules whose maker has made every NaN canonical: their floats can be compared bit by bit.
pub const CANONICAL: &[u8] = b"\0\x0e\x0dcanonical NaN";

/// What the fuzz target of this name claims; nothing for targets that need more than this crate has.
#[must_use]
pub fn by_name(target: &str) -> Option<fn(&[u8])> {
    Some(match target {
        "board" => board::board,
        "decode" => decode::decode,
        "execute" => execute::execute,
        "image" => image::image,
        "limits" => limits::limits,
        "single_op" => single_op::single_op,
        "suspend" => execute::suspend,
        "text" => text::text,
        "translate" => translate::translate,
        "wasi" => wasi::wasi,
        _ => return None,
    })
}

/// A hash of bytes (FNV-1a, eight bytes at a time).
#[must_use]
pub fn hash(bytes: &[u8]) -> u64 {
    let step = |hash: u64, number: u64| (hash ^ number).wrapping_mul(0x0100_0000_01b3).rotate_left(23);
    let (words, rest) = bytes.as_chunks::<8>();
    let hash = words.iter().fold(0xcbf2_9ce4_8422_2325, |hash, word| step(hash, u64::from_le_bytes(*word)));
    rest.iter().fold(hash, |hash, &byte| step(hash, byte.into()))
}
