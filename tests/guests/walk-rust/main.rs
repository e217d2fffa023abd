//! A program that works on directories with Rust's standard library alone.
//!
//! usage: walk-rust list DIR          every file below, sorted, with its size and the first word in it
//!        walk-rust copy FROM TO      copies a directory with what is in it, then lists the copy
//!        walk-rust work DIR          makes, renames, links, cuts, appends and removes below DIR, and says what it finds
//!
//! Exit code 0; 1 with a line on standard error if something cannot be done; 2 if it does not understand its arguments.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let result = match words[..] {
        ["list", dir] => list(Path::new(dir)),
        ["copy", from, to] => copy(Path::new(from), Path::new(to)).and_then(|()| list(Path::new(to))),
        ["work", dir] => work(Path::new(dir)),
        _ => {
            eprintln!("usage: walk-rust list DIR | copy FROM TO | work DIR");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{:?}: {error}", error.kind());
            ExitCode::from(1)
        }
    }
}

/// The entries of a directory, sorted.
fn entries(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = fs::read_dir(dir)?.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

/// Every file below `dir`.
fn files(dir: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    for path in entries(dir)? {
        if fs::symlink_metadata(&path)?.is_dir() {
            files(&path, found)?;
        } else {
            found.push(path);
        }
    }
    Ok(())
}

fn list(dir: &Path) -> io::Result<()> {
    let mut found = Vec::new();
    files(dir, &mut found)?;
    let mut total = 0;
    for path in &found {
        let size = fs::metadata(path)?.len();
        let mut text = String::new();
        File::open(path)?.read_to_string(&mut text)?;
        println!("{} {size} {}", path.display(), text.split_whitespace().next().unwrap_or("-"));
        total += size;
    }
    println!("{} files, {total} bytes", found.len());
    Ok(())
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for path in entries(from)? {
        let Some(name) = path.file_name() else { continue };
        if path.is_dir() {
            copy(&path, &to.join(name))?;
        } else {
            fs::copy(&path, to.join(name))?;
        }
    }
    Ok(())
}

fn work(dir: &Path) -> io::Result<()> {
    let at = |name: &str| dir.join(name);
    fs::create_dir_all(at("a/b/c"))?;
    println!("made twice: {:?}", fs::create_dir(at("a")).map_err(|error| error.kind()));
    fs::write(at("a/one"), "first line\nsecond line\n")?;
    fs::rename(at("a/one"), at("a/b/two"))?;
    println!("old name: {:?}", fs::metadata(at("a/one")).map_err(|error| error.kind()));
    fs::hard_link(at("a/b/two"), at("three"))?;
    OpenOptions::new().append(true).open(at("three"))?.write_all(b"third line\n")?;
    print!("through the other name: {}", fs::read_to_string(at("a/b/two"))?);
    change(&at("three"))?;
    println!("exclusive: {:?}", OpenOptions::new().write(true).create_new(true).open(at("three")).map_err(|error| error.kind()));
    println!("not empty: {}", fs::remove_dir(at("a")).is_err());
    println!("not a directory: {:?}", fs::read_dir(at("three")).map(|_| ()).map_err(|error| error.kind()));
    fs::remove_file(at("three"))?;
    fs::remove_dir_all(at("a"))?;
    println!("left: {}", entries(dir)?.len());
    many(dir)
}

/// Reads and writes at places, and cuts.
fn change(path: &Path) -> io::Result<()> {
    let mut file = OpenOptions::new().read(true).write(true).open(path)?;
    file.seek(SeekFrom::Start(6))?;
    file.write_all(b"LINE")?;
    file.seek(SeekFrom::End(-11))?;
    let mut end = String::new();
    file.read_to_string(&mut end)?;
    print!("end: {end}");
    file.set_len(8)?;
    file.sync_all()?;
    file.rewind()?;
    let mut left = String::new();
    file.read_to_string(&mut left)?;
    println!("cut: {left:?}, {} bytes", file.metadata()?.len());
    file.set_len(12)?;
    println!("filled up: {:?}", fs::read(path)?);
    Ok(())
}

/// A directory that takes many calls to read.
fn many(dir: &Path) -> io::Result<()> {
    const COUNT: usize = 300;
    let crowd = dir.join("crowd");
    fs::create_dir(&crowd)?;
    for i in 0..COUNT {
        fs::write(crowd.join(format!("a-name-of-some-length-{i:05}")), i.to_string())?;
    }
    let mut sum = 0;
    for path in entries(&crowd)? {
        sum += fs::read_to_string(&path)?.parse::<usize>().map_err(io::Error::other)?;
    }
    println!("crowd: {} entries, sum {sum}", entries(&crowd)?.len());
    fs::remove_dir_all(crowd)
}
