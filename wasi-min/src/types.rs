//! Numbers and layouts of WASI preview 1: what the guest's own headers say, as constants.

/// File types (`filetype` in the specification).
pub mod filetype {
    /// The type is unknown, or none of the others.
    pub const UNKNOWN: u8 = 0;
    /// A block device.
    pub const BLOCK_DEVICE: u8 = 1;
    /// A character device: a terminal.
    pub const CHARACTER_DEVICE: u8 = 2;
    /// A directory.
    pub const DIRECTORY: u8 = 3;
    /// A file.
    pub const REGULAR_FILE: u8 = 4;
    /// A datagram socket.
    pub const SOCKET_DGRAM: u8 = 5;
    /// A stream socket, connected or listening.
    pub const SOCKET_STREAM: u8 = 6;
    /// A symbolic link.
    pub const SYMBOLIC_LINK: u8 = 7;
}

/// Rights of a descriptor (`rights` in the specification), one bit for each kind of call.
pub mod rights;

/// Flags of a descriptor (`fdflags` in the specification).
pub mod fdflags {
    /// Writes go to the end.
    pub const APPEND: u16 = 1 << 0;
    /// A write returns when its data is on the device.
    pub const DSYNC: u16 = 1 << 1;
    /// Calls return `again` where they would wait.
    pub const NONBLOCK: u16 = 1 << 2;
    /// A read waits for writes of the same file to be on the device.
    pub const RSYNC: u16 = 1 << 3;
    /// A write returns when its data and the file's metadata are on the device.
    pub const SYNC: u16 = 1 << 4;
    /// Every flag the specification knows.
    pub const ALL: u16 = 0b1_1111;
}

/// How `path_open` opens (`oflags` in the specification).
pub mod oflags {
    /// Make the file if there is none.
    pub const CREAT: u32 = 1 << 0;
    /// Fail if it is no directory.
    pub const DIRECTORY: u32 = 1 << 1;
    /// Fail if it exists.
    pub const EXCL: u32 = 1 << 2;
    /// Cut the file to size 0.
    pub const TRUNC: u32 = 1 << 3;
    /// Every flag the specification knows.
    pub const ALL: u32 = 0b1111;
}

/// How paths are resolved (`lookupflags` in the specification).
pub mod lookupflags {
    /// A symbolic link at the end of the path is followed.
    pub const SYMLINK_FOLLOW: u32 = 1 << 0;
}

/// Which times to set (`fstflags` in the specification).
pub mod fstflags {
    /// Set the time of last access to the one given.
    pub const ATIM: u32 = 1 << 0;
    /// Set the time of last access to now.
    pub const ATIM_NOW: u32 = 1 << 1;
    /// Set the time of last change to the one given.
    pub const MTIM: u32 = 1 << 2;
    /// Set the time of last change to now.
    pub const MTIM_NOW: u32 = 1 << 3;
    /// Every flag the specification knows.
    pub const ALL: u32 = 0b1111;
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
