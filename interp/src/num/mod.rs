//! Numbers as the specification computes them, where Rust's own operators differ.
//!
//! Functions that can trap return a `Result`; all others are total. NaN bits follow the host's hardware.

#[cfg(any(ermine_small, test))]
#[cfg_attr(not(ermine_small), allow(dead_code, reason = "compared with the processor's own in tests"))]
mod soft;

use crate::trap::Trap;

#[cfg(ermine_small)]
pub(crate) use soft::*;

macro_rules! signed_division {
    ($div:ident $rem:ident $unsigned:ty as $signed:ty) => {
        /// Signed division; traps on a zero divisor and on the one quotient that does not fit.
        #[inline(always)]
        pub(crate) fn $div(a: $unsigned, b: $unsigned) -> Result<$unsigned, Trap> {
            if b == 0 {
                return Err(Trap::IntegerDivisionByZero);
            }
            match (a as $signed).checked_div(b as $signed) {
                Some(quotient) => Ok(quotient as $unsigned),
                None => Err(Trap::IntegerOverflow),
            }
        }

        /// Signed remainder; the smallest integer modulo -1 is 0.
        #[inline(always)]
        pub(crate) fn $rem(a: $unsigned, b: $unsigned) -> Result<$unsigned, Trap> {
            match b {
                0 => Err(Trap::IntegerDivisionByZero),
                _ => Ok((a as $signed).wrapping_rem(b as $signed) as $unsigned),
            }
        }
    };
}
signed_division!(div_s32 rem_s32 u32 as i32);
#[cfg(not(ermine_small))]
signed_division!(div_s64 rem_s64 u64 as i64);

macro_rules! unsigned_division {
    ($div:ident $rem:ident $unsigned:ty) => {
        /// Unsigned division; traps on a zero divisor.
        #[inline(always)]
        pub(crate) fn $div(a: $unsigned, b: $unsigned) -> Result<$unsigned, Trap> {
            a.checked_div(b).ok_or(Trap::IntegerDivisionByZero)
        }

        /// Unsigned remainder; traps on a zero divisor.
        #[inline(always)]
        pub(crate) fn $rem(a: $unsigned, b: $unsigned) -> Result<$unsigned, Trap> {
            a.checked_rem(b).ok_or(Trap::IntegerDivisionByZero)
        }
    };
}
unsigned_division!(div_u32 rem_u32 u32);
#[cfg(not(ermine_small))]
unsigned_division!(div_u64 rem_u64 u64);

/// What counts bits of integers.
#[cfg(not(ermine_small))]
macro_rules! counts {
    ($($name:ident $method:ident $int:ty;)*) => {$(
        #[inline(always)]
        pub(crate) fn $name(a: $int) -> u32 {
            a.$method()
        }
    )*};
}
#[cfg(not(ermine_small))]
counts! {
    clz32 leading_zeros u32;
    clz64 leading_zeros u64;
    ctz32 trailing_zeros u32;
    ctz64 trailing_zeros u64;
    popcnt32 count_ones u32;
    popcnt64 count_ones u64;
}

/// An f32 as an f64.
#[cfg(not(any(target_arch = "arm", target_arch = "riscv32")))]
#[inline(always)]
pub(crate) fn promote(a: f32) -> f64 {
    f64::from(a)
}

/// An f32 as an f64. The compiler's routines for targets without hardware for f64 keep a signalling NaN; it has to become a quiet one.
#[cfg(any(target_arch = "arm", target_arch = "riscv32"))]
#[inline(always)]
pub(crate) fn promote(a: f32) -> f64 {
    const QUIET: u64 = 0x0008_0000_0000_0000;
    let wide = f64::from(a);
    if a.is_nan() { f64::from_bits(wide.to_bits() | QUIET) } else { wide }
}

macro_rules! comparisons {
    ($float:ident: $($name:ident $operator:tt)*) => {$(
        #[inline(always)]
        pub(crate) fn $name(a: $float, b: $float) -> bool {
            a $operator b
        }
    )*};
}
comparisons!(f32: eq_f32 == lt_f32 <);
#[cfg(not(ermine_small))]
comparisons!(f64: eq_f64 == lt_f64 < gt_f64 > le_f64 <= ge_f64 >=);

macro_rules! float {
    ($float:ident $bits:ident: $min:ident $max:ident $eq:ident $lt:ident $copysign:ident $abs:ident $neg:ident) => {
        /// The smaller operand; NaN if either is; -0 below +0.
        #[inline(always)]
        pub(crate) fn $min(a: $float, b: $float) -> $float {
            if $lt(a, b) {
                a
            } else if $lt(b, a) {
                b
            } else if $eq(a, b) {
                $float::from_bits(a.to_bits() | b.to_bits())
            } else {
                a + b
            }
        }

        /// The larger operand; NaN if either is; +0 above -0.
        #[inline(always)]
        pub(crate) fn $max(a: $float, b: $float) -> $float {
            if $lt(b, a) {
                a
            } else if $lt(a, b) {
                b
            } else if $eq(a, b) {
                $float::from_bits(a.to_bits() & b.to_bits())
            } else {
                a + b
            }
        }

        /// `a` with the sign of `b`, NaN bits kept.
        #[inline(always)]
        pub(crate) fn $copysign(a: $float, b: $float) -> $float {
            const SIGN: $bits = 1 << ($bits::BITS - 1);
            $float::from_bits((a.to_bits() & !SIGN) | (b.to_bits() & SIGN))
        }

        /// `a` with a clear sign, NaN bits kept.
        #[inline(always)]
        pub(crate) fn $abs(a: $float) -> $float {
            $float::from_bits(a.to_bits() & !(1 << ($bits::BITS - 1)))
        }

        /// `a` with the other sign, NaN bits kept.
        #[inline(always)]
        pub(crate) fn $neg(a: $float) -> $float {
            $float::from_bits(a.to_bits() ^ (1 << ($bits::BITS - 1)))
        }
    };
}
float!(f32 u32: min_f32 max_f32 eq_f32 lt_f32 copysign_f32 abs_f32 neg_f32);
float!(f64 u64: min_f64 max_f64 eq_f64 lt_f64 copysign_f64 abs_f64 neg_f64);

/// Float routines of the platform where there are such, else of `libm`. They quiet a signalling NaN, which some libraries pass through.
#[cfg(not(all(ermine_small, target_arch = "arm", target_abi = "eabihf")))]
macro_rules! rounding {
    ($($name:ident $std:ident $libm:ident $float:ident $doc:literal;)*) => {$(
        #[doc = $doc]
        #[inline(always)]
        pub(crate) fn $name(a: $float) -> $float {
            if a.is_nan() {
                return a + a;
            }
            #[cfg(feature = "std")]
            return a.$std();
            #[cfg(not(feature = "std"))]
            libm::$libm(a)
        }
    )*};
}
#[cfg(not(ermine_small))]
rounding! {
    ceil_f32 ceil ceilf f32 "Rounds up to an integer.";
    ceil_f64 ceil ceil f64 "Rounds up to an integer.";
    floor_f32 floor floorf f32 "Rounds down to an integer.";
    floor_f64 floor floor f64 "Rounds down to an integer.";
    trunc_f32 trunc truncf f32 "Rounds towards zero to an integer.";
    trunc_f64 trunc trunc f64 "Rounds towards zero to an integer.";
    nearest_f32 round_ties_even rintf f32 "Rounds to the nearest integer, ties to the even one.";
    nearest_f64 round_ties_even rint f64 "Rounds to the nearest integer, ties to the even one.";
}
#[cfg(not(all(target_arch = "arm", target_abi = "eabihf")))]
rounding!(sqrt_f32 sqrt sqrtf f32 "Square root.";);
#[cfg(not(ermine_small))]
rounding!(sqrt_f64 sqrt sqrt f64 "Square root.";);

/// Square root: an instruction that `libm` does not use.
#[cfg(all(target_arch = "arm", target_abi = "eabihf"))]
#[allow(unsafe_code, reason = "an instruction")]
#[inline(always)]
pub(crate) fn sqrt_f32(a: f32) -> f32 {
    let mut bits = a.to_bits();
    // SAFETY: it computes with two registers, and a third that it restores: float registers cannot be operands here. Targets of this ABI have
    // them. No invariant is needed.
    unsafe {
        core::arch::asm!(
            "vmov {kept}, s0", "vmov s0, {bits}", "vsqrt.f32 s0, s0", "vmov {bits}, s0", "vmov s0, {kept}",
            bits = inout(reg) bits, kept = out(reg) _, options(pure, nomem, nostack, preserves_flags),
        );
    }
    f32::from_bits(bits)
}

/// Conversions that trap, and the same ones saturated. The bounds are compared in the source type: the largest float below the range, the smallest above it.
macro_rules! conversions_to_integers {
    ($($name:ident $saturating:ident $float:ty => $int:ty as $result:ty: $below:literal .. $above:literal $or_equal:literal)*) => {$(
        /// Truncates to an integer; traps on NaN and on values out of range.
        #[inline(always)]
        pub(crate) fn $name(a: $float) -> Result<$result, Trap> {
            let fits = if $or_equal { a >= $below } else { a > $below };
            if fits && a < $above {
                return Ok(a as $int as $result);
            }
            Err(if a.is_nan() { Trap::BadConversionToInteger } else { Trap::IntegerOverflow })
        }

        /// Truncates to an integer, the next one in range; NaN to 0.
        #[inline(always)]
        pub(crate) fn $saturating(a: $float) -> $result {
            a as $int as $result
        }
    )*};
}
conversions_to_integers! {
    i32_trunc_f32_s i32_trunc_sat_f32_s f32 => i32 as u32: -2147483648.0 .. 2147483648.0 true
    i32_trunc_f32_u i32_trunc_sat_f32_u f32 => u32 as u32: -1.0 .. 4294967296.0 false
}
#[cfg(not(ermine_small))]
conversions_to_integers! {
    i32_trunc_f64_s i32_trunc_sat_f64_s f64 => i32 as u32: -2147483649.0 .. 2147483648.0 false
    i32_trunc_f64_u i32_trunc_sat_f64_u f64 => u32 as u32: -1.0 .. 4294967296.0 false
    i64_trunc_f32_s i64_trunc_sat_f32_s f32 => i64 as u64: -9223372036854775808.0 .. 9223372036854775808.0 true
    i64_trunc_f32_u i64_trunc_sat_f32_u f32 => u64 as u64: -1.0 .. 18446744073709551616.0 false
    i64_trunc_f64_s i64_trunc_sat_f64_s f64 => i64 as u64: -9223372036854775808.0 .. 9223372036854775808.0 true
    i64_trunc_f64_u i64_trunc_sat_f64_u f64 => u64 as u64: -1.0 .. 18446744073709551616.0 false
}

/// Conversions from integers, to the nearest float.
#[cfg(not(ermine_small))]
macro_rules! conversions_from_integers {
    ($($signed:ident $unsigned:ident $int:ty as $negative:ty => $float:ty;)*) => {$(
        #[inline(always)]
        pub(crate) fn $signed(a: $int) -> $float {
            a as $negative as $float
        }
        #[inline(always)]
        pub(crate) fn $unsigned(a: $int) -> $float {
            a as $float
        }
    )*};
}
#[cfg(not(ermine_small))]
conversions_from_integers! {
    f64_convert_i32_s f64_convert_i32_u u32 as i32 => f64;
    f64_convert_i64_s f64_convert_i64_u u64 as i64 => f64;
    f32_convert_i64_s f32_convert_i64_u u64 as i64 => f32;
}
