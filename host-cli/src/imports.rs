//! Tells which imports nobody provides: all of them at once, and what may have been meant.

use crate::exit::{Exit, Failure};
use crate::nearest::nearest;
use ermine::{MissingImport, Module};
use ermine_wasi::{FUNCTIONS, MODULE};

/// Modules that were linked before, by the name that importers use.
pub(crate) type Linked = [(String, Module)];

/// The failure for imports that the linker does not know, one line each.
pub(crate) fn missing(name: &str, imports: &[MissingImport], linked: &Linked) -> Failure {
    let count = match imports.len() {
        1 => "an import".to_owned(),
        many => format!("{many} imports"),
    };
    let failure = Failure::new(Exit::CannotLoad, format!("{name} needs {count} that nothing provides"))
        .with_details(imports.iter().map(|import| describe(import, linked)));
    failure.with_details([advice(imports)])
}

fn describe(import: &MissingImport, linked: &Linked) -> String {
    let MissingImport { module, name, ty } = import;
    let hint = match meant(module, name, linked) {
        Some(known) => format!(" (is `{known}` meant?)"),
        None => origin(module).map(|origin| format!(" ({origin})")).unwrap_or_default(),
    };
    format!("{module}.{name}: {ty}{hint}")
}

/// The function with the most similar name in the same module, or in a module with a similar name.
fn meant(module: &str, name: &str, linked: &Linked) -> Option<String> {
    let wasi = || FUNCTIONS.iter().map(|function| function.name);
    if module == MODULE {
        return nearest(name, wasi()).map(str::to_owned);
    }
    if let Some((_, found)) = linked.iter().find(|(known, _)| known == module) {
        return nearest(name, found.exports().map(|export| export.name())).map(str::to_owned);
    }
    let known = nearest(module, linked.iter().map(|(known, _)| known.as_str()).chain([MODULE]))?;
    Some(format!("{known}.{name}"))
}

/// What module names are known for.
fn origin(module: &str) -> Option<&'static str> {
    match module {
        "wasi_unstable" => Some("an early WASI: build the program with a newer toolchain"),
        "wasi" => Some("threads of WASI, which are not supported: build the program without them"),
        "gojs" | "go" => Some("Go for JavaScript: build with GOOS=wasip1"),
        "wbg" | "__wbindgen_placeholder__" => Some("wasm-bindgen: the program needs JavaScript"),
        _ if module.starts_with("wasi_snapshot_preview") || module.starts_with("wasi:") => {
            Some("another WASI: only preview 1 is supported, build for wasm32-wasip1")
        }
        _ => None,
    }
}

/// What can be done about it.
fn advice(imports: &[MissingImport]) -> String {
    let foreign =
        imports.iter().map(|import| &*import.module).find(|module| *module != MODULE && origin(module).is_none());
    match foreign {
        Some(module) => {
            format!("--preload {module}=FILE can provide them; --unknown-imports=trap runs the program without them")
        }
        None => "--unknown-imports=trap runs the program without them".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn similar_functions_of_wasi_are_found() {
        assert_eq!(meant(MODULE, "fd_wrte", &[]).as_deref(), Some("fd_write"));
        assert_eq!(meant("wasi_snapshot_preview", "fd_write", &[]).as_deref(), Some("wasi_snapshot_preview1.fd_write"));
        assert_eq!(meant(MODULE, "completely_else", &[]), None);
        assert_eq!(meant("env", "fd_wrte", &[]), None);
    }

    #[test]
    fn known_module_names_are_explained() {
        assert!(origin("wasi:cli/stdout@0.2.0").is_some());
        assert!(origin("env").is_none());
    }
}
