//! Backtraces of guests, as lines of text.
//!
//! Of a wasm module: `func[3] main at 0x2f`, and what its DWARF sections add: `(main.c:12:5)`, or a line for each function that was inlined. Of an
//! image, which knows neither names nor module offsets: `func 3 + 0x2a`, and what a symbol map adds.

mod dwarf;

use crate::args::BacktraceForm;
use crate::symbols::{self, MapFile};
use crate::trace::calls::Places;
use dwarf::{Dwarf, Place};
use ermine::image::SymbolMap;
use ermine::{Error, FrameInfo, Module};

/// Frames that each form shows at most.
const SHORT: usize = 16;
const FULL: usize = 1000;

/// What is known of the modules that may be in a backtrace.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    /// Images, and where their maps are.
    images: Vec<(Module, MapFile)>,
    /// Modules that were rewritten to be traced, as they came, and where their code was.
    rewritten: Vec<(Module, Module, Places)>,
    form: Option<BacktraceForm>,
}

impl Sources {
    /// For backtraces in this form.
    pub(crate) fn new(form: BacktraceForm) -> Self {
        Self { form: Some(form), ..Self::default() }
    }

    /// Adds an image and its map.
    pub(crate) fn add(&mut self, image: &Module, map: MapFile) {
        self.images.push((image.clone(), map));
    }

    /// Adds a module that was rewritten, what it was before, and where its code was there.
    pub(crate) fn add_rewritten(&mut self, rewritten: &Module, original: &Module, places: Places) {
        self.rewritten.push((rewritten.clone(), original.clone(), places));
    }

    /// The module and the offset in it that the user knows.
    fn original<'a>(&'a self, module: &'a Module, offset: usize) -> (&'a Module, usize) {
        match self.rewritten.iter().find(|(rewritten, ..)| same(rewritten, module)) {
            Some((_, original, places)) => (original, places.before(offset).unwrap_or(offset)),
            None => (module, offset),
        }
    }

    /// Frames that the engine has to keep.
    pub(crate) fn frames(form: BacktraceForm) -> usize {
        match form {
            BacktraceForm::Off => 0,
            BacktraceForm::Short => SHORT,
            BacktraceForm::Full => FULL,
        }
    }

    /// The guest's functions that were active, innermost first; nothing if none was.
    pub(crate) fn lines(&self, error: &Error) -> Vec<String> {
        let shown = Self::frames(self.form.unwrap_or(BacktraceForm::Short));
        let Some(backtrace) = error.backtrace().filter(|_| shown > 0) else { return Vec::new() };
        let frames = backtrace.frames();
        let mut known = Known { sources: self, modules: Vec::new() };
        let lines = frames.iter().take(shown).map(|frame| known.describe(frame));
        number(lines, frames.len().saturating_sub(shown).saturating_add(backtrace.omitted()))
    }
}

/// What was read of each module so far.
struct Known<'a> {
    sources: &'a Sources,
    modules: Vec<(&'a Module, Facts<'a>)>,
}

/// What explains the places of a module.
enum Facts<'a> {
    Map(Option<SymbolMap>),
    Dwarf(Option<Box<Dwarf<'a>>>),
}

impl<'a> Known<'a> {
    fn of(&mut self, module: &'a Module) -> Option<&Facts<'a>> {
        if !self.modules.iter().any(|(known, _)| same(known, module)) {
            let image = self.sources.images.iter().find(|(image, _)| same(image, module));
            let facts = match image {
                Some((_, map)) => Facts::Map(map.read()),
                None => Facts::Dwarf(Dwarf::of(module).map(Box::new)),
            };
            self.modules.push((module, facts));
        }
        self.modules.iter().find(|(known, _)| same(known, module)).map(|(_, facts)| facts)
    }

    /// A frame's lines: itself, and what was inlined there.
    fn describe(&mut self, frame: &'a FrameInfo) -> Vec<String> {
        let func = frame.func_index();
        // An image has no module offsets.
        if let Some(offset) = frame.module_offset() {
            let (module, offset) = self.sources.original(frame.module(), offset);
            let places = match self.of(module) {
                Some(Facts::Dwarf(Some(dwarf))) => dwarf.places(offset),
                Some(Facts::Dwarf(None) | Facts::Map(_)) | None => Vec::new(),
            };
            return with_places(format!("func[{func}]{}", symbols::show(frame.func_name(), Some(offset))), &places);
        }
        let Some(offset) = frame.code_offset() else { return vec![format!("func[{func}]")] };
        let known = match self.of(frame.module()) {
            Some(Facts::Map(Some(map))) => symbols::describe(map, func, offset).unwrap_or_default(),
            Some(Facts::Map(None) | Facts::Dwarf(_)) | None => String::new(),
        };
        vec![format!("func {func} + {offset:#x}{known}")]
    }
}

/// Whether two handles are of the same module.
fn same(a: &Module, b: &Module) -> bool {
    std::ptr::eq(a.wasm(), b.wasm())
}

/// A line for the function, and if others were inlined there one for each.
fn with_places(mut line: String, places: &[Place]) -> Vec<String> {
    match places {
        [] => vec![line],
        [place] => {
            line.push_str(&place.at.as_ref().map(|at| format!(" ({at})")).unwrap_or_default());
            vec![line]
        }
        places => std::iter::once(line).chain(places.iter().map(|place| format!("  {place}"))).collect(),
    }
}

/// Puts a heading before the frames and numbers them; `left_out` more were there.
fn number(frames: impl Iterator<Item = Vec<String>>, left_out: usize) -> Vec<String> {
    let mut lines = vec!["wasm backtrace:".to_owned()];
    for (number, frame) in frames.enumerate() {
        let heads = std::iter::once(format!("{number:4}: ")).chain(std::iter::repeat(" ".repeat(6)));
        lines.extend(heads.zip(frame).map(|(head, line)| head + &line));
    }
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
        let frames = || ["a", "b"].into_iter().map(|name| vec![name.to_owned()]);
        assert_eq!(number(frames(), 0), ["wasm backtrace:", "   0: a", "   1: b"]);
        assert_eq!(number(frames(), 9).last().map(String::as_str), Some("      and 9 more"));
    }

    #[test]
    fn what_was_inlined_has_lines_of_its_own() {
        let place = |name: &str, at: &str| Place { name: Some(name.to_owned()), at: Some(at.to_owned()) };
        let line = || "func[1] f at 0x20".to_owned();
        assert_eq!(with_places(line(), &[]), ["func[1] f at 0x20"]);
        assert_eq!(with_places(line(), &[place("f", "a.c:1:2")]), ["func[1] f at 0x20 (a.c:1:2)"]);
        let inlined = with_places(line(), &[place("g", "a.c:5"), place("f", "a.c:1:2")]);
        assert_eq!(
            number([inlined].into_iter(), 0)[1..],
            ["   0: func[1] f at 0x20", "        in g at a.c:5", "        in f at a.c:1:2"]
        );
    }
}
