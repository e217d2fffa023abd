//! Text that people write: command lines, modules and scripts in text form, symbol maps. Understood, or refused with a message.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;

use ermine::image::SymbolMap;
use ermine::{Engine, Module};

/// Reads a text in the way that its first byte says.
///
/// # Panics
///
/// If reading it does, or a symbol map is not what it was after it was written.
pub fn text(input: &[u8]) {
    let Some((kind, rest)) = input.split_first() else { return };
    let text = String::from_utf8_lossy(rest);
    match kind % 4 {
        0 => command_line(rest),
        1 => module(&text),
        2 => drop(ermine_cli::wast::parse(&text)),
        _ => symbols(&text),
    }
}

/// Arguments, one in each line. They need not be UTF-8.
fn command_line(bytes: &[u8]) {
    let arguments = bytes.split(|&byte| byte == b'\n').map(|argument| OsString::from_vec(argument.to_vec()));
    match ermine_cli::args::parse([OsString::from("ermine")].into_iter().chain(arguments)) {
        Ok(cli) => drop(format!("{:?}", cli.command)),
        Err(error) => assert!(!error.to_string().is_empty(), "every refusal says why"),
    }
}

/// A module in text form.
fn module(text: &str) {
    match wat::parse_str(text) {
        Ok(wasm) => drop(Module::new(&Engine::default(), wasm)),
        Err(error) => drop(error.to_string()),
    }
}

/// A symbol map.
fn symbols(text: &str) {
    let Ok(map) = text.parse::<SymbolMap>() else { return };
    let written = map.to_string();
    let again: SymbolMap = written.parse().expect("what was written can be read");
    assert_eq!(again.to_string(), written, "a symbol map is written as it was read");
    for func in [0, 1, 7, u32::MAX] {
        for offset in [0, 1, 100, u32::MAX] {
            let _ = map.look_up(func, offset).map(|symbol| format!("{symbol:?}"));
        }
        let _ = map.func_name(func).map(|name| map.find(name));
    }
}
