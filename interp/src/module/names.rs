//! The name section, read when a backtrace or a listing asks for it.
//!
//! Nothing is kept: names are needed rarely, and a module's name section can be larger than its code.

use super::ModuleInner;

/// The name of a function, if the section has one. A malformed section has the names before the fault.
pub(super) fn func_name(module: &ModuleInner, index: u32) -> Option<&str> {
    let mut found = None;
    each_func_name(module, |func, name| {
        if func == index {
            found = Some(name);
        }
        found.is_none()
    });
    found
}

/// Calls `visit` with each name until it says no more. Gives up at the first fault.
pub(super) fn each_func_name<'a>(module: &'a ModuleInner, mut visit: impl FnMut(u32, &'a str) -> bool) -> Option<()> {
    let section = module.customs.iter().find(|section| &*section.name == "name")?;
    let mut section = Reader { bytes: module.bytes.as_slice().get(section.bytes.clone())? };
    loop {
        let id = section.byte()?;
        let len = section.u32()?;
        let subsection = section.take(len)?;
        if id == FUNCTION_NAMES {
            return each_in_map(Reader { bytes: subsection }, &mut visit);
        }
    }
}

/// Subsection of function names.
const FUNCTION_NAMES: u8 = 1;

fn each_in_map<'a>(mut map: Reader<'a>, visit: &mut impl FnMut(u32, &'a str) -> bool) -> Option<()> {
    for _ in 0..map.u32()? {
        let index = map.u32()?;
        let len = map.u32()?;
        let name = core::str::from_utf8(map.take(len)?).ok()?;
        if !visit(index, name) {
            return Some(());
        }
    }
    Some(())
}

/// Reads numbers and strings from the front.
struct Reader<'a> {
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    fn byte(&mut self) -> Option<u8> {
        let (&byte, rest) = self.bytes.split_first()?;
        self.bytes = rest;
        Some(byte)
    }

    fn take(&mut self, len: u32) -> Option<&'a [u8]> {
        let (taken, rest) = self.bytes.split_at_checked(usize::try_from(len).ok()?)?;
        self.bytes = rest;
        Some(taken)
    }

    /// An unsigned LEB128 number of 32 bits.
    fn u32(&mut self) -> Option<u32> {
        let mut value = 0;
        for shift in [0, 7, 14, 21, 28] {
            let byte = self.byte()?;
            value |= u32::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::{Reader, each_in_map};

    #[test]
    fn malformed_maps_give_the_names_before_the_fault() {
        let mut names = std::vec::Vec::new();
        let bytes = [3, 0, 1, b'a', 0x81, 0x01, 2, b'b', b'c', 5, 200, b'x'];
        let end = each_in_map(Reader { bytes: &bytes }, &mut |index, name| {
            names.push((index, std::string::String::from(name)));
            true
        });
        assert_eq!(end, None);
        assert_eq!(names, [(0, "a".into()), (129, "bc".into())]);
    }
}
