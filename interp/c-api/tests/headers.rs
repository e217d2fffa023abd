//! The headers and the libraries agree: what is declared is exported and nothing else, each function is defined once, with as many parameters.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::{libraries, root};
use ermine_tests::tools;

/// What is declared in this build alone.
const DEFINED: &str = if cfg!(feature = "c-allocator") { "-DERMINE_C_ALLOCATOR" } else { "-UERMINE_C_ALLOCATOR" };

/// What the preprocessor makes of a header, without the system's.
fn preprocessed(header: &str) -> String {
    let output = Command::new("gcc")
        .args(["-E", "-P", DEFINED, "-I"])
        .arg(root().join("include"))
        .arg(root().join("include").join(header))
        .output();
    String::from_utf8(output.expect("gcc is there").stdout).expect("headers are ASCII")
}

/// The number of parameters between the parenthesis that `text` starts with and its partner.
fn parameters(text: &str) -> usize {
    let (mut depth, mut list) = (0, vec![String::new()]);
    for sign in text.chars() {
        match sign {
            '(' | '<' | '[' => depth += 1,
            ')' | '>' | ']' => depth -= 1,
            ',' if depth == 1 => list.push(String::new()),
            _ if !sign.is_whitespace() => list.last_mut().expect("there is one").push(sign),
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    // Rust lists may end in a comma, C says `void` for none.
    list.iter().filter(|parameter| !parameter.is_empty() && *parameter != "void").count()
}

/// Functions of the interface that a header declares, with the number of their parameters.
fn declared() -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    let text = preprocessed("ermine.h");
    for statement in text.split(';') {
        let Some((head, _)) = statement.split_once('(') else { continue };
        let name = head.rsplit([' ', '*', '\n']).next().unwrap_or_default();
        let is_ours = name.starts_with("wasm_") || name.starts_with("ermine_");
        if is_ours && !["typedef", "static", "return"].iter().any(|word| statement.contains(word)) {
            found.insert(name.to_owned(), parameters(&statement[head.len()..]));
        }
    }
    found
}

fn sources(folder: &Path, text: &mut String) {
    for entry in fs::read_dir(folder).expect("the sources are there") {
        let path = entry.expect("it can be read").path();
        if path.is_dir() {
            sources(&path, text);
        } else {
            text.push_str(&fs::read_to_string(path).expect("it can be read"));
        }
    }
}

/// Functions that the sources define by name, with the number of their parameters. Those that macros define are not among them.
fn defined() -> BTreeMap<String, usize> {
    let mut text = String::new();
    sources(&root().join("src"), &mut text);
    let mut found = BTreeMap::new();
    for definition in text.split("extern \"C\" fn ").skip(1) {
        let Some((name, _)) = definition.split_once('(') else { continue };
        if name.starts_with("wasm_") || name.starts_with("ermine_") {
            let before = found.insert(name.to_owned(), parameters(&definition[name.len()..]));
            assert_eq!(before, None, "{name} is defined twice");
        }
    }
    found
}

#[cfg(target_os = "linux")]
#[test]
fn the_library_exports_what_the_headers_declare_and_nothing_else() {
    if !tools::program("gcc") || !tools::program("nm") {
        return;
    }
    let output = Command::new("nm")
        .args(["-D", "--defined-only", "--format=posix"])
        .arg(libraries().join("libermine_c.so"))
        .output();
    let listing = String::from_utf8(output.expect("nm is there").stdout).expect("names are ASCII");
    let exported: Vec<&str> = listing.lines().filter_map(|line| line.split(' ').next()).collect();
    let declared = declared();
    assert!(declared.len() > 250, "{}", declared.len());
    let missing: Vec<_> = declared.keys().filter(|name| !exported.contains(&name.as_str())).collect();
    let surplus: Vec<_> = exported.iter().filter(|name| !declared.contains_key(**name)).collect();
    assert!(missing.is_empty() && surplus.is_empty(), "missing: {missing:?}\nsurplus: {surplus:?}");
}

#[test]
fn functions_have_the_parameters_that_the_headers_give_them() {
    if !tools::program("gcc") {
        return;
    }
    let (declared, defined) = (declared(), defined());
    assert!(defined.len() > 70, "{}", defined.len());
    for (name, parameters) in &defined {
        let absent = name == "ermine_set_allocator" && !cfg!(feature = "c-allocator");
        assert!(absent || declared.get(name) == Some(parameters), "{name}");
    }
}
