//! A menu on a terminal: arrow keys or `j` and `k` move, Enter chooses, `q`, Escape or Control-C gives up.
//!
//! usage: terminal ITEM...
//!
//! The terminal has to be raw (`stty raw -echo`), which WASI preview 1 has no call for. Exit code: 0 with the chosen item
//! on the last line, 1 if the user gave up or the input ended, 2 if it is used otherwise or standard input is no terminal.
//! A mark turns while it waits, so every look at the input has a time limit (`poll_oneoff`); Escape alone is known from an
//! arrow key by the time that passes after it.

use std::fs::File;
use std::io::{self, IsTerminal as _, Read as _, Write as _};
use std::mem::ManuallyDrop;
use std::os::fd::FromRawFd as _;
use std::process::ExitCode;

#[link(wasm_import_module = "wasi_snapshot_preview1")]
unsafe extern "C" {
    fn poll_oneoff(subscriptions: *const [u64; 6], events: *mut [u64; 4], count: u32, happened: *mut u32) -> u32;
}

/// What a user can do.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Key {
    Up,
    Down,
    Choose,
    GiveUp,
    /// Something else.
    Other,
}

/// Whether there is input to be read within so many milliseconds.
fn input_within(milliseconds: u64) -> bool {
    const READABLE: u64 = 1;
    let input = [READABLE, 1, 0, 0, 0, 0];
    let clock = [0, 0, 1, milliseconds * 1_000_000, 0, 0];
    let (mut events, mut happened) = ([[0; 4]; 2], 0);
    // SAFETY: two subscriptions, and room for as many events.
    let errno = unsafe { poll_oneoff([input, clock].as_ptr(), events.as_mut_ptr(), 2, &mut happened) };
    errno == 0 && events[..happened as usize].iter().any(|event| event[0] == READABLE && event[1] & 0xffff == 0)
}

/// The next byte; nothing at the end of the input.
fn byte() -> Option<u8> {
    let mut byte = [0];
    // Not `io::stdin`, which has a buffer: `input_within` would not see what that holds. It stays open.
    // SAFETY: standard input is open, and nothing else here reads it.
    let mut input = ManuallyDrop::new(unsafe { File::from_raw_fd(0) });
    match input.read(&mut byte) {
        Ok(1) => Some(byte[0]),
        Ok(_) | Err(_) => None,
    }
}

/// The next key; nothing at the end of the input.
fn key() -> Option<Key> {
    Some(match byte()? {
        b'k' => Key::Up,
        b'j' => Key::Down,
        b'\r' | b'\n' => Key::Choose,
        b'q' | 3 => Key::GiveUp,
        0x1b if !input_within(50) => Key::GiveUp,
        0x1b => match (byte()?, byte()?) {
            (b'[' | b'O', b'A') => Key::Up,
            (b'[' | b'O', b'B') => Key::Down,
            _ => Key::Other,
        },
        _ => Key::Other,
    })
}

fn draw(items: &[String], chosen: usize, turns: usize) {
    let mut screen = String::from("\x1b[H");
    for (index, item) in items.iter().enumerate() {
        let (on, off) = if index == chosen { ("\x1b[7m", "\x1b[0m") } else { ("", "") };
        screen += &format!("{on} {item} {off}\x1b[K\r\n");
    }
    screen += &format!("{}\r\n", ["|", "/", "-", "\\"][turns % 4]);
    print!("{screen}");
    let _ = io::stdout().flush();
}

/// The index of what the user chooses.
fn choose(items: &[String]) -> Option<usize> {
    let (mut chosen, mut turns) = (0, 0);
    loop {
        draw(items, chosen, turns);
        while !input_within(100) {
            turns += 1;
            draw(items, chosen, turns);
        }
        match key()? {
            Key::Up => chosen = chosen.saturating_sub(1),
            Key::Down => chosen = (chosen + 1).min(items.len() - 1),
            Key::Choose => return Some(chosen),
            Key::GiveUp => return None,
            Key::Other => {}
        }
    }
}

fn main() -> ExitCode {
    let items: Vec<String> = std::env::args().skip(1).collect();
    if items.is_empty() || !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        eprintln!("usage: terminal ITEM...   (on a terminal)");
        return ExitCode::from(2);
    }
    // Another screen, without a cursor; what was there comes back at the end.
    print!("\x1b[?1049h\x1b[?25l\x1b[2J");
    let chosen = choose(&items);
    print!("\x1b[?25h\x1b[?1049l");
    match chosen {
        Some(index) => {
            print!("chosen: {}\r\n", items[index]);
            ExitCode::SUCCESS
        }
        None => ExitCode::from(1),
    }
}
