//! The official tests of WASI preview 1, compiled: `prod/testsuite-base` of github.com/WebAssembly/wasi-testsuite.
//!
//! They are run where the environment variable `ERMINE_WASI_TESTSUITE` names a checkout, and skipped elsewhere. Each test
//! gets a fresh copy of its directory, on every resolver and in memory, with standard input as a pipe and as the null device.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::SystemTime;

use ermine::{Engine, Error, Linker, Module, Store};
use ermine_tests::folder;
use ermine_tests::json::Json;
use ermine_wasi::{Access, HostFiles, MemFs, Port, Resolver, StdPort, WasiCtx, WithFiles, add_to_linker};

/// Names the checkout.
const SUITE: &str = "ERMINE_WASI_TESTSUITE";

/// Tells a child process which test to be.
const CHILD: &str = "ERMINE_WASI_TESTSUITE_CHILD";

/// Tells a child process which directory to open.
const ROOT: &str = "ERMINE_WASI_TESTSUITE_ROOT";

/// Tells a child process what files are: `kernel`, `walker` or `memory`.
const RESOLVER: &str = "ERMINE_WASI_TESTSUITE_RESOLVER";

const FOLDERS: [&str; 3] = ["assemblyscript", "c", "rust"];

/// What a test is given and what it has to answer.
struct Spec {
    args: Vec<String>,
    env: Vec<(String, String)>,
    root: Option<PathBuf>,
    exit_code: i32,
    stdout: Option<String>,
}

impl Spec {
    fn of(wasm: &Path) -> Self {
        let text = fs::read_to_string(wasm.with_extension("json")).unwrap_or_else(|_| "{}".to_owned());
        let json = Json::parse(&text).expect("the suite's JSON is valid");
        let string = |json: &Json| json.as_str().expect("a string").to_owned();
        Self {
            args: json.get("args").map(|args| args.items().iter().map(string).collect()).unwrap_or_default(),
            env: json
                .get("env")
                .map(|env| env.members().iter().map(|(name, value)| (name.clone(), string(value))).collect())
                .unwrap_or_default(),
            root: json.get("root").and_then(Json::as_str).map(|root| wasm.with_file_name(root)),
            exit_code: json.get("exit_code").and_then(Json::as_i32).unwrap_or(0),
            stdout: json.get("stdout").map(string),
        }
    }
}

fn programs(suite: &Path) -> Vec<PathBuf> {
    let folders = FOLDERS.iter().map(|name| suite.join("tests").join(name).join("testsuite/wasm32-wasip1"));
    let mut found: Vec<PathBuf> = folders
        .flat_map(|folder| fs::read_dir(folder).expect("a checkout of prod/testsuite-base"))
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "wasm"))
        .collect();
    found.sort();
    found
}

/// Takes away what a run of the suite's own harness left in its directories.
fn remove_leftovers(folder: &Path) {
    for entry in fs::read_dir(folder).expect("the copy can be read") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|ending| ending == "cleanup") {
            fs::remove_file(path).expect("the copy can be changed");
        }
    }
}

/// Runs one test in a child process: it writes to the real standard output and may leave what it likes open.
fn run(wasm: &Path, resolver: &str, stdin: Stdio) -> Result<(), String> {
    let spec = Spec::of(wasm);
    let scratch = folder::scratch(env!("CARGO_TARGET_TMPDIR"), &format!("wasi-testsuite-{resolver}"));
    if let Some(root) = &spec.root {
        folder::copy(root, &scratch).expect("the suite can be read");
        remove_leftovers(&scratch);
    }
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.args(["--exact", "one_test", "--nocapture", "--quiet", "--test-threads=1"]);
    command.env(CHILD, wasm).env(RESOLVER, resolver).env(ROOT, &scratch).stdin(stdin);
    let output = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().and_then(|mut child| {
        // A pipe that nobody writes to, closed when the test is over.
        let pipe = child.stdin.take();
        let output = child.wait_with_output();
        drop(pipe);
        output
    });
    let output = output.expect("the child runs");
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if output.status.code() != Some(spec.exit_code) {
        return Err(format!("ended with {}\n{stdout}\n{stderr}", output.status));
    }
    match &spec.stdout {
        // The test harness of the child writes a line of its own before.
        Some(expected) if !stdout.ends_with(expected.as_str()) => Err(format!("wrote {stdout:?}")),
        Some(_) | None => Ok(()),
    }
}

fn run_all(resolver: &str, stdin: fn() -> Stdio) {
    let Some(suite) = std::env::var_os(SUITE) else {
        println!("skipped: {SUITE} does not name a checkout of wasi-testsuite");
        return;
    };
    let programs = programs(Path::new(&suite));
    let mut failures = Vec::new();
    for wasm in &programs {
        if let Err(why) = run(wasm, resolver, stdin()) {
            failures.push(format!("{}: {why}", wasm.file_stem().unwrap_or_default().display()));
        }
    }
    println!("{resolver}: {} of {} passed", programs.len() - failures.len(), programs.len());
    assert!(failures.is_empty(), "{} of {} failed\n{}", failures.len(), programs.len(), failures.join("\n\n"));
}

/// The child process. Does nothing if it is not one.
#[test]
fn one_test() {
    let Some(wasm) = std::env::var_os(CHILD) else { return };
    let root = std::env::var_os(ROOT).expect("the parent says where");
    let files = std::env::var(RESOLVER).expect("the parent says which");
    let code = match execute(Path::new(&wasm), Path::new(&root), &files) {
        Ok(()) => 0,
        Err(error) => error.i32_exit_status().unwrap_or_else(|| {
            eprintln!("{error}");
            134
        }),
    };
    #[allow(clippy::exit, reason = "the guest's exit code is what the parent asks for")]
    std::process::exit(code);
}

fn execute(wasm: &Path, root: &Path, files: &str) -> Result<(), Error> {
    let spec = Spec::of(wasm);
    let mut port = StdPort::new().args([wasm.file_name().unwrap_or_default().as_encoded_bytes()]).args(&spec.args);
    for (name, value) in &spec.env {
        port = port.env(name, value);
    }
    let resolver = match files {
        "memory" => return start(wasm, WithFiles::new(port, in_memory(root, spec.root.is_some()))),
        "kernel" => Resolver::Kernel,
        _ => Resolver::Walker,
    };
    if spec.root.is_some() {
        let files = HostFiles::new().resolver(resolver).dir(root, "/", Access::ReadWrite);
        port = port.files(files.expect("the copy can be opened"));
    }
    start(wasm, port)
}

/// A copy of a directory in memory.
fn in_memory(root: &Path, open: bool) -> MemFs {
    let mut files = MemFs::new();
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970");
    files.set_time(u64::try_from(now.as_nanos()).expect("before 2500"));
    folder::load(root, &mut files);
    if open { files.dir("", "/", Access::ReadWrite).expect("there is a root") } else { files }
}

fn start<P: Port + Send + 'static>(wasm: &Path, port: P) -> Result<(), Error> {
    let engine = Engine::default();
    let module = Module::new(&engine, fs::read(wasm).expect("the test can be read"))?;
    let mut linker: Linker<WasiCtx<P>> = Linker::new(&engine);
    add_to_linker(&mut linker, |ctx| ctx)?;
    let mut store = Store::new(&engine, WasiCtx::new(port));
    let instance = linker.instantiate_and_start(&mut store, &module)?;
    instance.get_typed_func::<(), ()>(&store, "_start")?.call(&mut store, ())
}

#[cfg(target_os = "linux")]
#[test]
fn the_suite_passes_with_the_kernels_resolver() {
    run_all("kernel", Stdio::piped);
    run_all("kernel", Stdio::null);
}

#[cfg(unix)]
#[test]
fn the_suite_passes_with_the_walker() {
    run_all("walker", Stdio::piped);
    run_all("walker", Stdio::null);
}

#[test]
fn the_suite_passes_in_memory() {
    run_all("memory", Stdio::piped);
    run_all("memory", Stdio::null);
}
