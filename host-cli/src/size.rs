//! Sizes on the command line: `65536`, `64K`, `64M`, `2G`.

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

#[cfg(test)]
mod tests {
    use super::parse;

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
