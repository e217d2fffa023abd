//! Numbers that follow from an input, so that it needs no bytes for each choice and a regression stays the file that it is.

use ermine::ValType;
use ermine_tests::mutations::Rng;

use crate::value::Word;

/// Numbers that belong to these bytes: the same in every run.
#[must_use]
pub fn of(bytes: &[u8]) -> Rng {
    Rng::new(crate::hash(bytes), bytes.len() as u64)
}

/// Integers at the edges of what operators distinguish.
const EDGES: [u64; 20] = [
    0,
    1,
    2,
    7,
    31,
    32,
    63,
    64,
    0x7f,
    0x80,
    0xffff,
    0x7fff_ffff,
    0x8000_0000,
    0xffff_ffff,
    1 << 32,
    i64::MAX as u64,
    i64::MIN as u64,
    u64::MAX,
    u64::MAX - 1,
    0x8000_0000_8000_0000,
];

/// Floats at the edges: zeros, subnormals, infinities, the limits of conversions, NaN.
const FLOATS: [f64; 24] = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    -0.5,
    1.5,
    2.5,
    -0.999_999_9,
    f64::MIN_POSITIVE,
    f64::MAX,
    f64::MIN,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::NAN,
    2_147_483_647.0,
    2_147_483_648.0,
    -2_147_483_649.0,
    4_294_967_296.0,
    9_223_372_036_854_775_808.0,
    -9_223_372_036_854_775_808.0,
    18_446_744_073_709_551_616.0,
    4_503_599_627_370_497.5,
    1e-310,
];

/// A value of a type: mostly one at an edge. References are null.
pub fn word(rng: &mut Rng, ty: ValType) -> Word {
    let any = rng.number();
    let edge = rng.once_in(2);
    match ty {
        ValType::I32 | ValType::I64 => Word::new(ty, if edge { rng.one_of(&EDGES) } else { any >> rng.below(64) }),
        ValType::F32 if edge => Word::new(ty, u64::from((rng.one_of(&FLOATS) as f32).to_bits())),
        ValType::F64 if edge => Word::new(ty, rng.one_of(&FLOATS).to_bits()),
        ValType::F32 | ValType::F64 => Word::new(ty, any),
        ValType::FuncRef | ValType::ExternRef => Word::Null,
    }
}
