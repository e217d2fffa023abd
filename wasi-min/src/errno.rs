//! `errno`: the 77 error codes of WASI preview 1.
//!
//! Names are the specification's, in Rust's spelling (`2big` cannot be one, so it is `TooBig`).

/// Defines [`Errno`] from rows of number, variant, name in the specification, and meaning.
macro_rules! errno {
    ($($number:literal $variant:ident $name:literal $meaning:literal)*) => {
        /// An error code of WASI preview 1 (`errno` in the specification).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[repr(u16)]
        pub enum Errno {
            $(#[doc = $meaning] $variant = $number,)*
        }

        impl Errno {
            /// The name the specification gives this code, such as `badf`.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }

            /// The code with this number, as guests see it; nothing if the specification has none.
            pub const fn from_code(code: u16) -> Option<Self> {
                match code {
                    $($number => Some(Self::$variant),)*
                    _ => None,
                }
            }

            /// What the code means, as a short sentence.
            pub const fn meaning(self) -> &'static str {
                match self {
                    $(Self::$variant => $meaning,)*
                }
            }
        }
    };
}

errno! {
    0 Success "success" "No error occurred."
    1 TooBig "2big" "Argument list too long."
    2 Acces "acces" "Permission denied."
    3 Addrinuse "addrinuse" "Address in use."
    4 Addrnotavail "addrnotavail" "Address not available."
    5 Afnosupport "afnosupport" "Address family not supported."
    6 Again "again" "Resource unavailable, or operation would block."
    7 Already "already" "Connection already in progress."
    8 Badf "badf" "Bad file descriptor."
    9 Badmsg "badmsg" "Bad message."
    10 Busy "busy" "Device or resource busy."
    11 Canceled "canceled" "Operation cancelled."
    12 Child "child" "No child processes."
    13 Connaborted "connaborted" "Connection aborted."
    14 Connrefused "connrefused" "Connection refused."
    15 Connreset "connreset" "Connection reset."
    16 Deadlk "deadlk" "Resource deadlock would occur."
    17 Destaddrreq "destaddrreq" "Destination address required."
    18 Dom "dom" "Mathematics argument out of domain of function."
    19 Dquot "dquot" "Reserved."
    20 Exist "exist" "File exists."
    21 Fault "fault" "Bad address: a pointer or length reaches outside linear memory."
    22 Fbig "fbig" "File too large."
    23 Hostunreach "hostunreach" "Host is unreachable."
    24 Idrm "idrm" "Identifier removed."
    25 Ilseq "ilseq" "Illegal byte sequence."
    26 Inprogress "inprogress" "Operation in progress."
    27 Intr "intr" "Interrupted function."
    28 Inval "inval" "Invalid argument."
    29 Io "io" "Input or output error."
    30 Isconn "isconn" "Socket is connected."
    31 Isdir "isdir" "Is a directory."
    32 Loop "loop" "Too many levels of symbolic links."
    33 Mfile "mfile" "File descriptor value too large."
    34 Mlink "mlink" "Too many links."
    35 Msgsize "msgsize" "Message too large."
    36 Multihop "multihop" "Reserved."
    37 Nametoolong "nametoolong" "Filename too long."
    38 Netdown "netdown" "Network is down."
    39 Netreset "netreset" "Connection aborted by network."
    40 Netunreach "netunreach" "Network unreachable."
    41 Nfile "nfile" "Too many files open in system."
    42 Nobufs "nobufs" "No buffer space available."
    43 Nodev "nodev" "No such device."
    44 Noent "noent" "No such file or directory."
    45 Noexec "noexec" "Executable file format error."
    46 Nolck "nolck" "No locks available."
    47 Nolink "nolink" "Reserved."
    48 Nomem "nomem" "Not enough space."
    49 Nomsg "nomsg" "No message of the desired type."
    50 Noprotoopt "noprotoopt" "Protocol not available."
    51 Nospc "nospc" "No space left on device."
    52 Nosys "nosys" "Function not supported."
    53 Notconn "notconn" "The socket is not connected."
    54 Notdir "notdir" "Not a directory."
    55 Notempty "notempty" "Directory not empty."
    56 Notrecoverable "notrecoverable" "State not recoverable."
    57 Notsock "notsock" "Not a socket."
    58 Notsup "notsup" "Not supported, or operation not supported on socket."
    59 Notty "notty" "Inappropriate I/O control operation."
    60 Nxio "nxio" "No such device or address."
    61 Overflow "overflow" "Value too large to be stored in data type."
    62 Ownerdead "ownerdead" "Previous owner died."
    63 Perm "perm" "Operation not permitted."
    64 Pipe "pipe" "Broken pipe."
    65 Proto "proto" "Protocol error."
    66 Protonosupport "protonosupport" "Protocol not supported."
    67 Prototype "prototype" "Protocol wrong type for socket."
    68 Range "range" "Result too large."
    69 Rofs "rofs" "Read-only file system."
    70 Spipe "spipe" "Invalid seek."
    71 Srch "srch" "No such process."
    72 Stale "stale" "Reserved."
    73 Timedout "timedout" "Connection timed out."
    74 Txtbsy "txtbsy" "Text file busy."
    75 Xdev "xdev" "Cross-device link."
    76 Notcapable "notcapable" "Capabilities insufficient."
}

impl Errno {
    /// The number the guest sees.
    pub const fn code(self) -> u16 {
        self as u16
    }
}

impl core::fmt::Display for Errno {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}: {}", self.name(), self.meaning())
    }
}

impl core::error::Error for Errno {}

#[cfg(test)]
mod tests {
    use super::Errno;

    #[test]
    fn codes_are_those_of_the_specification() {
        assert_eq!(Errno::Success.code(), 0);
        assert_eq!(Errno::Badf.code(), 8);
        assert_eq!(Errno::Fault.code(), 21);
        assert_eq!(Errno::Inval.code(), 28);
        assert_eq!(Errno::Nosys.code(), 52);
        assert_eq!(Errno::Notdir.code(), 54);
        assert_eq!(Errno::Notsup.code(), 58);
        assert_eq!(Errno::Pipe.code(), 64);
        assert_eq!(Errno::Spipe.code(), 70);
        assert_eq!(Errno::Notcapable.code(), 76);
    }

    #[test]
    fn codes_lead_back_to_their_errors() {
        assert!((0..=76).all(|code| Errno::from_code(code).map(Errno::code) == Some(code)));
        assert_eq!((Errno::from_code(77), Errno::from_code(u16::MAX)), (None, None));
    }
}
