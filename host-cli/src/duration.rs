//! Times: on the command line, `500ms`, `2s`, `1.5s`, `5m`; measured ones with three digits, `1.234 ms`.

use std::time::Duration;

/// Parses a number with a unit: us, ms, s (also without any), m or h.
///
/// # Errors
///
/// What is wrong, for the message clap prints.
pub(crate) fn parse(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let seconds = match &text[digits.len()..] {
        "us" => 1e-6,
        "ms" => 0.001,
        "" | "s" => 1.0,
        "m" | "min" => 60.0,
        "h" => 3600.0,
        unit => return Err(format!("unknown unit `{unit}`: use ms, s or m")),
    };
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let number = digits.parse::<f64>().ok().filter(|_| plain);
    let number = number.ok_or_else(|| "expected a time such as 500ms, 2s or 5m".to_owned())?;
    Duration::try_from_secs_f64(number * seconds).map_err(|_| "too long".to_owned())
}

/// The time as people write it: the largest unit that leaves a whole number.
pub(crate) fn show(time: Duration) -> String {
    let millis = time.as_millis();
    match millis {
        0 if time.is_zero() => "0s".to_owned(),
        0 => format!("{time:?}"),
        _ if !millis.is_multiple_of(1000) => format!("{millis}ms"),
        _ if !millis.is_multiple_of(60_000) => format!("{}s", millis / 1000),
        _ => format!("{}m", millis / 60_000),
    }
}

/// A measured number of nanoseconds, in the unit that fits.
pub(crate) fn measured(nanoseconds: f64) -> String {
    let (scale, unit) = match nanoseconds {
        ..1e3 => (1.0, "ns"),
        ..1e6 => (1e3, "us"),
        ..1e9 => (1e6, "ms"),
        _ => (1e9, "s"),
    };
    format!("{:.3} {unit}", nanoseconds / scale)
}

#[cfg(test)]
mod tests {
    use super::{measured, parse, show};
    use std::time::Duration;

    #[test]
    fn times_have_units() {
        for (text, millis, shown) in [
            ("500ms", 500, "500ms"),
            ("2s", 2000, "2s"),
            ("2", 2000, "2s"),
            ("1.5s", 1500, "1500ms"),
            ("5m", 300_000, "5m"),
            ("0", 0, "0s"),
        ] {
            let time = Duration::from_millis(millis);
            assert_eq!(parse(text), Ok(time), "{text}");
            assert_eq!(show(time), shown);
        }
    }

    #[test]
    fn measured_times_have_the_unit_that_fits() {
        for (nanoseconds, text) in [(12.0, "12.000 ns"), (1.5e3, "1.500 us"), (2e6, "2.000 ms"), (61e9, "61.000 s")] {
            assert_eq!(measured(nanoseconds), text);
        }
    }

    #[test]
    fn nonsense_is_refused() {
        for text in ["", "s", "-1s", "1x", "inf", "1e3s", "99999999999999999999999h"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
