//! A port with another console.

use crate::files::delegate_files;
use crate::port::{delegate_clocks, delegate_console, delegate_random, delegate_startup};
use crate::types::Filestat;
use crate::{
    Clock, Clocks, Console, Entry, Errno, Files, Interest, Node, Open, Opened, Preopen, Random, Readiness, SetTimes,
    Startup, Stream, StringBlock, Watch,
};

/// A port whose standard streams are elsewhere: they are `C`'s, everything else is `P`'s.
#[derive(Debug)]
pub struct WithConsole<P, C> {
    port: P,
    console: C,
}

impl<P, C> WithConsole<P, C> {
    /// Puts the two together. The port's own console is not used.
    pub const fn new(port: P, console: C) -> Self {
        Self { port, console }
    }

    /// The console, to look at.
    pub const fn console(&self) -> &C {
        &self.console
    }

    /// The console, to change it.
    pub const fn console_mut(&mut self) -> &mut C {
        &mut self.console
    }

    /// Everything but the console, to change it.
    pub const fn port_mut(&mut self) -> &mut P {
        &mut self.port
    }

    /// Takes the two apart.
    pub fn into_parts(self) -> (P, C) {
        (self.port, self.console)
    }
}

impl<P, C: Console> Console for WithConsole<P, C> {
    delegate_console!(console);
}

impl<P: Clocks, C> Clocks for WithConsole<P, C> {
    delegate_clocks!(port);

    fn wait(&mut self, nanoseconds: u64, watched: &[Watch]) -> Result<(), Errno> {
        // The port knows nothing of the other's streams: if one is watched, look again soon.
        if watched.iter().any(|watch| matches!(watch, Watch::Stream(_))) {
            return self.port.sleep(nanoseconds.min(Watch::AGAIN));
        }
        self.port.wait(nanoseconds, watched)
    }
}

impl<P: Random, C> Random for WithConsole<P, C> {
    delegate_random!(port);
}

impl<P: Startup, C> Startup for WithConsole<P, C> {
    delegate_startup!(port);
}

impl<P: Files, C> Files for WithConsole<P, C> {
    delegate_files!(port);
}
