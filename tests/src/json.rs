//! As much of JSON as the specifications of wasi-testsuite need.

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Json {
    /// `null`, `true`, `false`, or a number, as it is written.
    Bare(String),
    /// A string.
    String(String),
    /// An array.
    Array(Vec<Self>),
    /// An object; its members in their order.
    Object(Vec<(String, Self)>),
}

impl Json {
    /// Reads one value; `None` if the text is not one. What comes behind it is not looked at.
    pub fn parse(text: &str) -> Option<Self> {
        value(&mut text.trim_start())
    }

    /// The member of an object.
    pub fn get(&self, name: &str) -> Option<&Self> {
        self.members().iter().find(|(member, _)| member == name).map(|(_, value)| value)
    }

    /// The members of an object, none for other values.
    pub fn members(&self) -> &[(String, Self)] {
        if let Self::Object(members) = self { members } else { &[] }
    }

    /// The items of an array, none for other values.
    pub fn items(&self) -> &[Self] {
        if let Self::Array(items) = self { items } else { &[] }
    }

    /// A string.
    pub fn as_str(&self) -> Option<&str> {
        if let Self::String(text) = self { Some(text) } else { None }
    }

    /// A whole number.
    pub fn as_i32(&self) -> Option<i32> {
        if let Self::Bare(text) = self { text.parse().ok() } else { None }
    }
}

fn value(rest: &mut &str) -> Option<Json> {
    match rest.chars().next()? {
        '"' => string(rest).map(Json::String),
        '[' => list(rest, '[', ']', value).map(Json::Array),
        '{' => list(rest, '{', '}', member).map(Json::Object),
        _ => {
            let end = rest.find([',', ']', '}']).unwrap_or(rest.len());
            let (bare, behind) = rest.split_at(end);
            *rest = behind;
            Some(Json::Bare(bare.trim_end().to_owned()))
        }
    }
}

fn member(rest: &mut &str) -> Option<(String, Json)> {
    let name = string(rest)?;
    *rest = rest.trim_start().strip_prefix(':')?.trim_start();
    Some((name, value(rest)?))
}

fn list<T>(rest: &mut &str, open: char, close: char, item: fn(&mut &str) -> Option<T>) -> Option<Vec<T>> {
    *rest = rest.strip_prefix(open)?.trim_start();
    let mut items = Vec::new();
    while !rest.starts_with(close) {
        items.push(item(rest)?);
        *rest = rest.trim_start();
        match rest.strip_prefix(',') {
            Some(behind) => *rest = behind.trim_start(),
            None => break,
        }
    }
    *rest = rest.strip_prefix(close)?;
    Some(items)
}

fn string(rest: &mut &str) -> Option<String> {
    let mut chars = rest.strip_prefix('"')?.chars();
    let mut text = String::new();
    loop {
        match chars.next()? {
            '"' => break,
            '\\' => text.push(match chars.next()? {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                'u' => return None,
                other => other,
            }),
            other => text.push(other),
        }
    }
    *rest = chars.as_str();
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::Json;

    #[test]
    fn a_specification_is_read() {
        let json = Json::parse(r#" {"args": ["a", "b \"c\""], "env": {"x": "1\n2"}, "exit_code": 33 , "root": null} "#);
        let json = json.expect("valid");
        assert_eq!(json.get("args").unwrap().items()[1].as_str(), Some("b \"c\""));
        assert_eq!(json.get("env").unwrap().members()[0], ("x".to_owned(), Json::String("1\n2".to_owned())));
        assert_eq!(json.get("exit_code").and_then(Json::as_i32), Some(33));
        assert_eq!(json.get("root").and_then(Json::as_str), None);
        assert_eq!(Json::parse(r#"{"a" 1}"#), None);
    }
}
