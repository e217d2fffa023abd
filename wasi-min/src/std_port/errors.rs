//! Error codes for errors of the host.

use crate::Errno;
use std::io;

/// Repeats what a signal interrupted.
pub(super) fn retry<T>(mut action: impl FnMut() -> io::Result<T>) -> Result<T, Errno> {
    loop {
        match action() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result.map_err(|error| errno(&error)),
        }
    }
}

/// The code for an error of the host.
pub(super) fn errno(error: &io::Error) -> Errno {
    match error.raw_os_error().and_then(native::errno) {
        Some(errno) => errno,
        None => by_kind(error),
    }
}

/// The code for an error that the system's own number says nothing about.
fn by_kind(error: &io::Error) -> Errno {
    match error.kind() {
        io::ErrorKind::BrokenPipe => Errno::Pipe,
        io::ErrorKind::WouldBlock => Errno::Again,
        io::ErrorKind::StorageFull => Errno::Nospc,
        io::ErrorKind::FileTooLarge => Errno::Fbig,
        io::ErrorKind::IsADirectory => Errno::Isdir,
        io::ErrorKind::NotADirectory => Errno::Notdir,
        io::ErrorKind::NotFound => Errno::Noent,
        io::ErrorKind::AlreadyExists => Errno::Exist,
        io::ErrorKind::DirectoryNotEmpty => Errno::Notempty,
        io::ErrorKind::CrossesDevices => Errno::Xdev,
        io::ErrorKind::TooManyLinks => Errno::Mlink,
        io::ErrorKind::InvalidFilename => Errno::Nametoolong,
        io::ErrorKind::ReadOnlyFilesystem => Errno::Rofs,
        io::ErrorKind::NotSeekable => Errno::Spipe,
        io::ErrorKind::ResourceBusy => Errno::Busy,
        io::ErrorKind::ConnectionReset => Errno::Connreset,
        io::ErrorKind::ConnectionAborted => Errno::Connaborted,
        io::ErrorKind::NotConnected => Errno::Notconn,
        io::ErrorKind::TimedOut => Errno::Timedout,
        // What is refused without the system's number was refused by the walk over a path: it leads out.
        io::ErrorKind::PermissionDenied if error.raw_os_error().is_none() => Errno::Notcapable,
        io::ErrorKind::PermissionDenied => Errno::Acces,
        io::ErrorKind::InvalidInput => Errno::Inval,
        io::ErrorKind::Unsupported => Errno::Notsup,
        io::ErrorKind::OutOfMemory => Errno::Nomem,
        // The kinds are the standard library's, and open-ended.
        _ => Errno::Io,
    }
}

#[cfg(all(unix, feature = "dirs"))]
mod native {
    use crate::Errno;
    use rustix::io::Errno as Host;

    /// The code for one of the system's.
    pub(super) fn errno(code: i32) -> Option<Errno> {
        CODES.iter().find(|(host, _)| host.raw_os_error() == code).map(|(_, errno)| *errno)
    }

    const CODES: &[(Host, Errno)] = &[
        (Host::NOENT, Errno::Noent),
        (Host::EXIST, Errno::Exist),
        (Host::NOTDIR, Errno::Notdir),
        (Host::ISDIR, Errno::Isdir),
        (Host::ACCESS, Errno::Acces),
        (Host::PERM, Errno::Perm),
        (Host::LOOP, Errno::Loop),
        (Host::INVAL, Errno::Inval),
        (Host::NOTEMPTY, Errno::Notempty),
        (Host::NAMETOOLONG, Errno::Nametoolong),
        (Host::SPIPE, Errno::Spipe),
        (Host::XDEV, Errno::Xdev),
        (Host::ROFS, Errno::Rofs),
        (Host::NOSPC, Errno::Nospc),
        (Host::FBIG, Errno::Fbig),
        (Host::BUSY, Errno::Busy),
        (Host::MLINK, Errno::Mlink),
        (Host::BADF, Errno::Badf),
        (Host::NOTSUP, Errno::Notsup),
        (Host::OPNOTSUPP, Errno::Notsup),
        (Host::NOTTY, Errno::Notty),
        (Host::OVERFLOW, Errno::Overflow),
        (Host::MFILE, Errno::Mfile),
        (Host::NFILE, Errno::Nfile),
        (Host::TXTBSY, Errno::Txtbsy),
        (Host::NXIO, Errno::Nxio),
        (Host::NODEV, Errno::Nodev),
        (Host::DQUOT, Errno::Dquot),
        (Host::AGAIN, Errno::Again),
        (Host::PIPE, Errno::Pipe),
        (Host::CONNRESET, Errno::Connreset),
        (Host::CONNABORTED, Errno::Connaborted),
        (Host::NOTCONN, Errno::Notconn),
        (Host::NOMEM, Errno::Nomem),
        (Host::NOBUFS, Errno::Nobufs),
    ];
}

#[cfg(not(all(unix, feature = "dirs")))]
mod native {
    /// Only the kind of the error tells.
    pub(super) fn errno(_: i32) -> Option<crate::Errno> {
        None
    }
}
