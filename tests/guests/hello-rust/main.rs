//! A word count: what an ordinary Rust program asks of WASI (arguments, environment, standard streams, random seeds
//! for its hash maps) and of the engine (allocation, hashing, sorting, formatting of floats, panics).
//!
//! usage: hello-rust [--top N] [--by count|word|length] [--exit CODE] [--panic MESSAGE] < text

use std::collections::{BTreeMap, HashMap};
use std::env;
use std::io::{self, BufRead, Write};
use std::process::ExitCode;

#[derive(Clone, Copy)]
enum Order {
    Count,
    Word,
    Length,
}

struct Options {
    top: usize,
    order: Order,
    exit: u8,
    panic: Option<String>,
}

#[derive(Default)]
struct Text {
    lines: usize,
    characters: usize,
    words: usize,
    counts: HashMap<String, usize>,
}

fn main() -> ExitCode {
    let options = match options(env::args().skip(1)) {
        Ok(options) => options,
        Err(message) => {
            eprintln!("hello-rust: {message}");
            return ExitCode::from(2);
        }
    };
    if let Ok(name) = env::var("NAME") {
        println!("Hello, {name}! ({} arguments)", env::args().count() - 1);
    }
    match count(io::stdin().lock())
        .and_then(|text| report(&text, &options, &mut io::stdout().lock()))
    {
        Ok(()) => {}
        Err(error) => {
            eprintln!("hello-rust: {error}");
            return ExitCode::FAILURE;
        }
    }
    if let Some(message) = &options.panic {
        panic!("{message}");
    }
    ExitCode::from(options.exit)
}

fn options(mut args: impl Iterator<Item = String>) -> Result<Options, String> {
    let mut options = Options {
        top: 10,
        order: Order::Count,
        exit: 0,
        panic: None,
    };
    while let Some(name) = args.next() {
        let value = args.next().ok_or_else(|| format!("{name} needs a value"))?;
        match name.as_str() {
            "--top" => options.top = number(&name, &value)?,
            "--exit" => options.exit = number(&name, &value)?,
            "--panic" => options.panic = Some(value),
            "--by" => options.order = order(&value)?,
            _ => return Err(format!("unknown option {name}")),
        }
    }
    Ok(options)
}

fn number<T: std::str::FromStr<Err: std::fmt::Display>>(
    name: &str,
    value: &str,
) -> Result<T, String> {
    value
        .parse()
        .map_err(|error| format!("{name} {value}: {error}"))
}

fn order(name: &str) -> Result<Order, String> {
    match name {
        "count" => Ok(Order::Count),
        "word" => Ok(Order::Word),
        "length" => Ok(Order::Length),
        _ => Err(format!("--by {name}: not an order")),
    }
}

fn count(input: impl BufRead) -> io::Result<Text> {
    let mut text = Text::default();
    for line in input.lines() {
        let line = line?;
        text.lines += 1;
        text.characters += line.chars().count();
        for word in line
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
        {
            text.words += 1;
            *text.counts.entry(word.to_lowercase()).or_default() += 1;
        }
    }
    Ok(text)
}

fn report(text: &Text, options: &Options, out: &mut impl Write) -> io::Result<()> {
    writeln!(
        out,
        "{} lines, {} characters, {} words, {} distinct",
        text.lines,
        text.characters,
        text.words,
        text.counts.len()
    )?;
    writeln!(
        out,
        "mean length {:.4}, entropy {:.6} bits, {:e} words a line",
        mean_length(text),
        entropy(text),
        text.words as f64 / text.lines as f64
    )?;
    let mut rows: Vec<(&str, usize)> = text
        .counts
        .iter()
        .map(|(word, &count)| (word.as_str(), count))
        .collect();
    rows.sort_by(|a, b| match options.order {
        Order::Count => b.1.cmp(&a.1).then(a.0.cmp(b.0)),
        Order::Word => a.0.cmp(b.0),
        Order::Length => {
            b.0.chars()
                .count()
                .cmp(&a.0.chars().count())
                .then(a.0.cmp(b.0))
        }
    });
    for (word, count) in rows.iter().take(options.top) {
        writeln!(
            out,
            "{word:>16} {count:>5} {:>7.3} %",
            100.0 * *count as f64 / text.words as f64
        )?;
    }
    let mut lengths = BTreeMap::<usize, usize>::new();
    for (word, count) in &text.counts {
        *lengths.entry(word.chars().count()).or_default() += count;
    }
    writeln!(out, "lengths {lengths:?}")
}

fn mean_length(text: &Text) -> f64 {
    let letters: usize = text
        .counts
        .iter()
        .map(|(word, count)| word.chars().count() * count)
        .sum();
    letters as f64 / text.words as f64
}

/// Shannon entropy of the words; summed in a fixed order, so that the last digit is always the same.
fn entropy(text: &Text) -> f64 {
    let mut counts: Vec<usize> = text.counts.values().copied().collect();
    counts.sort_unstable();
    let share = |count: usize| count as f64 / text.words as f64;
    counts
        .into_iter()
        .map(|count| -share(count) * share(count).log2())
        .sum()
}
