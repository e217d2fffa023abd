//! The line to a board: a serial device, or the standard streams of a command.

use super::stream::Stream;
use crate::args::PortArgs;
use crate::exit::{Exit, Failure};
use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;
use rustix::termios::{OptionalActions, QueueSelector, tcflush, tcgetattr, tcsetattr};
use std::fs::File;
use std::io;
use std::os::unix::fs::{FileTypeExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// An open line.
pub(super) struct Port {
    pub(super) stream: Stream,
    /// The command whose streams it is; it ends with the line.
    child: Option<Child>,
}

impl Drop for Port {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            // It may have ended.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// What stands before a command.
const EXEC: &str = "exec:";

/// Opens a line.
///
/// # Errors
///
/// If there is no such device, it is in use, is not ours, or the command does not start.
pub(super) fn open(args: &PortArgs) -> Result<Port, Failure> {
    let opened = match args.port.strip_prefix(EXEC) {
        Some(command) => start(command),
        None => device(Path::new(&args.port), args.baud),
    };
    opened.map_err(|error| failure(&args.port, &error))
}

/// Starts a command in a shell.
fn start(command: &str) -> io::Result<Port> {
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(format!("exec {command}")).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = shell.spawn()?;
    let (input, out) = (child.stdout.take(), child.stdin.take());
    let (Some(input), Some(out)) = (input, out) else { return Err(io::ErrorKind::BrokenPipe.into()) };
    Ok(Port { stream: Stream::new(input, Box::new(out))?, child: Some(child) })
}

/// Opens a serial device: eight bits, no parity, bytes as they are.
fn device(path: &Path, baud: u32) -> io::Result<Port> {
    // Without waiting for a carrier: three-wire lines have none.
    let mut options = File::options();
    options.read(true).write(true).custom_flags(open_flags());
    let file = options.open(path)?;
    if !file.metadata()?.file_type().is_char_device() {
        return Err(Errno::NOTTY.into());
    }
    // Two programs at one line take each other's bytes. (A terminal's exclusive mode would outlive a program that is killed.)
    flock(&file, FlockOperation::NonBlockingLockExclusive)?;
    let mut termios = tcgetattr(&file)?;
    termios.make_raw();
    termios.control_modes |= rustix::termios::ControlModes::CLOCAL | rustix::termios::ControlModes::CREAD;
    termios.set_speed(baud)?;
    tcsetattr(&file, OptionalActions::Now, &termios)?;
    // From now on reads wait.
    let flags = rustix::fs::fcntl_getfl(&file)?;
    rustix::fs::fcntl_setfl(&file, flags - rustix::fs::OFlags::NONBLOCK)?;
    tcflush(&file, QueueSelector::IFlush)?;
    Ok(Port { stream: Stream::new(file.try_clone()?, Box::new(file))?, child: None })
}

/// The device is no terminal of this process, and need not be connected.
fn open_flags() -> i32 {
    let flags = rustix::fs::OFlags::NOCTTY | rustix::fs::OFlags::NONBLOCK;
    flags.bits().cast_signed()
}

/// Why a line cannot be opened, and what to try.
fn failure(port: &str, error: &io::Error) -> Failure {
    let told = |exit, why: &str| Failure::new(exit, format!("--port {port}: {why}"));
    match (error.kind(), Errno::from_io_error(error)) {
        (io::ErrorKind::NotFound, _) => {
            let failure = told(Exit::NotFound, "there is no such device; is the board connected?");
            failure.with_details(devices())
        }
        (io::ErrorKind::PermissionDenied, _) => {
            told(Exit::CannotLoad, "it may not be opened: join the group that owns it, often dialout or uucp")
        }
        (_, Some(Errno::NOTTY)) => told(Exit::CannotLoad, "it is no serial device; for a command write exec:COMMAND"),
        (_, Some(Errno::BUSY | Errno::WOULDBLOCK)) => {
            told(Exit::CannotLoad, "another program has it: close that first")
        }
        (_, Some(Errno::INVAL)) => told(Exit::Usage, "the device does not have this speed: try another --baud"),
        // The kinds are the standard library's, and open-ended.
        _ => told(Exit::CannotLoad, &format!("it cannot be opened: {error}")),
    }
}

/// Names that serial devices of boards often have.
const OFTEN: [&str; 4] = ["ttyACM", "ttyUSB", "cu.usbmodem", "cu.usbserial"];

/// Devices that may be meant.
fn devices() -> Option<String> {
    let entries = std::fs::read_dir("/dev").ok()?;
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut found: Vec<String> = names.filter(|name| OFTEN.iter().any(|often| name.starts_with(often))).collect();
    found.sort();
    let found: Vec<String> = found.into_iter().map(|name| format!("/dev/{name}")).collect();
    (!found.is_empty()).then(|| format!("there is: {}", found.join(", ")))
}
