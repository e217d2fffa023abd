//! No directories and no sockets: builds without the feature `dirs`, and hosts that it knows nothing of.

use crate::Files;
#[cfg(feature = "dirs")]
use {crate::Access, std::io};

/// Nothing is ever open: this host is one that directories and sockets cannot be had from.
#[derive(Debug, Default)]
#[cfg_attr(not(feature = "dirs"), allow(unreachable_pub, reason = "exported with the feature `dirs` only"))]
pub struct HostFiles;

#[cfg(feature = "dirs")]
impl HostFiles {
    /// Nothing open.
    pub fn new() -> Self {
        Self
    }

    /// Directories cannot be opened on this host.
    ///
    /// # Errors
    ///
    /// Always [`io::ErrorKind::Unsupported`].
    pub fn dir(self, _: impl AsRef<std::path::Path>, _: impl Into<std::string::String>, _: Access) -> io::Result<Self> {
        Err(io::Error::new(io::ErrorKind::Unsupported, "directories cannot be given to programs on this host"))
    }

    /// Sockets cannot be given to programs on this host: the listener is closed.
    #[must_use]
    pub fn listener(self, _: std::net::TcpListener) -> Self {
        self
    }
}

impl Files for HostFiles {}
