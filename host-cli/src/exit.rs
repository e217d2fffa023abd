//! Exit codes, and the failures that lead to them.

use std::fmt;

/// How the command ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// All went well: 0.
    Success,
    /// The guest ended itself with this code.
    Guest(i32),
    /// A test of `ermine wast` failed: 1.
    TestsFailed,
    /// A result cannot be written: 1.
    CannotWrite,
    /// The command line is wrong: 2.
    Usage,
    /// The guest used up its fuel or its time: 124, as `timeout` does.
    OutOfFuel,
    /// The file is there but cannot be loaded, validated or linked: 126.
    CannotLoad,
    /// There is no such file: 127.
    NotFound,
    /// The guest trapped: 134, as a program that aborts.
    Trap,
}

impl Exit {
    /// The code the operating system sees. Of a guest's code it keeps the low eight bits, as POSIX does.
    pub fn code(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::Guest(code) => code.to_le_bytes()[0],
            Self::TestsFailed | Self::CannotWrite => 1,
            Self::Usage => 2,
            Self::OutOfFuel => 124,
            Self::CannotLoad => 126,
            Self::NotFound => 127,
            Self::Trap => 134,
        }
    }
}

/// Why a command could not do its work: one line, details below it, and the exit code.
#[derive(Debug)]
pub struct Failure {
    /// The exit code.
    pub exit: Exit,
    /// What went wrong, in one line.
    pub message: String,
    /// What is worth knowing besides; each line is printed indented.
    pub details: Vec<String>,
}

impl Failure {
    /// A failure without details.
    pub fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, message: message.into(), details: Vec::new() }
    }

    /// Adds lines below the message.
    #[must_use]
    pub fn with_details(mut self, details: impl IntoIterator<Item = String>) -> Self {
        self.details.extend(details);
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}
