//! The fingerprint of the instruction set: what an image was compiled for must be what it runs on.
//!
//! It covers everything in the table that gives code its meaning: numbers, layouts, and the text of what rows compute. It does not depend on what a build
//! leaves out (floats, the `full` profile), so that an image compiled on a host that has everything fits a firmware that has what the image needs.

use super::Profile;
use super::derive::OP_COUNT;
use super::packed::TABLE;
use super::table::isa_table;

/// Raise it when an instruction gets another meaning by a change outside of the table: in bodies, in the layout of frames, in the encoding of fields.
const REVISION: u32 = 1;

/// The fingerprint of the instructions of a profile: equal where code means the same.
pub(crate) const fn fingerprint(profile: Profile) -> u32 {
    match profile {
        Profile::Base => const { of(false) },
        Profile::Full => const { of(true) },
    }
}

const fn of(full: bool) -> u32 {
    let mut hash = Hash::NEW.number(REVISION).number(full as u32);
    let mut number = 0;
    while number < OP_COUNT {
        let entry = &TABLE[number];
        if full || !entry.full {
            hash = hash
                .number(number as u32)
                .number(ROWS[entry.row as usize])
                .number(entry.shape as u32)
                .number(entry.key)
                .number(entry.packed.fields)
                .number(entry.packed.effects as u32);
        }
        number += 1;
    }
    hash.0
}

macro_rules! texts {
    ($( section $section:ident $kind:ident $cfg:tt $($shared:ident)? {
        base $base:tt full $full:tt rare $rare:tt
        $( $row:ident $opcode:tt $name:literal $args:tt $(-> $result:ident)? $(or $trap:ident)? $(not $inverse:ident)? {$($body:tt)*} )*
    } )*) => {
        /// Each row's text as a number, by [`RowId`](super::derive::RowId).
        const ROWS: &[u32] = &[$($(
            Hash::NEW.text(stringify!($kind $row $opcode $name $args $($result)? $($trap)? $($inverse)? {$($body)*})).0,
        )*)*];
    };
}
isa_table!(texts);

/// FNV-1a.
#[derive(Clone, Copy)]
struct Hash(u32);

impl Hash {
    const NEW: Self = Self(0x811c_9dc5);

    const fn byte(self, byte: u8) -> Self {
        Self((self.0 ^ byte as u32).wrapping_mul(0x0100_0193))
    }

    const fn number(self, number: u32) -> Self {
        let [a, b, c, d] = number.to_le_bytes();
        self.byte(a).byte(b).byte(c).byte(d)
    }

    /// Compilers may print tokens with other spaces: spaces do not count.
    const fn text(mut self, text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut index = 0;
        while index < bytes.len() {
            if !bytes[index].is_ascii_whitespace() {
                self = self.byte(bytes[index]);
            }
            index += 1;
        }
        self
    }
}

/// The fingerprints as `docs/isa.md` has them.
#[cfg(test)]
pub(super) fn summary() -> std::string::String {
    let [base, full] = [Profile::Base, Profile::Full].map(fingerprint);
    std::format!(
        "Fingerprints, which an image and the build that runs it must agree on: `base` {base:#010x}, `full` {full:#010x}."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A build with everything writes the document; this test is in every build.
    #[test]
    fn fingerprints_do_not_depend_on_features() {
        if std::env::var_os("ERMINE_BLESS").is_some() {
            return;
        }
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/isa.md");
        let document = std::fs::read_to_string(path).expect("docs/isa.md");
        assert!(document.contains(&summary()), "docs/isa.md has other fingerprints than these: {}", summary());
    }
}
