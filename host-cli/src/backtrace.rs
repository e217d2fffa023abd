//! Backtraces of guests, as lines of text.
//!
//! Of a wasm module: `func[3] main at 0x2f`. Of an image, which knows neither names nor module offsets: `func 3 + 0x2a`, and what a symbol map adds.

use crate::symbols;
use ermine::image::SymbolMap;
use ermine::{Error, FrameInfo};

/// Frames shown at most.
const SHOWN: usize = 32;

/// The guest's functions that were active, innermost first; nothing if none was.
pub(crate) fn lines(error: &Error, symbols: Option<&SymbolMap>) -> Vec<String> {
    let Some(backtrace) = error.backtrace() else { return Vec::new() };
    let frames = backtrace.frames();
    let shown = frames.iter().take(SHOWN).map(|frame| line(frame, symbols));
    number(shown, frames.len().saturating_sub(SHOWN).saturating_add(backtrace.omitted()))
}

fn line(frame: &FrameInfo, map: Option<&SymbolMap>) -> String {
    let func = frame.func_index();
    // An image has no module offsets.
    if let Some(offset) = frame.module_offset() {
        return format!("func[{func}]{}", symbols::show(frame.func_name(), Some(offset)));
    }
    let Some(offset) = frame.code_offset() else { return format!("func[{func}]") };
    let known = map.and_then(|map| symbols::describe(map, func, offset)).unwrap_or_default();
    format!("func {func} + {offset:#x}{known}")
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
    fn frames_are_numbered_and_the_rest_is_counted() {
        let frames = || ["a", "b"].into_iter().map(str::to_owned);
        assert_eq!(number(frames(), 0), ["wasm backtrace:", "   0: a", "   1: b"]);
        assert_eq!(number(frames(), 9).last().map(String::as_str), Some("      and 9 more"));
    }
}
