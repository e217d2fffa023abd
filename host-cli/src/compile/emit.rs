//! Images as source text: a constant that is aligned as images have to be.

use ermine::image::Inspection;
use std::fmt::Write as _;

/// An image to be written as a constant.
pub(super) struct Constant<'a> {
    /// What it is called.
    pub(super) name: String,
    /// The module that it was made of.
    pub(super) of: &'a str,
    pub(super) image: &'a Inspection,
    pub(super) bytes: &'a [u8],
}

/// Bytes in a line of text.
const PER_LINE: usize = 32;

impl Constant<'_> {
    /// A static of type `&[u8]`. Its bytes are one literal, which compiles in no time.
    pub(super) fn rust(&self) -> String {
        let mut text = format!(
            "{}\n\
             /// {}\n\
             pub static {}: &[u8] = {{\n    \
             #[repr(C, align(4))]\n    \
             struct Aligned([u8; {}]);\n    \
             static IMAGE: Aligned = Aligned(*b\"\\\n",
            self.warning(),
            self.describe(),
            self.name,
            self.bytes.len(),
        );
        for line in self.bytes.chunks(PER_LINE) {
            line.iter().for_each(|byte| hex(&mut text, "\\x", *byte, ""));
            text.push_str("\\\n");
        }
        text + "\");\n    &IMAGE.0\n};\n"
    }

    /// An array and its length, as C11 has them.
    pub(super) fn c(&self) -> String {
        let mut text = format!(
            "{}\
             // {} C11.\n\
             _Alignas(4) const unsigned char {}[{}] = {{\n",
            self.warning(),
            self.describe(),
            self.name,
            self.bytes.len(),
        );
        for line in self.bytes.chunks(PER_LINE) {
            text.push_str("    ");
            line.iter().for_each(|byte| hex(&mut text, "0x", *byte, ","));
            text.push('\n');
        }
        // Writing to a string cannot fail.
        let _ = writeln!(text, "}};\nconst unsigned int {}_len = {};", self.name, self.bytes.len());
        text
    }

    /// A line for those who are about to edit the file.
    fn warning(&self) -> String {
        let of = self.of.escape_debug();
        format!("// Written from {of} by `ermine compile`: edit the module, not this file.\n")
    }

    fn describe(&self) -> String {
        let profile = if self.image.is_full() { "full" } else { "base" };
        let metered = if self.image.is_metered() { ", metered" } else { "" };
        format!(
            "An image of {} bytes, {profile} profile{metered}, checksum {:08x}.",
            self.bytes.len(),
            self.image.checksum()
        )
    }
}

fn hex(text: &mut String, before: &str, byte: u8, after: &str) {
    // Writing to a string cannot fail.
    let _ = write!(text, "{before}{byte:02x}{after}");
}

/// A name for a constant, as close to `name` as letters, digits and `_` allow.
pub(super) fn identifier(name: &str) -> String {
    let plain: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    let usable = plain.starts_with(|first: char| first.is_ascii_alphabetic());
    if usable { plain } else { format!("image_{plain}") }
}

#[cfg(test)]
mod tests {
    use super::identifier;

    #[test]
    fn names_become_identifiers() {
        assert_eq!(identifier("blinky"), "blinky");
        assert_eq!(identifier("hello-w\u{f6}rld.v2"), "hello_w_rld_v2");
        assert_eq!(identifier("2048"), "image_2048");
        assert_eq!(identifier(""), "image_");
    }
}
