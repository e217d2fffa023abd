//! Wasm values as people write them.

use ermine::{F32, F64, Val, ValType};
use std::fmt::{Display, LowerExp};
use wast::parser::{self, ParseBuffer};

/// Reads a value of type `ty`: decimal or 0x integers, signed or unsigned; decimal or 0x floats, `inf`, `nan`; `null`.
///
/// # Errors
///
/// What is expected instead.
pub(crate) fn parse(text: &str, ty: ValType) -> Result<Val, String> {
    let value = match ty {
        ValType::I32 => integer(text).and_then(narrow).map(Val::I32),
        ValType::I64 => integer(text).and_then(wrap).map(Val::I64),
        ValType::F32 => f32_of(text).map(Val::F32),
        ValType::F64 => f64_of(text).map(Val::F64),
        ValType::FuncRef | ValType::ExternRef => (text == "null").then(|| Val::default_for_ty(ty)),
    };
    value.ok_or_else(|| expected(ty))
}

fn expected(ty: ValType) -> String {
    match ty {
        ValType::I32 => "an i32: an integer from -2147483648 to 4294967295".to_owned(),
        ValType::I64 => "an i64: an integer from -9223372036854775808 to 18446744073709551615".to_owned(),
        ValType::F32 | ValType::F64 => format!("an {ty}: a number, `inf` or `nan`"),
        ValType::FuncRef | ValType::ExternRef => format!("a {ty}: only `null` can be passed"),
    }
}

/// The value as one line of output. Integers are signed.
pub(crate) fn show(value: &Val) -> String {
    match value {
        Val::I32(value) => value.to_string(),
        Val::I64(value) => value.to_string(),
        Val::F32(value) => show_float(f32::from(*value), f32::from(*value).into()),
        Val::F64(value) => show_float(f64::from(*value), f64::from(*value)),
        Val::FuncRef(reference) => if reference.is_null() { "null" } else { "funcref" }.to_owned(),
        Val::ExternRef(reference) => if reference.is_null() { "null" } else { "externref" }.to_owned(),
    }
}

/// An integer of any size wasm may need: `42`, `-1`, `0xff`, `1_000`.
fn integer(text: &str) -> Option<i128> {
    let (negative, digits) = match text.strip_prefix(['-', '+']) {
        Some(digits) => (text.starts_with('-'), digits),
        None => (false, text),
    };
    let plain = digits.replace('_', "");
    if !digits.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let value = match plain.strip_prefix("0x") {
        // `from_str_radix` would take a second sign.
        Some(hex) if hex.bytes().all(|byte| byte.is_ascii_hexdigit()) => i128::from_str_radix(hex, 16).ok()?,
        Some(_) => return None,
        None => plain.parse().ok()?,
    };
    Some(if negative { -value } else { value })
}

/// Signed or unsigned 32 bits.
fn narrow(value: i128) -> Option<i32> {
    i32::try_from(value).ok().or_else(|| u32::try_from(value).ok().map(u32::cast_signed))
}

/// Signed or unsigned 64 bits.
fn wrap(value: i128) -> Option<i64> {
    i64::try_from(value).ok().or_else(|| u64::try_from(value).ok().map(u64::cast_signed))
}

/// A float in Rust's notation, which has `inf` and `nan` in any case, or in that of wasm's text format, which has hexadecimal ones.
fn f32_of(text: &str) -> Option<F32> {
    let bits =
        |text: &str| Some(F32::from_bits(parser::parse::<wast::token::F32>(&ParseBuffer::new(text).ok()?).ok()?.bits));
    text.replace('_', "").parse().map(|value: f32| F32::from(value)).ok().or_else(|| bits(text))
}

/// The same of 64 bits.
fn f64_of(text: &str) -> Option<F64> {
    let bits =
        |text: &str| Some(F64::from_bits(parser::parse::<wast::token::F64>(&ParseBuffer::new(text).ok()?).ok()?.bits));
    text.replace('_', "").parse().map(|value: f64| F64::from(value)).ok().or_else(|| bits(text))
}

/// The shortest digits that mean this value; with an exponent where there would be many zeros. `size` is about as large.
fn show_float(value: impl Display + LowerExp, size: f64) -> String {
    let plain = size == 0.0 || !size.is_finite() || (1e-5..1e16).contains(&size.abs());
    if plain { value.to_string() } else { format!("{value:e}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round(text: &str, ty: ValType) -> Result<String, String> {
        parse(text, ty).map(|value| show(&value))
    }

    #[test]
    fn integers_wrap_from_unsigned() {
        assert_eq!(round("-2", ValType::I32).as_deref(), Ok("-2"));
        assert_eq!(round("4294967295", ValType::I32).as_deref(), Ok("-1"));
        assert_eq!(round("0xff", ValType::I32).as_deref(), Ok("255"));
        assert_eq!(round("-0x80000000", ValType::I32).as_deref(), Ok("-2147483648"));
        assert_eq!(round("18446744073709551615", ValType::I64).as_deref(), Ok("-1"));
        assert_eq!(round("1_000", ValType::I64).as_deref(), Ok("1000"));
    }

    #[test]
    fn integers_out_of_range_are_refused() {
        for text in ["4294967296", "-2147483649", "1.5", "", "-", "0x", "--1", "0x-1", "x", "_1"] {
            assert!(parse(text, ValType::I32).is_err(), "{text}");
        }
        assert!(parse("18446744073709551616", ValType::I64).is_err());
    }

    #[test]
    fn floats_include_infinities_and_nan() {
        assert_eq!(round("1.5", ValType::F32).as_deref(), Ok("1.5"));
        assert_eq!(round("-2", ValType::F64).as_deref(), Ok("-2"));
        assert_eq!(round("-inf", ValType::F64).as_deref(), Ok("-inf"));
        assert_eq!(round("nan", ValType::F32).as_deref(), Ok("NaN"));
        assert_eq!(round("1e-3", ValType::F64).as_deref(), Ok("0.001"));
        assert!(parse("one", ValType::F64).is_err());
    }

    #[test]
    fn floats_may_be_hexadecimal() {
        assert_eq!(round("0x1.8p3", ValType::F32).as_deref(), Ok("12"));
        assert_eq!(round("-0x10", ValType::F64).as_deref(), Ok("-16"));
        assert_eq!(
            parse("nan:0x400001", ValType::F32).map(|value| value.f32().map(F32::to_bits)),
            Ok(Some(0x7fc0_0001))
        );
        for text in ["0x", "0x1p", "0x1 0x2", "(", "\""] {
            assert!(parse(text, ValType::F64).is_err(), "{text}");
        }
    }

    #[test]
    fn long_floats_have_an_exponent() {
        assert_eq!(round("1e300", ValType::F64).as_deref(), Ok("1e300"));
        assert_eq!(round("-1.5e-9", ValType::F32).as_deref(), Ok("-1.5e-9"));
        assert_eq!(round("123456", ValType::F64).as_deref(), Ok("123456"));
    }

    #[test]
    fn references_are_null() {
        assert_eq!(round("null", ValType::ExternRef).as_deref(), Ok("null"));
        assert!(parse("0", ValType::FuncRef).is_err());
    }
}
