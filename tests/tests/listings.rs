//! Listings: modules under `listings/` with the code that the translator makes of them as comments at the end.
//!
//! A file is a module in text form. Behind it, each line that starts with `;;` is expected. Two things go beyond plain wasm text:
//! lines that start with `;;!` say how to translate and what to list, and `{9: text}` stands for nine times the text, for
//! what only happens in big functions.
//!
//! | Line | Means |
//! |---|---|
//! | `;;! fuel` | metered code |
//! | `;;! count` | code that counts wasm operators |
//! | `;;! unfused` | nothing fused, no accumulators |
//! | `;;! only WORD…` | list only lines that contain one of the words |
//!
//! `ERMINE_BLESS=1 cargo test -p ermine-tests --test listings` rewrites what is expected.

use std::fs;
use std::path::Path;

use ermine::{Config, Engine, Module};
use ermine_tests::golden;

/// How to translate a file and what to list.
#[derive(Debug, Default)]
struct Directives {
    config: Config,
    /// List only lines with one of these words; all if there are none.
    only: Vec<String>,
}

impl Directives {
    fn parse(source: &str) -> Result<Self, String> {
        let mut directives = Self::default();
        directives.config.wasm_custom_page_sizes(true);
        for line in source.lines().filter_map(|line| line.strip_prefix(";;!")) {
            let mut words = line.split_whitespace();
            match words.next() {
                Some("fuel") => directives.config.consume_fuel(true),
                Some("count") => directives.config.count_operators(true),
                Some("unfused") => directives.config.fuse(false),
                Some("only") => {
                    directives.only.extend(words.map(str::to_owned));
                    continue;
                }
                _ => return Err(format!("not a directive: {line}")),
            };
        }
        Ok(directives)
    }

    fn lists(&self, line: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|word| line.contains(word))
    }
}

/// The module: everything before the comments at the end.
fn source(text: &str) -> &str {
    let mut end = text.len();
    for line in text.split_inclusive('\n').rev() {
        if !line.starts_with(";;") && !line.trim().is_empty() {
            break;
        }
        end -= line.len();
    }
    &text[..end]
}

/// The text with each `{count: piece}` written out.
fn unroll(text: &str) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (count, after) = after.split_once(':').ok_or("no ':' behind '{'")?;
        let (piece, after) = after.split_once('}').ok_or("no '}' behind '{'")?;
        let count = count.parse().map_err(|_| format!("not a count: {count}"))?;
        out.push_str(before);
        out.push_str(&piece.repeat(count));
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

/// The file as it should be.
fn listed(text: &str) -> Result<String, String> {
    let source = source(text);
    let directives = Directives::parse(source)?;
    let wasm = wat::parse_str(unroll(source)?).map_err(|error| error.to_string())?;
    let module = Module::new(&Engine::new(&directives.config), &wasm).map_err(|error| error.to_string())?;
    let (functions, imported) = module.func_counts();
    let mut out = format!("{source}\n");
    for func in imported..u32::try_from(functions).map_err(|error| error.to_string())? {
        out.push_str(&format!(";; func {func}"));
        if let Some(name) = module.func_name(func) {
            out.push_str(&format!(" ${name}"));
        }
        out.push('\n');
        let lines = module.disassemble(func).ok_or("a function without code")?;
        for line in lines.iter().filter(|line| directives.lists(&line.text)) {
            out.push_str(&format!(";;   {}\n", line.text));
        }
    }
    Ok(out)
}

fn check(path: &Path) -> Result<(), String> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let listed = listed(&text).map_err(|error| format!("{}: {error}", path.display()))?;
    golden::check(path, &listed)
}

#[test]
fn translated_code_is_as_listed() {
    let folder = golden::path("listings");
    let mut paths: Vec<_> =
        fs::read_dir(folder).expect("the folder").map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    assert!(paths.len() > 20, "the listings are there");
    let failures: Vec<String> = paths.iter().filter_map(|path| check(path).err()).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

#[test]
fn repetition_is_written_out() {
    assert_eq!(unroll("a{3: b}c").as_deref(), Ok("a b b bc"));
}
