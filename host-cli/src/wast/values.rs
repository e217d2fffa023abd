//! Arguments into the engine's values, and results against a script's patterns.

use std::fmt::Write as _;

use ermine::{AsContext, AsContextMut, ExternRef, F32, F64, Func, Nullable, Val};

use super::script::{Argument, Expected, FloatPattern, RefKind};

/// Turns an argument into a value of `store`, or says which type is not supported.
pub(super) fn lower(store: impl AsContextMut, argument: &Argument) -> Result<Val, String> {
    Ok(match argument {
        Argument::I32(value) => Val::I32(*value),
        Argument::I64(value) => Val::I64(*value),
        Argument::F32(bits) => Val::F32(F32::from_bits(*bits)),
        Argument::F64(bits) => Val::F64(F64::from_bits(*bits)),
        Argument::NullFunc => Val::FuncRef(<Nullable<Func>>::Null),
        Argument::NullExtern => Val::ExternRef(<Nullable<ExternRef>>::Null),
        Argument::Extern(number) => Val::from(ExternRef::new(store, *number)),
        Argument::Unsupported(what) => return Err(format!("{what} as an argument is unsupported")),
    })
}

/// Whether `results` match `expected`, one by one.
pub(super) fn all_match(store: impl AsContext, results: &[Val], expected: &[Expected]) -> bool {
    results.len() == expected.len()
        && results.iter().zip(expected).all(|(value, pattern)| matches(&store, value, pattern))
}

fn matches(store: &impl AsContext, value: &Val, expected: &Expected) -> bool {
    match expected {
        Expected::I32(want) => matches!(value, Val::I32(got) if got == want),
        Expected::I64(want) => matches!(value, Val::I64(got) if got == want),
        Expected::F32(want) => matches!(value, Val::F32(got) if f32_matches(got.to_bits(), *want)),
        Expected::F64(want) => matches!(value, Val::F64(got) if f64_matches(got.to_bits(), *want)),
        Expected::Null(kind) => match value {
            Val::FuncRef(Nullable::Null) => *kind != Some(RefKind::Extern),
            Val::ExternRef(Nullable::Null) => *kind != Some(RefKind::Func),
            _ => false,
        },
        Expected::Extern(want) => match value {
            Val::ExternRef(Nullable::Val(object)) => want.is_none_or(|want| host_number(store, object) == Some(want)),
            _ => false,
        },
        Expected::Func => matches!(value, Val::FuncRef(Nullable::Val(_))),
        Expected::Either(cases) => cases.iter().any(|case| matches(store, value, case)),
        Expected::Unsupported(_) => false,
    }
}

/// The number a host object made by [`lower`] is.
fn host_number(store: &impl AsContext, object: &ExternRef) -> Option<u32> {
    object.data(store.as_context()).downcast_ref::<u32>().copied()
}

fn f32_matches(bits: u32, pattern: FloatPattern<u32>) -> bool {
    const QUIET: u32 = 0x7fc0_0000;
    match pattern {
        FloatPattern::CanonicalNan => bits & 0x7fff_ffff == QUIET,
        FloatPattern::ArithmeticNan => bits & QUIET == QUIET,
        FloatPattern::Bits(want) => bits == want,
    }
}

fn f64_matches(bits: u64, pattern: FloatPattern<u64>) -> bool {
    const QUIET: u64 = 0x7ff8_0000_0000_0000;
    match pattern {
        FloatPattern::CanonicalNan => bits & 0x7fff_ffff_ffff_ffff == QUIET,
        FloatPattern::ArithmeticNan => bits & QUIET == QUIET,
        FloatPattern::Bits(want) => bits == want,
    }
}

/// Values as a failure message shows them; floats as bits, which is what is compared.
pub(super) fn describe(store: impl AsContext, values: &[Val]) -> String {
    let mut text = String::from("[");
    for (position, value) in values.iter().enumerate() {
        if position > 0 {
            text.push_str(", ");
        }
        // Writing to a string cannot fail.
        let _ = match value {
            Val::I32(value) => write!(text, "i32 {value}"),
            Val::I64(value) => write!(text, "i64 {value}"),
            Val::F32(value) => write!(text, "f32 {:#010x}", value.to_bits()),
            Val::F64(value) => write!(text, "f64 {:#018x}", value.to_bits()),
            Val::FuncRef(Nullable::Null) => write!(text, "null funcref"),
            Val::ExternRef(Nullable::Null) => write!(text, "null externref"),
            Val::FuncRef(Nullable::Val(_)) => write!(text, "funcref"),
            Val::ExternRef(Nullable::Val(object)) => match host_number(&store, object) {
                Some(number) => write!(text, "externref {number}"),
                None => write!(text, "externref"),
            },
        };
    }
    text.push(']');
    text
}
