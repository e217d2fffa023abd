//! What is computed by integers is what the processor computes.

use super::*;

/// Numbers of all magnitudes, and those at which something changes.
fn numbers() -> impl Iterator<Item = u64> {
    let edges = (0..64).flat_map(|bit| {
        let power = 1_u64 << bit;
        [power, power - 1, power + 1, power.wrapping_neg(), (power + 1).wrapping_neg()]
    });
    let floats = (-4..8).flat_map(|half| {
        let float = f64::from(half) / 2.0;
        [
            float,
            f64::from_bits(float.to_bits() + 1),
            4_503_599_627_370_496.0 + float,
            9.0e18 * float,
            4_294_967_296.0 + float,
        ]
    });
    let special = [
        f64::NAN,
        -f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::MIN_POSITIVE,
        f64::MAX,
        f64::from_bits(INFINITY + 1),
    ];
    let small = (-4..8).map(|half| u64::from((half as f32 / 2.0).to_bits()));
    let mut state = 1_u64;
    let random = core::iter::repeat_with(move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        // Of all lengths, and at both ends.
        let shifted = state >> (state >> 58);
        if state & 1 == 0 { shifted } else { shifted.rotate_right(12) }
    });
    edges.chain(floats.chain(special).map(f64::to_bits)).chain(small).chain(random.take(40_000))
}

fn pairs() -> impl Iterator<Item = (u64, u64)> {
    let few = || numbers().take(400);
    few().flat_map(move |a| few().map(move |b| (a, b))).chain(numbers().zip(numbers().skip(1)))
}

/// Equal, or both NaN.
fn same(a: f64, b: f64) -> bool {
    a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan()
}

#[test]
fn integers_are_divided_and_counted_as_by_the_processor() {
    for (a, b) in pairs() {
        assert_eq!(div_u64(a, b).ok(), a.checked_div(b), "{a} / {b}");
        assert_eq!(rem_u64(a, b).ok(), a.checked_rem(b), "{a} % {b}");
        let (x, y) = (a as i64, b as i64);
        assert_eq!(div_s64(a, b).ok(), x.checked_div(y).map(|q| q as u64), "{x} / {y}");
        let rest = (b != 0).then(|| x.wrapping_rem(y) as u64);
        assert_eq!(rem_s64(a, b).ok(), rest, "{x} % {y}");
    }
    for a in numbers() {
        let counts = (clz64(a), ctz64(a), popcnt64(a), clz32(a as u32), ctz32(a as u32), popcnt32(a as u32));
        let low = a as u32;
        let wanted = (
            a.leading_zeros(),
            a.trailing_zeros(),
            a.count_ones(),
            low.leading_zeros(),
            low.trailing_zeros(),
            low.count_ones(),
        );
        assert_eq!(counts, wanted, "{a:#x}");
    }
}

#[test]
fn floats_compare_as_by_the_processor() {
    for (a, b) in pairs() {
        let (a, b) = (f64::from_bits(a), f64::from_bits(b));
        let holds = [eq_f64(a, b), lt_f64(a, b), gt_f64(a, b), le_f64(a, b), ge_f64(a, b)];
        assert_eq!(holds, [a == b, a < b, a > b, a <= b, a >= b], "{a:?} {b:?}");
    }
}

#[test]
fn floats_are_rounded_as_by_the_processor() {
    for bits in numbers() {
        let a = f64::from_bits(bits);
        let wide = [
            (ceil_f64(a), a.ceil()),
            (floor_f64(a), a.floor()),
            (trunc_f64(a), a.trunc()),
            (nearest_f64(a), a.round_ties_even()),
            (sqrt_f64(a), a.sqrt()),
        ];
        assert!(wide.iter().all(|&(ours, wanted)| same(ours, wanted)), "{a:?} ({bits:#x}): {wide:?}");
        assert!(!a.is_nan() || floor_f64(a).to_bits() == bits | 1 << 51, "a quiet NaN");
        let a = f32::from_bits(bits as u32);
        let narrow = [
            (ceil_f32(a), a.ceil()),
            (floor_f32(a), a.floor()),
            (trunc_f32(a), a.trunc()),
            (nearest_f32(a), a.round_ties_even()),
        ];
        assert!(narrow.iter().all(|&(ours, wanted)| same(ours.into(), wanted.into())), "{a:?}: {narrow:?}");
    }
}

#[test]
fn floats_are_converted_as_by_the_processor() {
    for bits in numbers() {
        for a in [f64::from_bits(bits), f64::from(f32::from_bits(bits as u32))] {
            let saturated =
                (i32_trunc_sat_f64_s(a), i32_trunc_sat_f64_u(a), i64_trunc_sat_f64_s(a), i64_trunc_sat_f64_u(a));
            assert_eq!(saturated, (a as i32 as u32, a as u32, a as i64 as u64, a as u64), "{a:?}");
            let whole = a.trunc();
            let exact = |fits: bool, value: u64| {
                if fits {
                    Ok(value)
                } else {
                    Err(if a.is_nan() { Trap::BadConversionToInteger } else { Trap::IntegerOverflow })
                }
            };
            assert_eq!(
                i32_trunc_f64_s(a).map(u64::from),
                exact((-2_147_483_648.0..2_147_483_648.0).contains(&whole), u64::from(a as i32 as u32)),
                "{a:?}"
            );
            assert_eq!(
                i32_trunc_f64_u(a).map(u64::from),
                exact((0.0..4_294_967_296.0).contains(&whole), u64::from(a as u32)),
                "{a:?}"
            );
            assert_eq!(
                i64_trunc_f64_s(a),
                exact((-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&whole), a as i64 as u64),
                "{a:?}"
            );
            assert_eq!(
                i64_trunc_f64_u(a),
                exact((0.0..18_446_744_073_709_551_616.0).contains(&whole), a as u64),
                "{a:?}"
            );
        }
        let narrow = f32::from_bits(bits as u32);
        assert_eq!(
            (i64_trunc_sat_f32_s(narrow), i64_trunc_sat_f32_u(narrow)),
            (narrow as i64 as u64, narrow as u64),
            "{narrow:?}"
        );
        let back = (
            f64_convert_i64_s(bits),
            f64_convert_i64_u(bits),
            f64_convert_i32_s(bits as u32),
            f64_convert_i32_u(bits as u32),
        );
        assert_eq!(
            back,
            (bits as i64 as f64, bits as f64, f64::from(bits as i32), f64::from(bits as u32)),
            "{bits:#x}"
        );
        assert_eq!((f32_convert_i64_s(bits), f32_convert_i64_u(bits)), (bits as i64 as f32, bits as f32), "{bits:#x}");
    }
}
