//! Numbers where code is to be small (`cfg(ermine_small)`): one routine here takes the place of many of the compiler's. Floats are computed as integers, as
//! targets without hardware for f64 do in any case.

use core::cmp::Ordering;

use crate::trap::Trap;

const SIGN: u64 = 1 << 63;
const INFINITY: u64 = f64::INFINITY.to_bits();
/// Bits of the fraction of an f64.
const FRACTION: u32 = f64::MANTISSA_DIGITS - 1;

/// Zero bits at the high end.
#[inline(never)]
pub(crate) fn clz64(a: u64) -> u32 {
    let (high, low) = ((a >> 32) as u32, a as u32);
    if high != 0 { high.leading_zeros() } else { 32 + low.leading_zeros() }
}

pub(crate) fn clz32(a: u32) -> u32 {
    a.leading_zeros()
}

/// Zero bits at the low end: the lowest bit alone tells.
pub(crate) fn ctz64(a: u64) -> u32 {
    if a == 0 { 64 } else { 63 - clz64(a & a.wrapping_neg()) }
}

pub(crate) fn ctz32(a: u32) -> u32 {
    ctz64(u64::from(a) | 1 << 32)
}

/// Bits that are one, one after the other.
#[inline(never)]
pub(crate) fn popcnt64(mut a: u64) -> u32 {
    let mut count = 0;
    while a != 0 {
        a &= a - 1;
        count += 1;
    }
    count
}

pub(crate) fn popcnt32(a: u32) -> u32 {
    popcnt64(a.into())
}

/// Quotient and remainder; a divisor of 0 is a trap. A tenth of the bytes of the compiler's routine, and as fast for what fits 32 bits.
#[inline(never)]
fn divide(a: u64, b: u64) -> Result<(u64, u64), Trap> {
    if a >> 32 == 0 && b >> 32 == 0 {
        let (a, b) = (a as u32, b as u32);
        let quotient = a.checked_div(b).ok_or(Trap::IntegerDivisionByZero)?;
        return Ok((quotient.into(), (a - quotient * b).into()));
    }
    let zeros = clz64(b);
    if zeros == u64::BITS {
        return Err(Trap::IntegerDivisionByZero);
    }
    let (mut quotient, mut rest) = (0, a);
    let mut shift = zeros.saturating_sub(clz64(a));
    let mut part = b << shift;
    loop {
        quotient <<= 1;
        if rest >= part {
            rest -= part;
            quotient |= 1;
        }
        if shift == 0 {
            return Ok((quotient, rest));
        }
        shift -= 1;
        part >>= 1;
    }
}

pub(crate) fn div_u64(a: u64, b: u64) -> Result<u64, Trap> {
    Ok(divide(a, b)?.0)
}

pub(crate) fn rem_u64(a: u64, b: u64) -> Result<u64, Trap> {
    Ok(divide(a, b)?.1)
}

pub(crate) fn div_s64(a: u64, b: u64) -> Result<u64, Trap> {
    match divide_signed(a, b)?.0 {
        // The smallest by -1.
        SIGN if a == SIGN && b == u64::MAX => Err(Trap::IntegerOverflow),
        quotient => Ok(quotient),
    }
}

pub(crate) fn rem_s64(a: u64, b: u64) -> Result<u64, Trap> {
    Ok(divide_signed(a, b)?.1)
}

/// The same for signed numbers, wrapping.
#[inline(never)]
fn divide_signed(a: u64, b: u64) -> Result<(u64, u64), Trap> {
    let with_sign = |magnitude: u64, sign: u64| if sign & SIGN != 0 { magnitude.wrapping_neg() } else { magnitude };
    let (quotient, rest) = divide(with_sign(a, a), with_sign(b, b))?;
    Ok((with_sign(quotient, a ^ b), with_sign(rest, a)))
}

/// How two floats compare; `None` if one is NaN.
#[inline(never)]
fn order(a: u64, b: u64) -> Option<Ordering> {
    if a & !SIGN > INFINITY || b & !SIGN > INFINITY {
        return None;
    }
    // Zeros of both signs are equal.
    if (a | b) & !SIGN == 0 {
        return Some(Ordering::Equal);
    }
    // As integers, negative ones are in the other order.
    let key = |bits: u64| (bits ^ ((bits as i64 >> 63) as u64 & !SIGN)) as i64;
    Some(key(a).cmp(&key(b)))
}

macro_rules! comparisons {
    ($($name:ident: $($order:ident)|*;)*) => {$(
        #[inline(always)]
        pub(crate) fn $name(a: f64, b: f64) -> bool {
            matches!(order(a.to_bits(), b.to_bits()), Some($(Ordering::$order)|*))
        }
    )*};
}
comparisons! {
    eq_f64: Equal;
    lt_f64: Less;
    gt_f64: Greater;
    le_f64: Less | Equal;
    ge_f64: Greater | Equal;
}

/// Integer types that floats are converted to: a bit says that it is signed, one that it has 64 bits.
const SIGNED: u8 = 1;
const WIDE: u8 = 2;

/// The integer of this type that is next to the float, towards zero, and whether the float was in range.
#[inline(never)]
fn cut(bits: u64, ty: u8) -> (u64, bool) {
    let is_negative = bits & SIGN != 0;
    let magnitude = bits & !SIGN;
    // Of the last place. Subnormal numbers have no such leading bit, and are cut to zero all the same.
    let exponent = (magnitude >> FRACTION) as i32 - (f64::MAX_EXP - 1) - FRACTION as i32;
    let digits = bits & ((1 << FRACTION) - 1) | 1 << FRACTION;
    let most = u64::MAX >> (if ty & WIDE != 0 { 0 } else { 32 });
    let most = match (ty & SIGNED != 0, is_negative) {
        (true, _) => (most >> 1) + u64::from(is_negative),
        (false, false) => most,
        (false, true) => 0,
    };
    if magnitude > INFINITY {
        return (0, false);
    }
    let value = match exponent {
        12.. => return (if is_negative { most.wrapping_neg() } else { most }, false),
        0..12 => digits << exponent,
        -52..0 => digits >> -exponent,
        _ => 0,
    };
    let (value, fits) = if value > most { (most, false) } else { (value, true) };
    (if is_negative { value.wrapping_neg() } else { value }, fits)
}

/// The same, where a float out of range is a trap.
#[inline(never)]
fn cut_or_trap(bits: u64, ty: u8) -> Result<u64, Trap> {
    match cut(bits, ty) {
        (value, true) => Ok(value),
        _ if bits & !SIGN > INFINITY => Err(Trap::BadConversionToInteger),
        _ => Err(Trap::IntegerOverflow),
    }
}

macro_rules! conversions_to_integers {
    ($($trapping:ident $saturating:ident $float:ty => $int:ty: $ty:expr;)*) => {$(
        #[inline(always)]
        pub(crate) fn $trapping(a: $float) -> Result<$int, Trap> {
            cut_or_trap(f64::from(a).to_bits(), $ty).map(|value| value as $int)
        }
        #[inline(always)]
        pub(crate) fn $saturating(a: $float) -> $int {
            cut(f64::from(a).to_bits(), $ty).0 as $int
        }
    )*};
}
conversions_to_integers! {
    i32_trunc_f64_s i32_trunc_sat_f64_s f64 => u32: SIGNED;
    i32_trunc_f64_u i32_trunc_sat_f64_u f64 => u32: 0;
    i64_trunc_f32_s i64_trunc_sat_f32_s f32 => u64: SIGNED | WIDE;
    i64_trunc_f32_u i64_trunc_sat_f32_u f32 => u64: WIDE;
    i64_trunc_f64_s i64_trunc_sat_f64_s f64 => u64: SIGNED | WIDE;
    i64_trunc_f64_u i64_trunc_sat_f64_u f64 => u64: WIDE;
}

macro_rules! conversions_from_integers {
    ($($signed:ident $unsigned:ident $int:ty as $wide:ty => $float:ident;)*) => {$(
        #[inline(always)]
        pub(crate) fn $unsigned(a: $int) -> $float {
            u64::from(a) as $float
        }
        #[inline(always)]
        pub(crate) fn $signed(a: $int) -> $float {
            let value = i64::from(a as $wide);
            let magnitude = value.unsigned_abs() as $float;
            if value < 0 { -magnitude } else { magnitude }
        }
    )*};
}
conversions_from_integers! {
    f64_convert_i32_s f64_convert_i32_u u32 as i32 => f64;
    f64_convert_i64_s f64_convert_i64_u u64 as i64 => f64;
    f32_convert_i64_s f32_convert_i64_u u64 as i64 => f32;
}

/// When a fraction makes the integer below it one larger, by magnitude.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Up {
    /// If the float has this sign.
    Signed(bool),
    Never,
    /// If it is more than a half, or just that and the integer odd.
    Half,
}

macro_rules! rounding {
    ($inner:ident $float:ident $bits:ident: $ceil:ident $floor:ident $trunc:ident $nearest:ident) => {
        /// The integer next to a float. NaN is quiet then.
        #[inline(never)]
        fn $inner(a: $bits, up: Up) -> $bits {
            const FRACTION: u32 = $float::MANTISSA_DIGITS - 1;
            const SIGN: $bits = 1 << ($bits::BITS - 1);
            const ONE: $bits = ($float::MAX_EXP as $bits - 1) << FRACTION;
            let magnitude = a & !SIGN;
            // Bits that are behind the point.
            let behind = (FRACTION + $float::MAX_EXP as u32 - 1).wrapping_sub((magnitude >> FRACTION) as u32);
            if behind as i32 <= 0 {
                let is_nan = magnitude > ($float::INFINITY.to_bits());
                return if is_nan { a | 1 << (FRACTION - 1) } else { a };
            }
            let (whole, fraction) = match behind <= FRACTION {
                true => (magnitude >> behind << behind, magnitude & ((1 << behind) - 1)),
                false => (0, magnitude),
            };
            let is_up = fraction != 0
                && match up {
                    Up::Signed(negative) => negative == (a & SIGN != 0),
                    Up::Never => false,
                    Up::Half if behind <= FRACTION => {
                        let half = 1 << (behind - 1);
                        fraction > half || fraction == half && a >> behind & 1 != 0
                    }
                    Up::Half => magnitude > ONE - (1 << FRACTION),
                };
            let rounded = match (is_up, behind <= FRACTION) {
                (false, _) => whole,
                (true, true) => whole + (1 << behind),
                (true, false) => ONE,
            };
            a & SIGN | rounded
        }

        #[inline(always)]
        pub(crate) fn $ceil(a: $float) -> $float {
            $float::from_bits($inner(a.to_bits(), Up::Signed(false)))
        }
        #[inline(always)]
        pub(crate) fn $floor(a: $float) -> $float {
            $float::from_bits($inner(a.to_bits(), Up::Signed(true)))
        }
        #[inline(always)]
        pub(crate) fn $trunc(a: $float) -> $float {
            $float::from_bits($inner(a.to_bits(), Up::Never))
        }
        #[inline(always)]
        pub(crate) fn $nearest(a: $float) -> $float {
            $float::from_bits($inner(a.to_bits(), Up::Half))
        }
    };
}
rounding!(round32 f32 u32: ceil_f32 floor_f32 trunc_f32 nearest_f32);
rounding!(round64 f64 u64: ceil_f64 floor_f64 trunc_f64 nearest_f64);

/// Square root, digit by digit: a tenth of the bytes of faster ways.
#[inline(never)]
pub(crate) fn sqrt_f64(a: f64) -> f64 {
    const QUIET: u64 = 1 << (FRACTION - 1);
    let bits = a.to_bits();
    let magnitude = bits & !SIGN;
    if magnitude > INFINITY {
        return f64::from_bits(bits | QUIET);
    }
    if magnitude == 0 || bits == INFINITY {
        return a;
    }
    if bits != magnitude {
        return f64::NAN;
    }
    // A number of 53 digits, times 2 to the power of `exponent - FRACTION`.
    let mut exponent = (bits >> FRACTION) as i32 - (f64::MAX_EXP - 1);
    let mut rest = bits & ((1 << FRACTION) - 1) | 1 << FRACTION;
    if bits >> FRACTION == 0 {
        let zeros = (bits.leading_zeros() - (u64::BITS - FRACTION - 1)) as i32;
        (exponent, rest) = (exponent + 1 - zeros, bits << zeros);
    }
    if exponent & 1 != 0 {
        rest <<= 1;
    }
    // One digit more than the root has, to round by.
    let (mut root, mut tried) = (0_u64, 0_u64);
    let mut digit = 1_u64 << (FRACTION + 1);
    rest <<= 1;
    while digit != 0 {
        let sum = tried + digit;
        if sum <= rest {
            tried = sum + digit;
            rest -= sum;
            root += digit;
        }
        rest <<= 1;
        digit >>= 1;
    }
    // Never just between two floats: what is left says that it is more.
    let rounded = (root >> 1) + (root & 1);
    f64::from_bits(rounded + (((exponent >> 1) + f64::MAX_EXP - 2) as u64) * (1 << FRACTION))
}

#[cfg(test)]
mod tests;
