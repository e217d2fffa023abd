//! Backtraces of guests, as lines of text.

use ermine::{Error, FrameInfo};
use rustc_demangle::demangle;

/// Frames shown at most.
const SHOWN: usize = 32;

/// The guest's functions that were active, innermost first; nothing if none was.
pub(crate) fn lines(error: &Error) -> Vec<String> {
    let Some(backtrace) = error.backtrace() else { return Vec::new() };
    let frames = backtrace.frames();
    let shown = frames.iter().take(SHOWN).map(frame);
    number(shown, frames.len().saturating_sub(SHOWN).saturating_add(backtrace.omitted()))
}

fn frame(frame: &FrameInfo) -> String {
    line(frame.func_index(), frame.func_name(), frame.module_offset())
}

fn line(index: u32, name: Option<&str>, offset: Option<usize>) -> String {
    let name = name.map_or_else(String::new, |name| format!(" {:#}", demangle(name)));
    let offset = offset.map_or_else(String::new, |offset| format!(" at {offset:#x}"));
    format!("func[{index}]{name}{offset}")
}

/// Puts a heading before the frames and numbers them; `left_out` more were there.
fn number(frames: impl Iterator<Item = String>, left_out: usize) -> Vec<String> {
    let mut lines = vec!["wasm backtrace:".to_owned()];
    lines.extend(frames.enumerate().map(|(number, frame)| format!("{number:4}: {frame}")));
    if left_out > 0 {
        lines.push(format!("      and {left_out} more"));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_demangled() {
        let mangled = Some("_ZN4core3fmt5Write9write_fmt17h0123456789abcdefE");
        assert_eq!(line(3, mangled, Some(0x2f)), "func[3] core::fmt::Write::write_fmt at 0x2f");
        assert_eq!(line(7, None, None), "func[7]");
    }

    #[test]
    fn frames_are_numbered_and_the_rest_is_counted() {
        let frames = || ["a", "b"].into_iter().map(str::to_owned);
        assert_eq!(number(frames(), 0), ["wasm backtrace:", "   0: a", "   1: b"]);
        assert_eq!(number(frames(), 9).last().map(String::as_str), Some("      and 9 more"));
    }
}
