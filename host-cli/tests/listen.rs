//! A server on a socket that is open when it starts: `guests/http-server`, asked by clients that are here.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::thread;
use std::time::Duration;

/// The server, until it has served so many requests.
struct Server {
    child: Child,
    address: String,
    /// The rest of what it says.
    _stderr: BufReader<ChildStderr>,
}

impl Server {
    fn start(test: &str, requests: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
        std::fs::create_dir_all(&folder).expect("the target folder can be written");
        std::fs::write(folder.join("page.html"), "<p>a page</p>\n").expect("the target folder can be written");
        let guest = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/guests/http-server/http-server.wasm");
        let mut command = Command::new(env!("CARGO_BIN_EXE_ermine"));
        command.arg("--dir").arg(format!("{}::/:ro", folder.display())).args(["--listen", "127.0.0.1:0"]);
        command.arg(guest).arg(requests).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the command starts");
        let mut stderr = BufReader::new(child.stderr.take().expect("stderr is a pipe"));
        let mut line = String::new();
        stderr.read_line(&mut line).expect("it tells the port that it got");
        let address = line.trim_end().strip_prefix("ermine: note: listening on ").expect(&line).to_owned();
        Self { child, address, _stderr: stderr }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).expect("somebody listens");
        stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a time");
        stream
    }

    /// Sends a request; status line and body of the response.
    fn ask(&self, request: &str) -> (String, String) {
        let mut stream = self.connect();
        stream.write_all(request.as_bytes()).expect("it listens");
        response(stream)
    }

    /// The exit code, and what it wrote.
    fn end(mut self) -> (Option<i32>, String) {
        let mut stdout = String::new();
        self.child.stdout.take().expect("stdout is a pipe").read_to_string(&mut stdout).expect("text");
        (self.child.wait().expect("it was started").code(), stdout)
    }
}

fn response(mut stream: TcpStream) -> (String, String) {
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("text, then the end");
    let (head, body) = text.split_once("\r\n\r\n").expect("a head and a body");
    (head.lines().next().unwrap_or_default().to_owned(), body.to_owned())
}

fn ok(body: &str) -> (String, String) {
    ("HTTP/1.1 200 OK".to_owned(), body.to_owned())
}

#[test]
fn a_server_answers_requests() {
    let server = Server::start("listen-answers", "5");
    assert_eq!(server.ask("GET / HTTP/1.1\r\nHost: here\r\n\r\n"), ok("hello from WebAssembly\n"));
    assert_eq!(server.ask("GET /files/page.html HTTP/1.1\r\n\r\n"), ok("<p>a page</p>\n"));
    assert_eq!(server.ask("HEAD / HTTP/1.1\r\n\r\n"), ok(""));
    assert_eq!(server.ask("POST /upper HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello"), ok("HELLO"));
    let outside = server.ask("GET /files/../listen.rs HTTP/1.1\r\n\r\n");
    assert_eq!(outside, ("HTTP/1.1 404 Not Found".to_owned(), "there is none\n".to_owned()));
    let (code, written) = server.end();
    assert_eq!(code, Some(0));
    assert_eq!(
        written,
        "GET / 200 OK\nGET /files/page.html 200 OK\nHEAD / 200 OK\nPOST /upper 200 OK\nGET /files/../listen.rs 404 Not Found\n"
    );
}

#[test]
fn a_request_may_come_in_pieces_and_be_large() {
    let server = Server::start("listen-pieces", "2");
    let mut stream = server.connect();
    for piece in ["PO", "ST /upper HTT", "P/1.1\r\nContent-Le", "ngth: 3\r\n", "\r\na", "bc"] {
        stream.write_all(piece.as_bytes()).expect("it listens");
        thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(response(stream), ok("ABC"));

    let body = "ermine ".repeat(100_000);
    let mut stream = server.connect();
    write!(stream, "POST /upper HTTP/1.1\r\nContent-Length: {}\r\n\r\n{body}", body.len()).expect("it listens");
    assert_eq!(response(stream), ok(&body.to_uppercase()));
    assert_eq!(server.end().0, Some(0));
}

#[test]
fn clients_that_go_away_do_not_end_a_server() {
    let server = Server::start("listen-gone", "4");
    drop(server.connect());
    let mut stream = server.connect();
    stream.write_all(b"GET / HT").expect("it listens");
    stream.shutdown(Shutdown::Both).expect("it was open");
    drop(stream);
    let mut stream = server.connect();
    stream.write_all(b"POST /upper HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc").expect("it listens");
    drop(stream);
    assert_eq!(server.ask("GET / HTTP/1.1\r\n\r\n"), ok("hello from WebAssembly\n"));
    assert_eq!(server.end().0, Some(0));
}
