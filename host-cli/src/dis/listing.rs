//! Two columns: what the module says, and what became of it.

use super::wasm::{Function, OperatorLine};
use crate::names::demangled;
use crate::printable::printable;
use std::fmt::Write as _;

/// Width of the left column.
const LEFT: usize = 44;

/// An instruction of the engine's.
pub(super) struct CodeLine {
    /// Offset in the module of the operator it came from, if that is known.
    pub(super) origin: Option<u64>,
    /// The instruction.
    pub(super) text: String,
}

impl From<ermine::CodeLine> for CodeLine {
    fn from(line: ermine::CodeLine) -> Self {
        // An offset within a module always fits.
        let origin = line.module_offset.and_then(|offset| u64::try_from(offset).ok());
        Self { origin, text: line.text }
    }
}

/// The listing of one function, with an empty line at its end.
pub(super) fn listing(function: &Function<'_>, operators: &[OperatorLine], code: &[CodeLine]) -> String {
    let mut text = heading(function);
    text.push('\n');
    columns(&mut text, operators, code);
    text.push('\n');
    text
}

fn heading(function: &Function<'_>) -> String {
    let mut heading = format!("func[{}]", function.index);
    if let Some(name) = function.name {
        heading.push(' ');
        heading.push_str(&printable(&demangled(name)));
    }
    for export in &function.exports {
        // Writing to a string cannot fail.
        let _ = write!(heading, " (export {export:?})");
    }
    let _ = write!(heading, ", {} bytes of wasm", function.bytes());
    heading
}

/// Each operator with the code that came from it. Code that comes from no operator before the next stays where it is.
fn columns(text: &mut String, operators: &[OperatorLine], code: &[CodeLine]) {
    let mut code = code.iter().peekable();
    for (index, operator) in operators.iter().enumerate() {
        let next = operators.get(index + 1).map_or(u64::MAX, |next| next.offset);
        let mut left = format!("{:#08x}  {}", operator.offset, operator.text);
        let mut printed = false;
        while let Some(line) = code.next_if(|line| line.origin.is_none_or(|origin| origin < next)) {
            row(text, &left, &line.text);
            left.clear();
            printed = true;
        }
        if !printed {
            row(text, &left, "");
        }
    }
    for line in code {
        row(text, "", &line.text);
    }
}

fn row(text: &mut String, left: &str, right: &str) {
    let line = if right.is_empty() { left.to_owned() } else { format!("{left:LEFT$} | {right}") };
    text.push_str(line.trim_end());
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_stands_beside_the_operator_it_came_from() {
        let operator = |offset, text: &str| OperatorLine { offset, text: text.to_owned() };
        let instruction = |origin, text: &str| CodeLine { origin, text: text.to_owned() };
        let operators =
            [operator(10, "local.get 0"), operator(12, "i32.eqz"), operator(13, "br_if 0"), operator(15, "end")];
        let code = [instruction(Some(13), "br_eqz s0"), instruction(None, "nop"), instruction(Some(15), "return")];
        let mut text = String::new();
        columns(&mut text, &operators, &code);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "0x00000a  local.get 0");
        assert_eq!(lines[1], "0x00000c  i32.eqz");
        assert!(lines[2].starts_with("0x00000d  br_if 0 ") && lines[2].ends_with("| br_eqz s0"), "{text}");
        assert!(lines[3].trim_start().starts_with("| nop"), "{text}");
        assert!(lines[4].ends_with("| return"), "{text}");
        assert_eq!(lines.len(), 5);
    }
}
