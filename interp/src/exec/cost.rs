//! What instructions that handle many bytes or elements cost, and how they are cut in pieces. The same in a store and on a bare board.

/// Bytes per unit of fuel.
pub(crate) const BYTES_PER_UNIT: u32 = 64;
/// Table elements per unit of fuel.
pub(crate) const ELEMENTS_PER_UNIT: u32 = 16;
/// Units of fuel per piece: 1 MiB, or 256 Ki elements.
pub(crate) const PIECE_UNITS: u32 = 1 << 14;
