//! Builds the C programs beside this file and runs them.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// The crate's folder.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Where cargo has put the libraries that C links: beside the tests.
pub fn libraries() -> PathBuf {
    let test = env::current_exe().expect("a test knows where it is");
    test.parent().expect("it is in a folder").to_path_buf()
}

/// The programs in `tests/c`, sorted, and the engine's examples in C. Each has the text of its module beside it.
pub fn programs() -> Vec<PathBuf> {
    let folders = [root().join("tests/c"), root().join("../examples")];
    let files = folders.iter().flat_map(|folder| fs::read_dir(folder).expect("the programs are there"));
    let paths = files.map(|file| file.expect("it can be read").path());
    let mut sources: Vec<PathBuf> =
        paths.filter(|path| path.extension().is_some_and(|extension| extension == "c")).collect();
    sources.sort();
    sources
}

/// Runs a command: its output. Tells all that it said if it fails.
pub fn run(command: &mut Command) -> String {
    // Cargo sets it for tests, and it may lead to a library that was built before.
    let output = command.env_remove("LD_LIBRARY_PATH").output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(
        output.status.success(),
        "{command:?}: {}\n{}{}",
        output.status,
        text(&output.stdout),
        text(&output.stderr)
    );
    text(&output.stdout)
}

/// What links the shared library.
pub fn shared() -> [String; 4] {
    let path = format!("-Wl,-rpath,{}", libraries().display());
    ["-lermine_c", "-pthread", "-lm", &path].map(str::to_owned)
}

/// A way to build programs.
pub struct Toolchain {
    /// The compiler.
    pub compiler: &'static str,
    /// The language, as flags.
    pub language: &'static [&'static str],
    /// More flags.
    pub flags: &'static [&'static str],
    /// A name for what it builds.
    pub name: &'static str,
}

impl Toolchain {
    fn folder(&self) -> PathBuf {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("c-api").join(self.name);
        fs::create_dir_all(&folder).expect("the target folder can be written");
        folder
    }

    /// Builds a program, with warnings as errors, against the shared library.
    pub fn build(&self, program: &Path) -> PathBuf {
        self.build_with(program, &shared())
    }

    /// The same with these libraries.
    pub fn build_with(&self, program: &Path, libraries: &[String]) -> PathBuf {
        let executable = self.folder().join(program.file_stem().expect("a file has a name"));
        let mut command = Command::new(self.compiler);
        command.args(self.language).args(["-g", "-O1", "-Wall", "-Wextra", "-Werror", "-pedantic"]).args(self.flags);
        command.arg("-I").arg(root().join("include")).arg(program);
        // What comes behind is no C++.
        command.args(["-x", "none", "-o"]).arg(&executable).arg("-L").arg(self::libraries()).args(libraries);
        run(&mut command);
        executable
    }

    /// The program's module as wasm: its text is beside it.
    pub fn module(&self, program: &Path) -> PathBuf {
        let text = program.with_extension("wat");
        let wasm = wat::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", text.display()));
        let path = self.folder().join(text.file_name().expect("a file has a name")).with_extension("wasm");
        fs::write(&path, wasm).expect("the target folder can be written");
        path
    }
}

/// C as most have it.
pub const GCC: Toolchain = Toolchain { compiler: "gcc", language: &["-std=c11"], flags: &[], name: "gcc" };
