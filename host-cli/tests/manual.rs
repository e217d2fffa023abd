//! `docs/cli.md` is true: its commands print what it says.
//!
//! A block ```` ```wat NAME ```` or ```` ```toml NAME ```` is a file. In a block ```` ```console ````, a line that begins with `$ ` is given to a shell, and what follows is what it prints.
//! `ERMINE_BLESS=1` writes that anew.

#![cfg(unix)]

mod common;

use common::folder;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Runs a line in a shell: what it prints, to either stream.
fn shell(folder: &Path, line: &str) -> String {
    let command = Path::new(env!("CARGO_BIN_EXE_ermine")).parent().expect("a folder");
    let mut path = std::ffi::OsString::from(command);
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap_or_default());
    let mut shell = Command::new("sh");
    shell.current_dir(folder).env_clear().env("PATH", path).arg("-c").arg(format!("exec 2>&1; {line}"));
    let output = shell.output().expect("a shell");
    without_times(&String::from_utf8_lossy(&output.stdout))
}

/// Puts `…` in the place of times, such as `1.234ms`.
fn without_times(text: &str) -> String {
    let is_time = |word: &str| {
        let number = word.trim_end_matches(|c: char| c.is_alphabetic());
        number.contains('.')
            && number.parse::<f64>().is_ok()
            && ["ns", "µs", "ms", "s"].contains(&&word[number.len()..])
    };
    let lines = text.split('\n').map(|line| {
        let words = line.split(' ').map(|word| {
            let plain = word.trim_end_matches([',', ';']);
            if is_time(plain) { format!("…{}", &word[plain.len()..]) } else { word.to_owned() }
        });
        words.collect::<Vec<_>>().join(" ").trim_end().to_owned()
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The document with what its commands print.
fn rewritten(text: &str, folder: &Path) -> String {
    let mut out = String::new();
    let mut file: Option<(PathBuf, String)> = None;
    let mut console = false;
    for line in text.lines() {
        if let Some((path, content)) = &mut file {
            if line == "```" {
                std::fs::write(path, content).expect("the target folder can be written");
                file = None;
            } else {
                content.push_str(line);
                content.push('\n');
            }
        } else if let Some(name) = line.strip_prefix("```wat ").or_else(|| line.strip_prefix("```toml ")) {
            file = Some((folder.join(name), String::new()));
        } else if line == "```console" {
            console = true;
        } else if line == "```" {
            console = false;
        } else if let Some(command) = line.strip_prefix("$ ").filter(|_| console) {
            out.push_str(&format!("$ {command}\n{}", shell(folder, command)));
            continue;
        } else if console {
            continue;
        }
        out.push_str(line);
        out.push('\n');
    }
    out
}

#[test]
fn the_manual_is_true() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/cli.md");
    let text = std::fs::read_to_string(&path).expect("the manual");
    let folder = folder("manual");
    std::fs::remove_dir_all(&folder).expect("the target folder can be written");
    std::fs::create_dir_all(&folder).expect("the target folder can be written");
    let now = rewritten(&text, &folder);
    if std::env::var_os("ERMINE_BLESS").is_some() {
        std::fs::write(&path, now).expect("the manual can be written");
        return;
    }
    for (number, (said, is)) in text.lines().zip(now.lines()).enumerate() {
        assert_eq!(said, is, "docs/cli.md, line {}: bless it if that is right", number + 1);
    }
    assert_eq!(text.lines().count(), now.lines().count(), "bless docs/cli.md");
}
