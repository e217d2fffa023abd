//! Numbers and layouts of WASI preview 1: what the guest's own headers say, as constants.

/// File types (`filetype` in the specification).
pub mod filetype {
    /// The type is unknown, or none of the others.
    pub const UNKNOWN: u8 = 0;
    /// A character device: a terminal.
    pub const CHARACTER_DEVICE: u8 = 2;
}

/// Rights of a descriptor (`rights` in the specification), one bit for each kind of call.
pub mod rights {
    /// `fd_datasync`.
    pub const FD_DATASYNC: u64 = 1 << 0;
    /// `fd_read`.
    pub const FD_READ: u64 = 1 << 1;
    /// `fd_fdstat_set_flags`.
    pub const FD_FDSTAT_SET_FLAGS: u64 = 1 << 3;
    /// `fd_sync`.
    pub const FD_SYNC: u64 = 1 << 4;
    /// `fd_write`.
    pub const FD_WRITE: u64 = 1 << 6;
    /// `fd_filestat_get`.
    pub const FD_FILESTAT_GET: u64 = 1 << 21;
    /// Subscribing to the descriptor with `poll_oneoff`.
    pub const POLL_FD_READWRITE: u64 = 1 << 27;
}

/// Flags of a descriptor (`fdflags` in the specification).
pub mod fdflags {
    /// Writes go to the end.
    pub const APPEND: u16 = 1 << 0;
    /// Calls return `again` where they would wait.
    pub const NONBLOCK: u16 = 1 << 2;
    /// Every flag the specification knows.
    pub const ALL: u16 = 0b1_1111;
}

/// `fdstat`: what `fd_fdstat_get` tells about a descriptor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fdstat {
    /// One of [`filetype`].
    pub filetype: u8,
    /// A set of [`fdflags`].
    pub flags: u16,
    /// A set of [`rights`] that calls on the descriptor itself have.
    pub rights_base: u64,
    /// The [`rights`] that descriptors opened through it may have.
    pub rights_inheriting: u64,
}

impl Fdstat {
    /// Size in linear memory.
    pub const SIZE: usize = 24;

    /// The bytes as they lie in linear memory.
    pub fn to_bytes(self) -> [u8; Self::SIZE] {
        let mut bytes = [0; Self::SIZE];
        bytes[0] = self.filetype;
        bytes[2..4].copy_from_slice(&self.flags.to_le_bytes());
        bytes[8..16].copy_from_slice(&self.rights_base.to_le_bytes());
        bytes[16..24].copy_from_slice(&self.rights_inheriting.to_le_bytes());
        bytes
    }
}

/// `filestat`: what `fd_filestat_get` and `path_filestat_get` tell about a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Filestat {
    /// The device that holds the file.
    pub device: u64,
    /// The file's number on that device.
    pub inode: u64,
    /// One of [`filetype`].
    pub filetype: u8,
    /// Number of hard links.
    pub links: u64,
    /// Size in bytes.
    pub size: u64,
    /// Time of last access, in nanoseconds since 1970.
    pub accessed: u64,
    /// Time of last change of the contents.
    pub modified: u64,
    /// Time of last change of the status.
    pub changed: u64,
}

impl Filestat {
    /// Size in linear memory.
    pub const SIZE: usize = 64;

    /// The bytes as they lie in linear memory.
    pub fn to_bytes(self) -> [u8; Self::SIZE] {
        let words = [
            self.device,
            self.inode,
            u64::from(self.filetype),
            self.links,
            self.size,
            self.accessed,
            self.modified,
            self.changed,
        ];
        let mut bytes = [0; Self::SIZE];
        for (chunk, word) in bytes.chunks_exact_mut(8).zip(words) {
            chunk.copy_from_slice(&word.to_le_bytes());
        }
        bytes
    }
}
