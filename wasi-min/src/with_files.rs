//! Two parts that make one port.

use crate::files::delegate_files;
use crate::port::{delegate_clocks, delegate_console, delegate_random, delegate_startup};
use crate::types::Filestat;
use crate::{
    Clock, Clocks, Console, Entry, Errno, Files, Interest, Node, Open, Opened, Preopen, Random, Readiness, SetTimes,
    Startup, Stream, StringBlock, Watch,
};

/// A port whose files come from elsewhere: everything else is `P`'s, files are `F`'s.
#[derive(Debug)]
pub struct WithFiles<P, F> {
    port: P,
    files: F,
}

impl<P, F> WithFiles<P, F> {
    /// Puts the two together. Files that `port` has are not seen.
    pub const fn new(port: P, files: F) -> Self {
        Self { port, files }
    }

    /// Everything but files, to change it.
    pub const fn port_mut(&mut self) -> &mut P {
        &mut self.port
    }

    /// Takes the two apart.
    pub fn into_parts(self) -> (P, F) {
        (self.port, self.files)
    }
}

impl<P, F: Files> Files for WithFiles<P, F> {
    delegate_files!(files);
}

impl<P: Console, F> Console for WithFiles<P, F> {
    delegate_console!(port);
}

impl<P: Clocks, F> Clocks for WithFiles<P, F> {
    delegate_clocks!(port);

    fn wait(&mut self, nanoseconds: u64, watched: &[Watch]) -> Result<(), Errno> {
        // The port knows nothing of the other's nodes: if one is watched, look again soon.
        if watched.iter().any(|watch| matches!(watch, Watch::Node(..))) {
            return self.port.sleep(nanoseconds.min(Watch::AGAIN));
        }
        self.port.wait(nanoseconds, watched)
    }
}

impl<P: Random, F> Random for WithFiles<P, F> {
    delegate_random!(port);
}

impl<P: Startup, F> Startup for WithFiles<P, F> {
    delegate_startup!(port);
}
