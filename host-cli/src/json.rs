//! As much of JSON as reports need: writing.

use std::fmt::{self, Write as _};

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    Number(u64),
    /// A number with a fraction; those that JSON cannot write are `null`.
    Real(f64),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(&'static str, Json)>),
}

impl Json {
    /// Each item as a value.
    pub(crate) fn list<T: Into<Self>>(items: impl IntoIterator<Item = T>) -> Self {
        Self::List(items.into_iter().map(T::into).collect())
    }
}

impl From<bool> for Json {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<u32> for Json {
    fn from(value: u32) -> Self {
        Self::Number(value.into())
    }
}

impl From<u64> for Json {
    fn from(value: u64) -> Self {
        Self::Number(value)
    }
}

impl From<usize> for Json {
    fn from(value: usize) -> Self {
        // No host has sizes of more than 64 bits.
        Self::Number(u64::try_from(value).unwrap_or(u64::MAX))
    }
}

impl From<f64> for Json {
    fn from(value: f64) -> Self {
        Self::Real(value)
    }
}

impl From<&str> for Json {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Json {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl<T: Into<Self>> From<Option<T>> for Json {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, T::into)
    }
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write(f, self, 0)
    }
}

/// Writes a value whose lines are indented by `depth` steps. Lists without objects in them stay in one line.
fn write(f: &mut fmt::Formatter<'_>, value: &Json, depth: usize) -> fmt::Result {
    match value {
        Json::Null => f.write_str("null"),
        Json::Bool(value) => write!(f, "{value}"),
        Json::Number(value) => write!(f, "{value}"),
        Json::Real(value) if value.is_finite() => write!(f, "{value:.3}"),
        Json::Real(_) => f.write_str("null"),
        Json::Text(value) => text(f, value),
        Json::List(items) => {
            f.write_char('[')?;
            let broken = items.iter().any(|item| matches!(item, Json::Object(_)));
            for (index, item) in items.iter().enumerate() {
                separate(f, index, broken, depth + 1)?;
                write(f, item, depth + 1)?;
            }
            end(f, broken, depth, ']')
        }
        Json::Object(fields) => {
            f.write_char('{')?;
            // The innermost objects stay in one line.
            let broken = fields.iter().any(|(_, value)| matches!(value, Json::Object(_) | Json::List(_)));
            for (index, (name, value)) in fields.iter().enumerate() {
                separate(f, index, broken, depth + 1)?;
                write!(f, "\"{name}\": ")?;
                write(f, value, depth + 1)?;
            }
            end(f, broken, depth, '}')
        }
    }
}

fn separate(f: &mut fmt::Formatter<'_>, index: usize, broken: bool, depth: usize) -> fmt::Result {
    if index > 0 {
        f.write_str(if broken { "," } else { ", " })?;
    }
    if broken { write!(f, "\n{:width$}", "", width = depth * 2) } else { Ok(()) }
}

fn end(f: &mut fmt::Formatter<'_>, broken: bool, depth: usize, bracket: char) -> fmt::Result {
    if broken {
        write!(f, "\n{:width$}", "", width = depth * 2)?;
    }
    f.write_char(bracket)
}

fn text(f: &mut fmt::Formatter<'_>, value: &str) -> fmt::Result {
    f.write_char('"')?;
    for character in value.chars() {
        match character {
            '"' | '\\' => write!(f, "\\{character}")?,
            control if control < ' ' => write!(f, "\\u{:04x}", u32::from(control))?,
            plain => f.write_char(plain)?,
        }
    }
    f.write_char('"')
}

#[cfg(test)]
mod tests {
    use super::Json;

    #[test]
    fn values_are_written_as_json_has_them() {
        let value = Json::Object(vec![
            ("a", Json::list([1_u32, 2])),
            ("b", Json::List(vec![Json::Object(vec![("c", true.into()), ("d", None::<u32>.into())])])),
            ("f", 1.25.into()),
            ("e", "x\"\\\n\u{e4}".into()),
        ]);
        let expected = "{\n  \"a\": [1, 2],\n  \"b\": [\n    {\"c\": true, \"d\": null}\n  ],\n  \"f\": 1.250,\n  \"e\": \"x\\\"\\\\\\u000a\u{e4}\"\n}";
        assert_eq!(value.to_string(), expected);
        assert_eq!(Json::List(Vec::new()).to_string(), "[]");
    }
}
