//! The command line.

/// How to use the harness.
pub const USAGE: &str = "\
usage: ermine-benches [--only KERNEL]... [--on CONTENDER]... [--reps N] [--json | --counts]

  --only KERNEL     run this kernel only (may be repeated); default: all
  --on CONTENDER    run this contender only (may be repeated): tail, loop, wasmi, native; default: all
  --reps N          measured calls of each kernel on each contender; default: 7
  --json            one JSON object instead of the table
  --counts          no times, but how many dispatches Ermine needs per wasm operator (build with --features count)";

/// What to run and how to print it.
#[derive(Debug)]
pub struct Options {
    /// Kernels to run; all if empty.
    pub only: Vec<String>,
    /// Contenders to run on; all if empty.
    pub on: Vec<String>,
    /// Measured calls of each kernel on each contender; at least one.
    pub reps: usize,
    /// Print JSON.
    pub json: bool,
    /// Count dispatches instead of measuring time.
    pub counts: bool,
}

impl Options {
    /// Reads the words after the program's name.
    ///
    /// # Errors
    ///
    /// One line that says which word is wrong.
    pub fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self { only: Vec::new(), on: Vec::new(), reps: 7, json: false, counts: false };
        while let Some(word) = words.next() {
            match word.as_str() {
                "--json" => options.json = true,
                "--counts" => options.counts = true,
                "--only" => options.only.push(value(&word, &mut words)?),
                "--on" => options.on.push(value(&word, &mut words)?),
                "--reps" => options.reps = reps(&value(&word, &mut words)?)?,
                _ => return Err(format!("unknown option {word}")),
            }
        }
        Ok(options)
    }
}

fn value(option: &str, words: &mut impl Iterator<Item = String>) -> Result<String, String> {
    words.next().ok_or_else(|| format!("{option} needs a value"))
}

fn reps(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(reps) if reps > 0 => Ok(reps),
        _ => Err(format!("--reps {text}: not a number above 0")),
    }
}

/// Whether `names` selects `name`; an empty list selects everything.
pub fn selects(names: &[String], name: &str) -> bool {
    names.is_empty() || names.iter().any(|wanted| wanted == name)
}
