//! No directories and no sockets: builds without the feature `dirs`, and hosts that it knows nothing of.

use crate::Files;

/// Nothing is ever open.
#[derive(Debug, Default)]
pub(super) struct HostFiles;

impl Files for HostFiles {}
