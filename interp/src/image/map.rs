//! Symbol maps: which function and which byte of the wasm module a place in an image's code is.
//!
//! A board reports a trap as function and code offset. Names and offsets into the module stay on the host, in the text file that `ermine compile` writes
//! beside the image:
//!
//! ```text
//! ermine map 1                     the version of this format
//! image 1a2b3c4d                   the checksum of the image that it belongs to
//! func 0 - env.log                 an imported function and its name
//! func 1 0x3c main                 function, where its body is in the module, its name if it has one (\\ and \u{…} are escapes)
//!  10+1 4+2 5-1                    its places: so many units of code on, so many bytes of the module on or back; the first from unit 0 and from the body
//! ```
//!
//! Functions are in ascending order. A place goes on up to the next one.

use alloc::{boxed::Box, string::String, vec::Vec};
use core::{
    fmt::{self, Write as _},
    str::FromStr,
};

/// Names and module offsets for the places in an image's code.
///
/// Written with `Display`, read with [`str::parse`]. The text is untrusted: whatever is in it, parsing takes time and space linear in its length.
///
/// # Examples
///
/// ```
/// use ermine::image::SymbolMap;
///
/// let map: SymbolMap = "ermine map 1\nimage 1a2b3c4d\nfunc 1 0x3c main\n 10+1 4+2\n".parse()?;
/// assert_eq!(map.checksum(), 0x1a2b_3c4d);
/// let symbol = map.look_up(1, 15).unwrap();
/// assert_eq!((symbol.name, symbol.module_offset), (Some("main"), Some(0x3f)));
/// # Ok::<(), ermine::image::MapError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SymbolMap {
    checksum: u32,
    functions: Vec<Function>,
    /// The places of all functions: unit and module offset.
    places: Vec<(u32, u32)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Function {
    index: u32,
    name: Option<Box<str>>,
    /// Where the body is in the module; imported functions have none.
    body: Option<u32>,
    /// Where its places start in the list of all.
    first: usize,
}

/// What a map knows of a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Symbol<'m> {
    /// The function's name: that of the name section, or one that it is exported under.
    pub name: Option<&'m str>,
    /// The byte of the wasm module with the operator that the code was made for.
    pub module_offset: Option<u32>,
}

/// Why a text is no symbol map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum MapError {
    /// It does not begin as one.
    NotAMap,
    /// It has a version that this build does not know.
    Version,
    /// A line breaks the format.
    Line {
        /// Its number, from 1.
        line: usize,
        /// What should be there.
        expected: &'static str,
    },
}

impl fmt::Display for MapError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAMap => f.write_str("not a symbol map: `ermine compile` writes one beside each image"),
            Self::Version => f.write_str("the map has another version of the format: compile the module again"),
            Self::Line { line, expected } => write!(f, "line {line} of the map: expected {expected}"),
        }
    }
}

impl core::error::Error for MapError {}

/// The first line, up to the version.
const MAGIC: &str = "ermine map ";
const VERSION: &str = "1";

/// Places in a line of text.
const PLACES_PER_LINE: usize = 24;

impl SymbolMap {
    /// The checksum of the image that the map belongs to, see [`Image::checksum`](crate::image::Image::checksum).
    #[must_use]
    pub fn checksum(&self) -> u32 {
        self.checksum
    }

    /// What is known of a place in an image's code: a function by its index in the module, and an offset in units of u16 from the start of its code.
    ///
    /// Nothing if the map does not have the function.
    #[must_use]
    pub fn look_up(&self, func: u32, offset: u32) -> Option<Symbol<'_>> {
        let (number, function) = self.function(func)?;
        let end = self.functions.get(number + 1).map_or(self.places.len(), |next| next.first);
        let places = self.places.get(function.first..end).unwrap_or_default();
        let behind = places.partition_point(|&(unit, _)| unit <= offset);
        let place = behind.checked_sub(1).and_then(|last| places.get(last));
        Some(Symbol {
            name: function.name.as_deref(),
            module_offset: place.map(|&(_, offset)| offset).or(function.body),
        })
    }

    /// The name of a function.
    #[must_use]
    pub fn func_name(&self, func: u32) -> Option<&str> {
        self.function(func)?.1.name.as_deref()
    }

    /// The first function with this name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<u32> {
        self.functions.iter().find(|function| function.name.as_deref() == Some(name)).map(|function| function.index)
    }

    fn function(&self, index: u32) -> Option<(usize, &Function)> {
        let number = self.functions.binary_search_by_key(&index, |function| function.index).ok()?;
        Some((number, self.functions.get(number)?))
    }
}

impl fmt::Display for SymbolMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{MAGIC}{VERSION}\nimage {:08x}", self.checksum)?;
        let ends = self.functions.iter().skip(1).map(|next| next.first).chain([self.places.len()]);
        for (function, end) in self.functions.iter().zip(ends) {
            write!(f, "func {} ", function.index)?;
            match function.body {
                Some(body) => write!(f, "{body:#x}")?,
                None => f.write_char('-')?,
            }
            if let Some(name) = &function.name {
                f.write_char(' ')?;
                escape(f, name)?;
            }
            f.write_char('\n')?;
            let mut last = (0, function.body.unwrap_or(0));
            for line in self.places.get(function.first..end).unwrap_or_default().chunks(PLACES_PER_LINE) {
                for &(unit, offset) in line {
                    let sign = if offset < last.1 { '-' } else { '+' };
                    write!(f, " {}{sign}{}", unit.saturating_sub(last.0), offset.abs_diff(last.1))?;
                    last = (unit, offset);
                }
                f.write_char('\n')?;
            }
        }
        Ok(())
    }
}

/// Writes a name so that it stays in its line.
fn escape(f: &mut fmt::Formatter<'_>, name: &str) -> fmt::Result {
    for character in name.chars() {
        match character {
            '\\' => f.write_str("\\\\")?,
            control if control.is_control() => write!(f, "\\u{{{:x}}}", u32::from(control))?,
            plain => f.write_char(plain)?,
        }
    }
    Ok(())
}

/// The name that [`escape`] has written.
fn unescape(text: &str) -> Option<Box<str>> {
    let mut name = String::new();
    let mut rest = text;
    while let Some((plain, escaped)) = rest.split_once('\\') {
        name.push_str(plain);
        rest = if let Some(after) = escaped.strip_prefix('\\') {
            name.push('\\');
            after
        } else {
            let (digits, after) = escaped.strip_prefix("u{")?.split_once('}')?;
            name.push(char::from_u32(number(digits, 16)?)?);
            after
        };
    }
    name.push_str(rest);
    Some(name.into())
}

/// A number without a sign. (`from_str_radix` takes one.)
fn number(digits: &str, radix: u32) -> Option<u32> {
    if !digits.chars().all(|digit| digit.is_digit(radix)) {
        return None;
    }
    u32::from_str_radix(digits, radix).ok()
}

impl FromStr for SymbolMap {
    type Err = MapError;

    fn from_str(text: &str) -> Result<Self, MapError> {
        let mut lines = text.lines();
        match lines.next().and_then(|line| line.strip_prefix(MAGIC)) {
            Some(VERSION) => {}
            Some(_) => return Err(MapError::Version),
            None => return Err(MapError::NotAMap),
        }
        let checksum = lines.next().and_then(|line| number(line.strip_prefix("image ")?, 16));
        let checksum = checksum.ok_or(MapError::Line { line: 2, expected: "`image` and a checksum" })?;
        let mut map = Self { checksum, functions: Vec::new(), places: Vec::new() };
        let mut last = None;
        for (index, line) in lines.enumerate() {
            let wrong = |expected| MapError::Line { line: index + 3, expected };
            if let Some(places) = line.strip_prefix(' ') {
                let last = last.as_mut().ok_or(wrong("a function that these places are in"))?;
                map.read_places(places, last).ok_or(wrong("places such as `4+2`, in ascending order"))?;
            } else {
                let function = map.read_function(line).ok_or(wrong("`func`, an index, an offset and a name"))?;
                if map.functions.last().is_some_and(|before| before.index >= function.index) {
                    return Err(wrong("functions in ascending order"));
                }
                last = function.body.map(|body| (0, body));
                map.functions.push(function);
            }
        }
        Ok(map)
    }
}

#[cfg(feature = "translate")]
impl SymbolMap {
    /// The map of an image with this checksum, without functions yet.
    pub(crate) fn new(checksum: u32) -> Self {
        Self { checksum, functions: Vec::new(), places: Vec::new() }
    }

    /// Adds a function behind those there are: `places` are units and module offsets, the units in ascending order.
    pub(crate) fn push(&mut self, index: u32, name: Option<&str>, body: Option<u32>, places: Vec<(u32, u32)>) {
        let name = name.filter(|name| !name.is_empty()).map(Box::from);
        self.functions.push(Function { index, name, body, first: self.places.len() });
        self.places.extend(places);
    }

    /// The index behind that of the last function.
    pub(crate) fn end(&self) -> u32 {
        self.functions.last().map_or(0, |last| last.index.saturating_add(1))
    }
}

impl SymbolMap {
    fn read_function(&self, line: &str) -> Option<Function> {
        let (index, rest) = line.strip_prefix("func ")?.split_once(' ')?;
        let (body, name) = match rest.split_once(' ') {
            Some((body, name)) => (body, Some(unescape(name)?)),
            None => (rest, None),
        };
        let body = match body {
            "-" => None,
            body => Some(number(body.strip_prefix("0x")?, 16)?),
        };
        Some(Function { index: number(index, 10)?, name, body, first: self.places.len() })
    }

    fn read_places(&mut self, line: &str, last: &mut (u32, u32)) -> Option<()> {
        for place in line.split(' ') {
            let sign = place.find(['+', '-'])?;
            let (units, bytes) = (number(place.get(..sign)?, 10)?, number(place.get(sign + 1..)?, 10)?);
            let unit = last.0.checked_add(units)?;
            let offset = match place.as_bytes().get(sign) {
                Some(b'-') => last.1.checked_sub(bytes)?,
                _ => last.1.checked_add(bytes)?,
            };
            *last = (unit, offset);
            self.places.push(*last);
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use std::string::ToString as _;

    use super::{MapError, Symbol, SymbolMap};

    const TEXT: &str = "\
ermine map 1
image 00c0ffee
func 0 - env.log
func 2 0x3c a\\\\b\\u{a}c
 10+1 4+2 5-1
func 7 0x80
func 9 0x90 last
 0+0
";

    #[test]
    fn maps_are_read_as_they_are_written() {
        let map: SymbolMap = TEXT.parse().expect("a map");
        assert_eq!(map.checksum(), 0xc0_ffee);
        assert_eq!(map.to_string(), TEXT);
        assert_eq!(map.to_string().replace('\n', "\r\n").parse(), Ok(map));
    }

    #[test]
    fn places_go_on_up_to_the_next() {
        let map: SymbolMap = TEXT.parse().expect("a map");
        let offset = |func, unit| map.look_up(func, unit).and_then(|symbol| symbol.module_offset);
        assert_eq!(
            [0, 9, 10, 13, 14, 18, 19, u32::MAX].map(|unit| offset(2, unit)),
            [Some(0x3c), Some(0x3c), Some(0x3d), Some(0x3d), Some(0x3f), Some(0x3f), Some(0x3e), Some(0x3e)]
        );
        assert_eq!(map.look_up(2, 0).and_then(|symbol| symbol.name), Some("a\\b\nc"));
        assert_eq!(map.look_up(0, 5), Some(Symbol { name: Some("env.log"), module_offset: None }));
        assert_eq!(map.look_up(7, 5), Some(Symbol { name: None, module_offset: Some(0x80) }));
        assert_eq!(map.look_up(9, 5), Some(Symbol { name: Some("last"), module_offset: Some(0x90) }));
        assert_eq!(map.look_up(1, 0), None);
        assert_eq!((map.find("last"), map.find("first")), (Some(9), None));
    }

    #[test]
    fn other_texts_are_refused_with_the_line() {
        let refused = |text: &str| text.parse::<SymbolMap>().expect_err(text);
        assert_eq!(refused(""), MapError::NotAMap);
        assert_eq!(refused("\0asm"), MapError::NotAMap);
        assert_eq!(refused("ermine map 2\nimage 00000000"), MapError::Version);
        for (line, rest) in [
            (2, "ermine map 1"),
            (2, "ermine map 1\nimage"),
            (2, "ermine map 1\nimage +1"),
            (2, "ermine map 1\nimage 123456789"),
            (3, "ermine map 1\nimage 0\n 1+1"),
            (3, "ermine map 1\nimage 0\nfunc 1"),
            (3, "ermine map 1\nimage 0\nfunc -1 0x1 f"),
            (3, "ermine map 1\nimage 0\nfunc 1 1 f"),
            (3, "ermine map 1\nimage 0\nfunc 1 0x1 \\"),
            (3, "ermine map 1\nimage 0\nfunc 1 0x1 \\u{d800}"),
            (4, "ermine map 1\nimage 0\nfunc 1 0x1\n 1"),
            (4, "ermine map 1\nimage 0\nfunc 1 0x1\n 1+"),
            (4, "ermine map 1\nimage 0\nfunc 1 0x1\n 0-2"),
            (4, "ermine map 1\nimage 0\nfunc 1 0x1\n 1+4294967295"),
            (4, "ermine map 1\nimage 0\nfunc 1 0x1\n 4294967295+1 1+1"),
            (4, "ermine map 1\nimage 0\nfunc 1 - f\n 1+1"),
            (4, "ermine map 1\nimage 0\nfunc 1 0x1\nfunc 1 0x2"),
        ] {
            let error = refused(rest);
            assert!(matches!(error, MapError::Line { line: at, .. } if at == line), "{rest}: {error}");
        }
    }

    #[test]
    fn no_text_makes_it_panic() {
        let bytes = TEXT.as_bytes();
        for at in 0..bytes.len() {
            for byte in [0, b' ', b'\n', b'0', b'9', b'x', b'\\', b'{', b'+', b'-', 0xc3] {
                let mut changed = bytes.to_vec();
                changed[at] = byte;
                if let Ok(map) = std::string::String::from_utf8_lossy(&changed).parse::<SymbolMap>() {
                    let again = map.to_string().parse::<SymbolMap>();
                    assert_eq!(again, Ok(map));
                }
            }
        }
    }
}
