//! Numbers as the specification computes them, where Rust's own operators differ.
//!
//! Functions that can trap return a `Result`; all others are total. NaN bits follow the host's hardware.

use crate::trap::Trap;

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
unsigned_division!(div_u64 rem_u64 u64);

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

macro_rules! float {
    ($float:ident $bits:ident: $min:ident $max:ident $sqrt:ident $ceil:ident $floor:ident $trunc:ident $nearest:ident $copysign:ident $abs:ident $neg:ident,
     $libm_sqrt:ident $libm_ceil:ident $libm_floor:ident $libm_trunc:ident $libm_rint:ident) => {
        /// The smaller operand; NaN if either is; -0 below +0.
        #[inline(always)]
        pub(crate) fn $min(a: $float, b: $float) -> $float {
            if a < b {
                a
            } else if b < a {
                b
            } else if a == b {
                $float::from_bits(a.to_bits() | b.to_bits())
            } else {
                a + b
            }
        }

        /// The larger operand; NaN if either is; +0 above -0.
        #[inline(always)]
        pub(crate) fn $max(a: $float, b: $float) -> $float {
            if a > b {
                a
            } else if b > a {
                b
            } else if a == b {
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

        rounding!($sqrt sqrt $libm_sqrt $float "Square root.");
        rounding!($ceil ceil $libm_ceil $float "Rounds up to an integer.");
        rounding!($floor floor $libm_floor $float "Rounds down to an integer.");
        rounding!($trunc trunc $libm_trunc $float "Rounds towards zero to an integer.");
        rounding!($nearest round_ties_even $libm_rint $float "Rounds to the nearest integer, ties to the even one.");
    };
}

/// A float routine of the platform where there is one, else of `libm`. Quiets a signalling NaN, which some libraries pass through.
macro_rules! rounding {
    ($name:ident $std:ident $libm:ident $float:ident $doc:literal) => {
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
    };
}

float!(f32 u32: min_f32 max_f32 sqrt_f32 ceil_f32 floor_f32 trunc_f32 nearest_f32 copysign_f32 abs_f32 neg_f32, sqrtf ceilf floorf truncf rintf);
float!(f64 u64: min_f64 max_f64 sqrt_f64 ceil_f64 floor_f64 trunc_f64 nearest_f64 copysign_f64 abs_f64 neg_f64, sqrt ceil floor trunc rint);

/// Conversions that trap. The bounds are compared in the source type: the largest float below the range, the smallest above it.
macro_rules! trapping_conversion {
    ($($name:ident $float:ty => $int:ty as $result:ty: $below:literal .. $above:literal $or_equal:literal)*) => {$(
        /// Truncates to an integer; traps on NaN and on values out of range.
        #[inline(always)]
        pub(crate) fn $name(a: $float) -> Result<$result, Trap> {
            let fits = if $or_equal { a >= $below } else { a > $below };
            if fits && a < $above {
                return Ok(a as $int as $result);
            }
            Err(if a.is_nan() { Trap::BadConversionToInteger } else { Trap::IntegerOverflow })
        }
    )*};
}
trapping_conversion! {
    i32_trunc_f32_s f32 => i32 as u32: -2147483648.0 .. 2147483648.0 true
    i32_trunc_f32_u f32 => u32 as u32: -1.0 .. 4294967296.0 false
    i32_trunc_f64_s f64 => i32 as u32: -2147483649.0 .. 2147483648.0 false
    i32_trunc_f64_u f64 => u32 as u32: -1.0 .. 4294967296.0 false
    i64_trunc_f32_s f32 => i64 as u64: -9223372036854775808.0 .. 9223372036854775808.0 true
    i64_trunc_f32_u f32 => u64 as u64: -1.0 .. 18446744073709551616.0 false
    i64_trunc_f64_s f64 => i64 as u64: -9223372036854775808.0 .. 9223372036854775808.0 true
    i64_trunc_f64_u f64 => u64 as u64: -1.0 .. 18446744073709551616.0 false
}
