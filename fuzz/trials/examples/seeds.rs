//! Fills the corpora of the fuzz targets with what is checked in: modules of the specification's scripts and of the kernels, images of these, texts.
//!
//!     cargo run -p ermine-trials --example seeds -- fuzz/corpus         # all
//!     cargo run -p ermine-trials --example seeds -- fuzz/corpus 40      # every 40th

use std::path::{Path, PathBuf};
use std::{env, fs, io};

use ermine_cli::wast::script::{Action, Command, Source};
use ermine_tests::mutations::specimen;
use ermine_tests::spec::sets;
use ermine_tests::workloads::KERNELS;

/// The largest seed, in bytes.
const LARGEST: usize = 8 << 10;
/// Every so many-th module of the suite becomes images.
const IMAGE_STEP: usize = 17;
/// Targets that take modules.
const MODULE_TARGETS: [&str; 6] = ["decode", "translate", "execute", "suspend", "limits", "differential"];

/// Command lines, arguments separated by `|`.
const COMMAND_LINES: [&str; 8] = [
    "run|--fuel|1000|--timeout|2s|--dir|.::/|--env|A=b|a.wasm|x",
    "--invoke|f|a.wasm|1|-0x2|nan:0x7|inf",
    "compile|a.wasm|--emit|c|--fuel|--profile|base|-o|a.h",
    "wast|--machine|loop|--proposal|memory64|a.wast",
    "board|sim|desk.toml|--until|3s",
    "bench|a.wasm|--invoke|f|--reps|3",
    "--trace=calls|--stats=json|--memory|1MiB|--stack|64KiB|a.wasm",
    "wasi-caps|--run|--deny|clock,random|a.wasm",
];

/// A symbol map.
const MAP: &str = "ermine map 1\nimage 0123abcd\nfunc 1 0x2a first\n 0+2 4+1 9-3\nfunc 2 - a\\u{a}b\n";

fn main() -> io::Result<()> {
    let corpus = env::args_os().nth(1).ok_or_else(|| io::Error::other("name the folder of the corpora"))?;
    let step: usize = env::args().nth(2).map_or(Ok(1), |step| step.parse()).map_err(io::Error::other)?;
    let mut seeds = Seeds { corpus: corpus.into(), written: 0 };
    let modules = modules()?;
    for wasm in modules.iter().filter(|wasm| wasm.len() <= LARGEST).step_by(step.max(1)) {
        for target in MODULE_TARGETS {
            seeds.write(target, wasm)?;
        }
    }
    for image in specimen::corpus(IMAGE_STEP * step.max(1), &[]) {
        seeds.write("image", image.draft.bytes())?;
    }
    seeds.texts()?;
    for number in 0..=255 {
        seeds.write("single_op", &[number, 0])?;
        seeds.write("wasi", &[number; 40])?;
        seeds.write("board", &[number; 200])?;
    }
    println!("{} seeds in {}", seeds.written, seeds.corpus.display());
    Ok(())
}

/// Modules of the suite, of our own scripts, and the kernels.
fn modules() -> io::Result<Vec<Vec<u8>>> {
    let mut modules = Vec::new();
    for set in sets() {
        for (_, directives) in set.scripts() {
            modules.extend(directives.iter().filter_map(|directive| binary(&directive.command)));
        }
    }
    for (_, text) in texts("tests/scripts", "wast")? {
        let script = ermine_cli::wast::parse(&text).map_err(|error| io::Error::other(error.message))?;
        modules.extend(script.iter().filter_map(|directive| binary(&directive.command)));
    }
    modules.extend(KERNELS.iter().map(|kernel| kernel.wasm()));
    Ok(modules)
}

fn binary(command: &Command) -> Option<Vec<u8>> {
    match command {
        Command::Module { source: Source::Binary(wasm), .. }
        | Command::Definition { source: Source::Binary(wasm), .. }
        | Command::AssertRefused { source: Source::Binary(wasm), .. }
        | Command::AssertUnlinkable { source: Source::Binary(wasm), .. }
        | Command::AssertTrap { action: Action::Instantiate(Source::Binary(wasm)), .. } => Some(wasm.clone()),
        _ => None,
    }
}

/// Texts in a folder of the tests.
fn texts(name: &str, extension: &str) -> io::Result<Vec<(PathBuf, String)>> {
    let mut texts = Vec::new();
    for entry in fs::read_dir(ermine_tests::golden::path(name))? {
        let path = entry?.path();
        if path.extension().is_some_and(|found| found == extension) {
            texts.push((path.clone(), fs::read_to_string(&path)?));
        }
    }
    Ok(texts)
}

/// The corpora.
struct Seeds {
    corpus: PathBuf,
    written: usize,
}

impl Seeds {
    fn write(&mut self, target: &str, bytes: &[u8]) -> io::Result<()> {
        let folder = self.corpus.join(target);
        fs::create_dir_all(&folder)?;
        fs::write(name(&folder, bytes), bytes)?;
        self.written += 1;
        Ok(())
    }

    /// A first byte says how the text is to be read.
    fn text(&mut self, kind: u8, text: &str) -> io::Result<()> {
        self.write("text", &[&[kind], text.as_bytes()].concat())
    }

    fn texts(&mut self) -> io::Result<()> {
        for line in COMMAND_LINES {
            self.text(0, &line.replace('|', "\n"))?;
        }
        for (_, text) in texts("listings", "wat")? {
            self.text(1, &text)?;
        }
        for (_, text) in texts("tests/scripts", "wast")? {
            self.text(2, &text)?;
        }
        self.text(3, MAP)
    }
}

/// Named after its contents, so that the same seed is not kept twice.
fn name(folder: &Path, bytes: &[u8]) -> PathBuf {
    folder.join(format!("seed-{:016x}", ermine_trials::hash(bytes)))
}
