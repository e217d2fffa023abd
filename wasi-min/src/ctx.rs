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
    /// A guest with standard input, output and error open, and what the port [preopens](crate::Files::preopen).
    pub fn new(port: P) -> Self {
        let mut descriptors = Descriptors::new();
        descriptors.preopen(&port);
        Self { port, descriptors }
    }

    /// Closes standard input, output and error, before the guest runs: it gets `badf` for them, and never anything else
    /// under their numbers.
    #[must_use]
    pub fn without_stdio(mut self) -> Self {
        self.descriptors.close_streams();
        self
    }

    /// The port.
    pub const fn port(&self) -> &P {
        &self.port
    }

    /// The port, to change it.
    pub const fn port_mut(&mut self) -> &mut P {
        &mut self.port
    }

    /// Closes what the guest has open, and gives the port back.
    pub fn into_port(mut self) -> P {
        for node in self.descriptors.nodes() {
            self.port.close(node);
        }
        self.port
    }
}
