//! The guest programs under `guests/`, each of their cases on both machines, from wasm and from images: real programs, real
//! input, compared byte for byte, on a native stack of 64 KiB. `guests/README.md` says what a case is made of.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use ermine::{Config, Engine, Error, Linker, Machine, Module, Profile, Store};
use ermine_tests::{MACHINES, config, folder, fuel_config, on_stack, spec};
use ermine_wasi::{
    Access, Clock, Clocks, Errno, Files, MemConsole, MemFs, Random, Startup, StringBlock, WasiCtx, WithConsole,
    WithFiles, add_to_linker,
};
#[cfg(unix)]
use ermine_wasi::{HostFiles, Resolver};

/// The exit code a case states for a trap.
const TRAPPED: i32 = 134;

/// What a guest is started with, and a time that passes when it is asked for.
struct Steady {
    args: Vec<u8>,
    environ: Vec<u8>,
    nanoseconds: u64,
}

impl Clocks for Steady {
    fn now(&mut self, _: Clock) -> Result<u64, Errno> {
        self.nanoseconds += 1_000;
        Ok(self.nanoseconds)
    }

    fn resolution(&mut self, _: Clock) -> Result<u64, Errno> {
        Ok(1_000)
    }

    fn sleep(&mut self, nanoseconds: u64) -> Result<(), Errno> {
        self.nanoseconds += nanoseconds;
        Ok(())
    }
}

impl Random for Steady {
    fn fill(&mut self, buffer: &mut [u8]) -> Result<(), Errno> {
        buffer.fill(7);
        Ok(())
    }
}

impl Startup for Steady {
    fn args(&self) -> StringBlock<'_> {
        StringBlock::new(&self.args).expect("each ends with a nul")
    }

    fn environ(&self) -> StringBlock<'_> {
        StringBlock::new(&self.environ).expect("each ends with a nul")
    }
}

/// One case of a guest.
struct Case {
    name: String,
    /// The path of its files, without their endings.
    files: PathBuf,
}

impl Case {
    fn bytes(&self, ending: &str) -> Option<Vec<u8>> {
        // Not `with_extension`: a case's name may have a dot.
        fs::read(format!("{}.{ending}", self.files.display())).ok()
    }

    /// The lines of one of its files, each with a nul in the place of its line feed.
    fn strings(&self, ending: &str) -> Vec<u8> {
        let mut bytes = self.bytes(ending).unwrap_or_default();
        if bytes.last().is_some_and(|last| *last != b'\n') {
            bytes.push(b'\n');
        }
        bytes.iter_mut().filter(|byte| **byte == b'\n').for_each(|byte| *byte = 0);
        bytes
    }

    fn steady(&self, program: &str) -> Steady {
        let mut args = program.as_bytes().to_vec();
        args.push(0);
        args.extend(self.strings("args"));
        Steady { args, environ: self.strings("env"), nanoseconds: 0 }
    }

    fn console(&self) -> MemConsole {
        MemConsole::new().stdin(self.bytes("stdin").unwrap_or_default()).limit(usize::MAX)
    }

    /// The directory that becomes the guest's root, if the case has one.
    fn root(&self) -> Option<PathBuf> {
        Some(PathBuf::from(format!("{}.dir", self.files.display()))).filter(|root| root.is_dir())
    }

    /// A copy of its directory in memory.
    fn in_memory(&self) -> MemFs {
        let Some(root) = self.root() else { return MemFs::new() };
        let mut files = MemFs::new();
        folder::load(&root, &mut files);
        files.dir("", "/", Access::ReadWrite).expect("there is a root")
    }

    /// A copy of its directory on the host.
    #[cfg(unix)]
    fn on_host(&self, root: &Path, resolver: Resolver) -> HostFiles {
        let scratch = folder::scratch(env!("CARGO_TARGET_TMPDIR"), &format!("guests-{}-{resolver:?}", self.name));
        folder::copy(root, &scratch).expect("the case can be read");
        HostFiles::new().resolver(resolver).dir(&scratch, "/", Access::ReadWrite).expect("the copy can be opened")
    }

    fn code(&self) -> i32 {
        let code = self.bytes("code").map(|bytes| String::from_utf8(bytes).expect("a number"));
        code.map_or(0, |code| code.trim().parse().expect("a number"))
    }
}

fn folder_of(guest: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("guests").join(guest)
}

fn wasm(guest: &str) -> Vec<u8> {
    fs::read(folder_of(guest).join(format!("{guest}.wasm"))).expect("the guest is built")
}

/// The cases of a guest.
fn cases(guest: &str) -> Vec<Case> {
    let folder = folder_of(guest).join("cases");
    let names: BTreeSet<String> = fs::read_dir(&folder)
        .expect("the folder of cases")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8"))
        .filter_map(|name| Some(name.strip_suffix(".stdout")?.to_owned()))
        .collect();
    assert!(!names.is_empty(), "no cases in {}", folder.display());
    let files = |name: String| Case { files: folder.join(&name), name };
    names.into_iter().map(files).collect()
}

/// Runs a program to its exit code; the console has what it wrote.
fn execute<F: Files + Send + 'static>(
    engine: &Engine,
    module: &Module,
    port: WithFiles<WithConsole<Steady, MemConsole>, F>,
) -> (i32, MemConsole) {
    let mut linker = Linker::new(engine);
    add_to_linker(&mut linker, |ctx| ctx).expect("the functions link");
    let mut store = Store::new(engine, WasiCtx::new(port));
    // Without metering there is no fuel to set.
    let _ = store.set_fuel(1 << 50);
    let end = linker.instantiate_and_start(&mut store, module).and_then(|instance| {
        let start = instance.get_typed_func::<(), ()>(&store, "_start")?;
        start.call(&mut store, ())
    });
    let (port, _) = store.into_data().into_port().into_parts();
    (exit_code(end), port.into_parts().1)
}

fn exit_code(end: Result<(), Error>) -> i32 {
    match end {
        Ok(()) => 0,
        Err(error) => match (error.i32_exit_status(), error.as_trap_code()) {
            (Some(status), _) => status,
            (None, Some(_)) => TRAPPED,
            (None, None) => panic!("{error}"),
        },
    }
}

fn run(guest: &str, config: &Config) {
    run_loaded(guest, config, |engine, wasm| Module::new(engine, wasm));
}

fn run_image(guest: &str, config: &Config) {
    run_loaded(guest, config, |engine, wasm| Module::deserialize(engine, engine.precompile_module(wasm)?));
}

fn run_loaded(guest: &str, config: &Config, load: impl Fn(&Engine, &[u8]) -> Result<Module, Error> + Sync) {
    on_stack(spec::stack_bytes(), || {
        let engine = Engine::new(config);
        let module = load(&engine, &wasm(guest)).expect("the guest loads");
        for case in cases(guest) {
            run_case(guest, &case, &engine, &module, case.in_memory());
        }
    });
}

fn run_case<F: Files + Send + 'static>(guest: &str, case: &Case, engine: &Engine, module: &Module, files: F) {
    let port = WithFiles::new(WithConsole::new(case.steady(guest), case.console()), files);
    let (code, console) = execute(engine, module, port);
    let stderr = String::from_utf8_lossy(console.stderr());
    let stdout = case.bytes("stdout").expect("its output");
    let (name, machine) = (&case.name, engine.machine());
    assert!(
        console.stdout() == stdout,
        "{guest}/{name} on {machine:?} wrote\n{}\nand\n{stderr}",
        String::from_utf8_lossy(console.stdout())
    );
    assert_eq!(code, case.code(), "{guest}/{name} on {machine:?}: {stderr}");
}

fn run_everywhere(guest: &str) {
    for machine in MACHINES {
        run(guest, &config(machine));
        run_image(guest, &config(machine));
    }
    run_image(guest, config(Machine::Loop).profile(Profile::Base));
}

#[test]
fn the_rust_program_runs() {
    run_everywhere("hello-rust");
    run("hello-rust", &fuel_config(Machine::Auto));
    run_image("hello-rust", &fuel_config(Machine::Auto));
}

#[test]
fn the_c_program_runs() {
    run_everywhere("stdio-c");
    run("stdio-c", &fuel_config(Machine::Auto));
    run_image("stdio-c", &fuel_config(Machine::Auto));
}

#[test]
fn quickjs_runs() {
    run_everywhere("quickjs");
}

#[test]
fn sqlite_runs() {
    run_everywhere("sqlite");
}

#[test]
fn lua_runs() {
    run_everywhere("lua");
}

#[test]
fn the_walk_over_directories_runs() {
    run_everywhere("walk-rust");
}

#[test]
fn the_zig_program_runs() {
    run_everywhere("hello-zig");
}

/// Elsewhere files are in memory.
#[cfg(unix)]
fn files_on_the_host(resolver: Resolver) {
    for guest in ["lua", "quickjs", "sqlite", "walk-rust"] {
        let engine = Engine::default();
        let module = Module::new(&engine, wasm(guest)).expect("the guest loads");
        for case in cases(guest) {
            if let Some(root) = case.root() {
                run_case(guest, &case, &engine, &module, case.on_host(&root, resolver));
            }
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn guests_find_their_files_on_a_host_whose_kernel_resolves() {
    // In front of `without-openat2.py` there is no such kernel.
    if HostFiles::new().resolver(Resolver::Kernel).dir(".", "/", Access::ReadOnly).is_err() {
        return println!("skipped: this kernel has no openat2");
    }
    files_on_the_host(Resolver::Kernel);
}

#[cfg(unix)]
#[test]
fn guests_find_their_files_on_a_host_that_is_walked() {
    files_on_the_host(Resolver::Walker);
}
