//! The CRC-32 of IEEE 802.3, as zlib computes it, over words. Boards take four bits at a time with a table of 64 bytes, hosts a word with 4 KB.

/// Bits at a time.
const STEP: u32 = if cfg!(feature = "alloc") { 8 } else { 4 };
/// Tables: one for each step of a word, or one for all.
const TABLES: usize = if cfg!(feature = "alloc") { 4 } else { 1 };
const ENTRIES: usize = 1 << STEP;

/// The checksum of these words.
pub(crate) fn checksum(words: &[u32]) -> u32 {
    let mut crc = u32::MAX;
    for &word in words {
        crc = step(crc ^ word);
    }
    !crc
}

/// The remainder a word later, in one go: each byte has a table that takes it all the way.
#[cfg(feature = "alloc")]
fn step(crc: u32) -> u32 {
    let [a, b, c, d] = crc.to_le_bytes();
    entry(3, a) ^ entry(2, b) ^ entry(1, c) ^ entry(0, d)
}

/// The remainder a word later, in eight steps.
#[cfg(not(feature = "alloc"))]
fn step(mut crc: u32) -> u32 {
    for _ in 0..u32::BITS / STEP {
        crc = crc >> STEP ^ entry(0, crc as u8 & (ENTRIES - 1) as u8);
    }
    crc
}

fn entry(table: usize, index: u8) -> u32 {
    // There is an entry for each index that can come.
    CRC.get(table).and_then(|table| table.get(usize::from(index))).copied().unwrap_or(0)
}

/// What the bits of an index do to the remainder: right away, or with more zero bytes behind them.
static CRC: [[u32; ENTRIES]; TABLES] = {
    let mut tables = [[0; ENTRIES]; TABLES];
    let mut index = 0;
    while index < ENTRIES {
        let mut crc = index as u32;
        let mut table = 0;
        while table < TABLES {
            let mut bit = 0;
            while bit < STEP {
                crc = if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
                bit += 1;
            }
            tables[table][index] = crc;
            table += 1;
        }
        index += 1;
    }
    tables
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_that_of_zlib() {
        // zlib.crc32(b"12345678")
        let words = [u32::from_le_bytes(*b"1234"), u32::from_le_bytes(*b"5678")];
        assert_eq!(checksum(&words), 0x9ae0_daaf);
    }
}
