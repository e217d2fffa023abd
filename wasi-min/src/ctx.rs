//! What one guest has: a port and its open descriptors.

use crate::Port;
use crate::descriptor::Descriptors;

/// The WASI state of one guest.
///
/// Put it into the store's data, one for each guest.
#[derive(Debug)]
pub struct WasiCtx<P> {
    pub(crate) port: P,
    pub(crate) descriptors: Descriptors,
}

impl<P: Port> WasiCtx<P> {
    /// A guest with standard input, output and error open, and nothing else.
    pub const fn new(port: P) -> Self {
        Self { port, descriptors: Descriptors::new() }
    }

    /// The port.
    pub const fn port(&self) -> &P {
        &self.port
    }

    /// The port, to change it.
    pub const fn port_mut(&mut self) -> &mut P {
        &mut self.port
    }

    /// Gives the port back.
    pub fn into_port(self) -> P {
        self.port
    }
}
