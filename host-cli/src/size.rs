//! Sizes: on the command line, `65536`, `64K`, `64M`, `2G`; in reports, `65,536`.

/// Parses a number of bytes with an optional suffix K, M or G (times 1024 each; `KiB` and `KB` mean the same).
///
/// # Errors
///
/// What is wrong, for the message clap prints.
pub(crate) fn parse(text: &str) -> Result<usize, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let suffix = &text[digits.len()..];
    let shift = match suffix.to_ascii_uppercase().as_str() {
        "" | "B" => 0,
        "K" | "KB" | "KIB" => 10,
        "M" | "MB" | "MIB" => 20,
        "G" | "GB" | "GIB" => 30,
        _ => return Err(format!("unknown unit `{suffix}`: use K, M or G")),
    };
    let number: usize = digits.parse().map_err(|_| "expected a number of bytes such as 65536 or 64M".to_owned())?;
    number.checked_mul(1 << shift).ok_or_else(|| "too large".to_owned())
}

/// A number with a comma before every three digits.
pub(crate) fn show(number: impl ToString) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{parse, show};

    #[test]
    fn numbers_are_grouped() {
        for (number, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(show(number), text);
        }
    }

    #[test]
    fn suffixes_are_powers_of_1024() {
        assert_eq!(parse("0"), Ok(0));
        assert_eq!(parse("64k"), Ok(65536));
        assert_eq!(parse("3MiB"), Ok(3 << 20));
        assert_eq!(parse("1G"), Ok(1 << 30));
    }

    #[test]
    fn nonsense_is_refused() {
        for text in ["", "M", "-1", "1.5M", "3X", "99999999999999999999", "18446744073709551615K"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
