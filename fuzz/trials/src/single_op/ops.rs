//! What each numeric operator does, in Rust: written from the specification (section 4.3), not from the engine's table.

use std::cmp::Ordering;

use ermine::{Trap, ValType};

use super::number::Number;

/// An operator.
pub(super) struct Op {
    /// Its name.
    pub(super) name: &'static str,
    /// Its opcode.
    pub(super) code: &'static [u8],
    /// The types of its operands.
    pub(super) params: &'static [ValType],
    /// The type of its result.
    pub(super) result: ValType,
    /// The bits of its result.
    pub(super) eval: fn(&[u64]) -> Result<u64, Trap>,
}

impl Op {
    /// Whether bits are a result of the operator, given those of the model. What a NaN of arithmetic looks like is left open, but for its first bit.
    pub(super) fn is_right(&self, expected: u64, actual: u64) -> bool {
        let keeps_bits =
            ["abs", "neg", "copysign", "reinterpret", "select"].iter().any(|word| self.name.contains(word));
        expected == actual || !keeps_bits && is_nan(self.result, expected) && is_quiet_nan(self.result, actual)
    }
}

fn is_nan(ty: ValType, bits: u64) -> bool {
    match ty {
        ValType::F32 => f32::of(bits).is_nan(),
        ValType::F64 => f64::of(bits).is_nan(),
        ValType::I32 | ValType::I64 | ValType::FuncRef | ValType::ExternRef => false,
    }
}

fn is_quiet_nan(ty: ValType, bits: u64) -> bool {
    let quiet = if ty == ValType::F32 { 1 << 22 } else { 1 << 51 };
    is_nan(ty, bits) && bits & quiet != 0
}

fn nonzero(is_nonzero: bool) -> Result<(), Trap> {
    if is_nonzero { Ok(()) } else { Err(Trap::IntegerDivisionByZero) }
}

/// Whether a float can be converted to integers from `min` to below `end`. `f64` has all these numbers, and all of `f32`.
fn trunc(float: f64, min: f64, end: f64) -> Result<(), Trap> {
    match float.trunc() {
        float if float.is_nan() => Err(Trap::BadConversionToInteger),
        float if float >= min && float < end => Ok(()),
        _ => Err(Trap::IntegerOverflow),
    }
}

/// The smaller one; -0 is smaller than 0.
fn minimum(a: f64, b: f64) -> f64 {
    match a.partial_cmp(&b) {
        None => f64::NAN,
        Some(Ordering::Less) => a,
        Some(Ordering::Equal) => f64::from_bits(a.to_bits() | b.to_bits()),
        Some(Ordering::Greater) => b,
    }
}

/// The larger one.
fn maximum(a: f64, b: f64) -> f64 {
    -minimum(-a, -b)
}

macro_rules! ops {
    ($($name:literal [$($code:literal),*] ($($param:ident: $ty:ty),*) -> $result:ident $(or $trap:ident)? { $($body:tt)* })*) => {
        /// All numeric operators, and `select` for each type.
        pub(super) const OPS: &[Op] = &[$(Op {
            name: $name,
            code: &[$($code),*],
            params: &[$(<$ty as Number>::TYPE),*],
            result: <$result as Number>::TYPE,
            eval: |bits| {
                let mut bits = bits.iter().copied();
                $(let $param = <$ty as Number>::of(bits.next().unwrap_or(0));)*
                let result: $result = value!($($trap)? { $($body)* });
                Ok(result.bits())
            },
        }),*];
    };
}

macro_rules! value {
    ({ $($body:tt)* }) => { { $($body)* } };
    ($trap:ident { $($body:tt)* }) => { (|| -> Result<_, $trap> { $($body)* })()? };
}

ops! {
    "i32.eqz" [0x45] (a: u32) -> u32 { u32::from(a == 0) }
    "i32.eq" [0x46] (a: u32, b: u32) -> u32 { u32::from(a == b) }
    "i32.ne" [0x47] (a: u32, b: u32) -> u32 { u32::from(a != b) }
    "i32.lt_s" [0x48] (a: i32, b: i32) -> u32 { u32::from(a < b) }
    "i32.lt_u" [0x49] (a: u32, b: u32) -> u32 { u32::from(a < b) }
    "i32.gt_s" [0x4a] (a: i32, b: i32) -> u32 { u32::from(a > b) }
    "i32.gt_u" [0x4b] (a: u32, b: u32) -> u32 { u32::from(a > b) }
    "i32.le_s" [0x4c] (a: i32, b: i32) -> u32 { u32::from(a <= b) }
    "i32.le_u" [0x4d] (a: u32, b: u32) -> u32 { u32::from(a <= b) }
    "i32.ge_s" [0x4e] (a: i32, b: i32) -> u32 { u32::from(a >= b) }
    "i32.ge_u" [0x4f] (a: u32, b: u32) -> u32 { u32::from(a >= b) }
    "i64.eqz" [0x50] (a: u64) -> u32 { u32::from(a == 0) }
    "i64.eq" [0x51] (a: u64, b: u64) -> u32 { u32::from(a == b) }
    "i64.ne" [0x52] (a: u64, b: u64) -> u32 { u32::from(a != b) }
    "i64.lt_s" [0x53] (a: i64, b: i64) -> u32 { u32::from(a < b) }
    "i64.lt_u" [0x54] (a: u64, b: u64) -> u32 { u32::from(a < b) }
    "i64.gt_s" [0x55] (a: i64, b: i64) -> u32 { u32::from(a > b) }
    "i64.gt_u" [0x56] (a: u64, b: u64) -> u32 { u32::from(a > b) }
    "i64.le_s" [0x57] (a: i64, b: i64) -> u32 { u32::from(a <= b) }
    "i64.le_u" [0x58] (a: u64, b: u64) -> u32 { u32::from(a <= b) }
    "i64.ge_s" [0x59] (a: i64, b: i64) -> u32 { u32::from(a >= b) }
    "i64.ge_u" [0x5a] (a: u64, b: u64) -> u32 { u32::from(a >= b) }
    "f32.eq" [0x5b] (a: f32, b: f32) -> u32 { u32::from(a == b) }
    "f32.ne" [0x5c] (a: f32, b: f32) -> u32 { u32::from(a != b) }
    "f32.lt" [0x5d] (a: f32, b: f32) -> u32 { u32::from(a < b) }
    "f32.gt" [0x5e] (a: f32, b: f32) -> u32 { u32::from(a > b) }
    "f32.le" [0x5f] (a: f32, b: f32) -> u32 { u32::from(a <= b) }
    "f32.ge" [0x60] (a: f32, b: f32) -> u32 { u32::from(a >= b) }
    "f64.eq" [0x61] (a: f64, b: f64) -> u32 { u32::from(a == b) }
    "f64.ne" [0x62] (a: f64, b: f64) -> u32 { u32::from(a != b) }
    "f64.lt" [0x63] (a: f64, b: f64) -> u32 { u32::from(a < b) }
    "f64.gt" [0x64] (a: f64, b: f64) -> u32 { u32::from(a > b) }
    "f64.le" [0x65] (a: f64, b: f64) -> u32 { u32::from(a <= b) }
    "f64.ge" [0x66] (a: f64, b: f64) -> u32 { u32::from(a >= b) }
    "i32.clz" [0x67] (a: u32) -> u32 { a.leading_zeros() }
    "i32.ctz" [0x68] (a: u32) -> u32 { a.trailing_zeros() }
    "i32.popcnt" [0x69] (a: u32) -> u32 { a.count_ones() }
    "i32.add" [0x6a] (a: u32, b: u32) -> u32 { a.wrapping_add(b) }
    "i32.sub" [0x6b] (a: u32, b: u32) -> u32 { a.wrapping_sub(b) }
    "i32.mul" [0x6c] (a: u32, b: u32) -> u32 { a.wrapping_mul(b) }
    "i32.div_s" [0x6d] (a: i32, b: i32) -> i32 or Trap { nonzero(b != 0)?; a.checked_div(b).ok_or(Trap::IntegerOverflow) }
    "i32.div_u" [0x6e] (a: u32, b: u32) -> u32 or Trap { nonzero(b != 0)?; Ok(a / b) }
    "i32.rem_s" [0x6f] (a: i32, b: i32) -> i32 or Trap { nonzero(b != 0)?; Ok(a.wrapping_rem(b)) }
    "i32.rem_u" [0x70] (a: u32, b: u32) -> u32 or Trap { nonzero(b != 0)?; Ok(a % b) }
    "i32.and" [0x71] (a: u32, b: u32) -> u32 { a & b }
    "i32.or" [0x72] (a: u32, b: u32) -> u32 { a | b }
    "i32.xor" [0x73] (a: u32, b: u32) -> u32 { a ^ b }
    "i32.shl" [0x74] (a: u32, b: u32) -> u32 { a.wrapping_shl(b) }
    "i32.shr_s" [0x75] (a: i32, b: u32) -> i32 { a.wrapping_shr(b) }
    "i32.shr_u" [0x76] (a: u32, b: u32) -> u32 { a.wrapping_shr(b) }
    "i32.rotl" [0x77] (a: u32, b: u32) -> u32 { a.rotate_left(b % 32) }
    "i32.rotr" [0x78] (a: u32, b: u32) -> u32 { a.rotate_right(b % 32) }
    "i64.clz" [0x79] (a: u64) -> u64 { a.leading_zeros().into() }
    "i64.ctz" [0x7a] (a: u64) -> u64 { a.trailing_zeros().into() }
    "i64.popcnt" [0x7b] (a: u64) -> u64 { a.count_ones().into() }
    "i64.add" [0x7c] (a: u64, b: u64) -> u64 { a.wrapping_add(b) }
    "i64.sub" [0x7d] (a: u64, b: u64) -> u64 { a.wrapping_sub(b) }
    "i64.mul" [0x7e] (a: u64, b: u64) -> u64 { a.wrapping_mul(b) }
    "i64.div_s" [0x7f] (a: i64, b: i64) -> i64 or Trap { nonzero(b != 0)?; a.checked_div(b).ok_or(Trap::IntegerOverflow) }
    "i64.div_u" [0x80] (a: u64, b: u64) -> u64 or Trap { nonzero(b != 0)?; Ok(a / b) }
    "i64.rem_s" [0x81] (a: i64, b: i64) -> i64 or Trap { nonzero(b != 0)?; Ok(a.wrapping_rem(b)) }
    "i64.rem_u" [0x82] (a: u64, b: u64) -> u64 or Trap { nonzero(b != 0)?; Ok(a % b) }
    "i64.and" [0x83] (a: u64, b: u64) -> u64 { a & b }
    "i64.or" [0x84] (a: u64, b: u64) -> u64 { a | b }
    "i64.xor" [0x85] (a: u64, b: u64) -> u64 { a ^ b }
    "i64.shl" [0x86] (a: u64, b: u64) -> u64 { a.wrapping_shl(b as u32) }
    "i64.shr_s" [0x87] (a: i64, b: u64) -> i64 { a.wrapping_shr(b as u32) }
    "i64.shr_u" [0x88] (a: u64, b: u64) -> u64 { a.wrapping_shr(b as u32) }
    "i64.rotl" [0x89] (a: u64, b: u64) -> u64 { a.rotate_left((b % 64) as u32) }
    "i64.rotr" [0x8a] (a: u64, b: u64) -> u64 { a.rotate_right((b % 64) as u32) }
    "f32.abs" [0x8b] (a: f32) -> f32 { a.abs() }
    "f32.neg" [0x8c] (a: f32) -> f32 { -a }
    "f32.ceil" [0x8d] (a: f32) -> f32 { a.ceil() }
    "f32.floor" [0x8e] (a: f32) -> f32 { a.floor() }
    "f32.trunc" [0x8f] (a: f32) -> f32 { a.trunc() }
    "f32.nearest" [0x90] (a: f32) -> f32 { a.round_ties_even() }
    "f32.sqrt" [0x91] (a: f32) -> f32 { a.sqrt() }
    "f32.add" [0x92] (a: f32, b: f32) -> f32 { a + b }
    "f32.sub" [0x93] (a: f32, b: f32) -> f32 { a - b }
    "f32.mul" [0x94] (a: f32, b: f32) -> f32 { a * b }
    "f32.div" [0x95] (a: f32, b: f32) -> f32 { a / b }
    "f32.min" [0x96] (a: f32, b: f32) -> f32 { minimum(a.into(), b.into()) as f32 }
    "f32.max" [0x97] (a: f32, b: f32) -> f32 { maximum(a.into(), b.into()) as f32 }
    "f32.copysign" [0x98] (a: f32, b: f32) -> f32 { a.copysign(b) }
    "f64.abs" [0x99] (a: f64) -> f64 { a.abs() }
    "f64.neg" [0x9a] (a: f64) -> f64 { -a }
    "f64.ceil" [0x9b] (a: f64) -> f64 { a.ceil() }
    "f64.floor" [0x9c] (a: f64) -> f64 { a.floor() }
    "f64.trunc" [0x9d] (a: f64) -> f64 { a.trunc() }
    "f64.nearest" [0x9e] (a: f64) -> f64 { a.round_ties_even() }
    "f64.sqrt" [0x9f] (a: f64) -> f64 { a.sqrt() }
    "f64.add" [0xa0] (a: f64, b: f64) -> f64 { a + b }
    "f64.sub" [0xa1] (a: f64, b: f64) -> f64 { a - b }
    "f64.mul" [0xa2] (a: f64, b: f64) -> f64 { a * b }
    "f64.div" [0xa3] (a: f64, b: f64) -> f64 { a / b }
    "f64.min" [0xa4] (a: f64, b: f64) -> f64 { minimum(a, b) }
    "f64.max" [0xa5] (a: f64, b: f64) -> f64 { maximum(a, b) }
    "f64.copysign" [0xa6] (a: f64, b: f64) -> f64 { a.copysign(b) }
    "i32.wrap_i64" [0xa7] (a: u64) -> u32 { a as u32 }
    "i32.trunc_f32_s" [0xa8] (a: f32) -> i32 or Trap { trunc(a.into(), i32::MIN.into(), f64::from(i32::MAX) + 1.0)?; Ok(a as i32) }
    "i32.trunc_f32_u" [0xa9] (a: f32) -> u32 or Trap { trunc(a.into(), u32::MIN.into(), f64::from(u32::MAX) + 1.0)?; Ok(a as u32) }
    "i32.trunc_f64_s" [0xaa] (a: f64) -> i32 or Trap { trunc(a, i32::MIN.into(), f64::from(i32::MAX) + 1.0)?; Ok(a as i32) }
    "i32.trunc_f64_u" [0xab] (a: f64) -> u32 or Trap { trunc(a, u32::MIN.into(), f64::from(u32::MAX) + 1.0)?; Ok(a as u32) }
    "i64.extend_i32_s" [0xac] (a: i32) -> i64 { a.into() }
    "i64.extend_i32_u" [0xad] (a: u32) -> u64 { a.into() }
    "i64.trunc_f32_s" [0xae] (a: f32) -> i64 or Trap { trunc(a.into(), i64::MIN as f64, i64::MAX as f64 + 1.0)?; Ok(a as i64) }
    "i64.trunc_f32_u" [0xaf] (a: f32) -> u64 or Trap { trunc(a.into(), u64::MIN as f64, u64::MAX as f64 + 1.0)?; Ok(a as u64) }
    "i64.trunc_f64_s" [0xb0] (a: f64) -> i64 or Trap { trunc(a, i64::MIN as f64, i64::MAX as f64 + 1.0)?; Ok(a as i64) }
    "i64.trunc_f64_u" [0xb1] (a: f64) -> u64 or Trap { trunc(a, u64::MIN as f64, u64::MAX as f64 + 1.0)?; Ok(a as u64) }
    "f32.convert_i32_s" [0xb2] (a: i32) -> f32 { a as f32 }
    "f32.convert_i32_u" [0xb3] (a: u32) -> f32 { a as f32 }
    "f32.convert_i64_s" [0xb4] (a: i64) -> f32 { a as f32 }
    "f32.convert_i64_u" [0xb5] (a: u64) -> f32 { a as f32 }
    "f64.convert_i32_s" [0xb7] (a: i32) -> f64 { a.into() }
    "f64.convert_i32_u" [0xb8] (a: u32) -> f64 { a.into() }
    "f64.convert_i64_s" [0xb9] (a: i64) -> f64 { a as f64 }
    "f64.convert_i64_u" [0xba] (a: u64) -> f64 { a as f64 }
    "f32.demote_f64" [0xb6] (a: f64) -> f32 { a as f32 }
    "f64.promote_f32" [0xbb] (a: f32) -> f64 { a.into() }
    "i32.reinterpret_f32" [0xbc] (a: f32) -> u32 { a.to_bits() }
    "i64.reinterpret_f64" [0xbd] (a: f64) -> u64 { a.to_bits() }
    "f32.reinterpret_i32" [0xbe] (a: u32) -> f32 { f32::from_bits(a) }
    "f64.reinterpret_i64" [0xbf] (a: u64) -> f64 { f64::from_bits(a) }
    "i32.extend8_s" [0xc0] (a: u32) -> i32 { (a as i8).into() }
    "i32.extend16_s" [0xc1] (a: u32) -> i32 { (a as i16).into() }
    "i64.extend8_s" [0xc2] (a: u64) -> i64 { (a as i8).into() }
    "i64.extend16_s" [0xc3] (a: u64) -> i64 { (a as i16).into() }
    "i64.extend32_s" [0xc4] (a: u64) -> i64 { (a as i32).into() }
    "i32.trunc_sat_f32_s" [0xfc, 0x00] (a: f32) -> i32 { a as i32 }
    "i32.trunc_sat_f32_u" [0xfc, 0x01] (a: f32) -> u32 { a as u32 }
    "i32.trunc_sat_f64_s" [0xfc, 0x02] (a: f64) -> i32 { a as i32 }
    "i32.trunc_sat_f64_u" [0xfc, 0x03] (a: f64) -> u32 { a as u32 }
    "i64.trunc_sat_f32_s" [0xfc, 0x04] (a: f32) -> i64 { a as i64 }
    "i64.trunc_sat_f32_u" [0xfc, 0x05] (a: f32) -> u64 { a as u64 }
    "i64.trunc_sat_f64_s" [0xfc, 0x06] (a: f64) -> i64 { a as i64 }
    "i64.trunc_sat_f64_u" [0xfc, 0x07] (a: f64) -> u64 { a as u64 }
    "select i32" [0x1b] (a: u32, b: u32, c: u32) -> u32 { if c == 0 { b } else { a } }
    "select i64" [0x1b] (a: u64, b: u64, c: u32) -> u64 { if c == 0 { b } else { a } }
    "select f32" [0x1b] (a: f32, b: f32, c: u32) -> f32 { if c == 0 { b } else { a } }
    "select f64" [0x1b] (a: f64, b: f64, c: u32) -> f64 { if c == 0 { b } else { a } }
}
