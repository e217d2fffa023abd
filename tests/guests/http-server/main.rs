//! A small HTTP server on a socket that is open at the start (`--listen`).
//!
//! usage: http-server [REQUESTS]      (ends after so many; goes on for ever without)
//!
//! `GET /` greets, `GET /files/NAME` answers with a file of the directory `/`, `POST /upper` with its own body in capitals,
//! `HEAD` is as `GET`. One connection at a time, one request in each. A line for each request goes to standard output.

use std::fs;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::fd::FromRawFd as _;
use std::process::ExitCode;

#[link(wasm_import_module = "wasi_snapshot_preview1")]
unsafe extern "C" {
    fn fd_fdstat_get(fd: u32, stat: *mut [u64; 3]) -> u32;
}

/// The largest body that is taken.
const MAX_BODY: usize = 1 << 20;

/// A request.
struct Request {
    method: String,
    path: String,
    body: Vec<u8>,
}

/// A response: status and body.
type Response = (&'static str, Vec<u8>);

/// The first descriptor that is a socket.
fn listener() -> Option<TcpListener> {
    const SOCKET: u64 = 6;
    let mut stat = [0; 3];
    // SAFETY: the pointer is to as many bytes as a `fdstat` has.
    let found = (3..64).find(|fd| unsafe { fd_fdstat_get(*fd, &mut stat) } == 0 && stat[0] & 0xff == SOCKET)?;
    // SAFETY: nothing else in this program has the descriptor.
    Some(unsafe { TcpListener::from_raw_fd(found as i32) })
}

fn bad(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

fn read(stream: &mut BufReader<&TcpStream>) -> io::Result<Request> {
    let mut line = String::new();
    stream.read_line(&mut line)?;
    let mut words = line.split_whitespace();
    let (Some(method), Some(path)) = (words.next(), words.next()) else { return Err(bad("no request")) };
    let mut length = 0;
    loop {
        let mut header = String::new();
        stream.read_line(&mut header)?;
        let Some((name, value)) = header.trim_end().split_once(':') else { break };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().map_err(|_| bad("no length"))?;
        }
    }
    if length > MAX_BODY {
        return Err(bad("the body is too large"));
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    Ok(Request { method: method.to_owned(), path: path.to_owned(), body })
}

fn answer(request: &Request) -> Response {
    match (request.method.as_str(), request.path.as_str()) {
        ("GET" | "HEAD", "/") => ("200 OK", b"hello from WebAssembly\n".to_vec()),
        ("GET" | "HEAD", path) => match path.strip_prefix("/files/").map(|name| fs::read(format!("/{name}"))) {
            Some(Ok(contents)) => ("200 OK", contents),
            Some(Err(_)) | None => ("404 Not Found", b"there is none\n".to_vec()),
        },
        ("POST", "/upper") => ("200 OK", request.body.to_ascii_uppercase()),
        _ => ("405 Method Not Allowed", b"not that\n".to_vec()),
    }
}

fn serve(stream: &TcpStream) -> io::Result<()> {
    let request = read(&mut BufReader::new(stream));
    let (status, body) = match &request {
        Ok(request) => answer(request),
        Err(error) => ("400 Bad Request", format!("{error}\n").into_bytes()),
    };
    let mut out = stream;
    write!(out, "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len())?;
    let (method, path) = request.as_ref().map_or(("?", "?"), |request| (&request.method, &request.path));
    if method != "HEAD" {
        out.write_all(&body)?;
    }
    println!("{method} {path} {status}");
    Ok(())
}

fn main() -> ExitCode {
    let requests = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(usize::MAX);
    let Some(listener) = listener() else {
        eprintln!("http-server: no socket is open; start it with --listen");
        return ExitCode::from(2);
    };
    for _ in 0..requests {
        let served = listener.accept().and_then(|(stream, _)| serve(&stream));
        if let Err(error) = served {
            eprintln!("http-server: {error}");
        }
    }
    ExitCode::SUCCESS
}
