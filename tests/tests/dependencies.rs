//! `docs/dependencies.md` has every crate that something shipped is built on, and none that is gone.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// What is shipped.
const MANIFESTS: [&str; 8] = [
    "interp/Cargo.toml",
    "interp/c-api/Cargo.toml",
    "interp/c-api/bare/Cargo.toml",
    "wasi-min/Cargo.toml",
    "host-cli/Cargo.toml",
    "boards/Cargo.toml",
    "boards/guest/Cargo.toml",
    "boards/firmware/Cargo.toml",
];

fn read(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the repository");
    fs::read_to_string(root.join(path)).expect(path)
}

/// The names in the tables of dependencies, but for those of tests and our own.
fn dependencies(manifest: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut wanted = false;
    for line in read(manifest).lines() {
        if let Some(table) = line.strip_prefix('[') {
            wanted = table.trim_end_matches(']').ends_with("dependencies") && !table.contains("dev-");
        } else if wanted && !line.starts_with('#') {
            let name = line.split([' ', '=', '.']).next().unwrap_or_default();
            names.extend((!name.is_empty() && !name.starts_with("ermine")).then(|| name.to_owned()));
        }
    }
    names
}

#[test]
fn every_dependency_has_its_note() {
    let document = read("docs/dependencies.md");
    let shipped = document.split("## Not shipped").next().unwrap_or_default();
    let all: BTreeSet<String> = MANIFESTS.into_iter().flat_map(dependencies).collect();
    assert!(all.len() > 15, "{all:?}");
    let missing: Vec<_> = all.iter().filter(|name| !shipped.contains(&format!("`{name}`"))).collect();
    assert!(missing.is_empty(), "{missing:?} are not in docs/dependencies.md");
    // Names at the start of rows.
    let rows = shipped.lines().filter_map(|line| line.strip_prefix("| `"));
    let noted = rows.flat_map(|row| row.split(" | ").next().unwrap_or_default().split(", "));
    let noted = noted.map(|name| name.trim_start_matches('`').split('`').next().unwrap_or_default());
    let gone: Vec<_> = noted.filter(|name| !all.contains(*name)).collect();
    assert!(gone.is_empty(), "{gone:?} are dependencies no more");
}
