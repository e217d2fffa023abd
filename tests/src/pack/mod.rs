//! Packs: what firmware has in flash to check itself with. `boards/probe/checks` has their format and runs them.

pub mod same;
pub mod spec;

use std::fmt;

use ermine::image::Image;
use ermine_checks::console::Console;

/// Bytes that start at a multiple of 8, as images and arenas must.
#[derive(Clone, Default)]
pub struct Aligned {
    words: Vec<u64>,
    length: usize,
}

impl Aligned {
    /// A copy of these bytes.
    pub fn new(bytes: &[u8]) -> Self {
        let words = bytes.chunks(8).map(|chunk| {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            u64::from_ne_bytes(word)
        });
        Self { words: words.collect(), length: bytes.len() }
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        #[expect(unsafe_code, reason = "sees words as bytes")]
        // SAFETY: any word is eight bytes, and there are no more bytes than words have.
        unsafe {
            std::slice::from_raw_parts(self.words.as_ptr().cast(), self.length)
        }
    }
}

/// A console that keeps what is written.
#[derive(Default)]
pub struct Kept(Vec<u8>);

impl Console for Kept {
    fn bytes(&mut self, bytes: &[u8]) {
        self.0.extend(bytes);
    }
}

impl fmt::Display for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.0))
    }
}

/// Writes words, and bytes behind their length.
#[derive(Default)]
struct Writer(Vec<u8>);

impl Writer {
    fn word(&mut self, word: u32) {
        self.0.extend(word.to_le_bytes());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.word(u32::try_from(bytes.len()).expect("less than 4 GiB"));
        self.0.extend(bytes);
        self.0.resize(self.0.len().next_multiple_of(4), 0);
    }
}

/// Looks at an image.
fn with_image<T>(image: &Aligned, look: impl FnOnce(Image<'_>) -> T) -> T {
    let words = Image::scratch_words(image.bytes()).expect("an image");
    look(Image::verify(image.bytes(), &mut vec![0; words]).expect("an image that the verifier accepts"))
}
