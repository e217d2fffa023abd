//! Every handler of the tail machine ends in a jump, and leaves the native stack as it found it: the promise that guests cannot make it grow.
//!
//! It is read off the machine code of this very binary, or of the one that `ERMINE_BINARY` names. Release builds only.

#![cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::PathBuf;

use ermine::{Config, Engine, Machine};
use ermine_tests::assembly::{Function, Instruction, functions, symbols};
use ermine_tests::{golden, instance, tools};

#[cfg(target_arch = "x86_64")]
const OBJDUMPS: &[&str] = &["x86_64-linux-gnu-objdump", "objdump"];
#[cfg(target_arch = "aarch64")]
const OBJDUMPS: &[&str] = &["aarch64-linux-gnu-objdump", "objdump"];

const HANDLER: &str = "exec::tail::handler";
/// Where handlers go to leave the machine.
const LEAVE: &str = "exec::tail::leave";

/// What handlers may call: float routines of the platform, and our own for bytes and for the self-test.
const CALLEES: &[&str] = &[
    "ceil",
    "ceilf",
    "floor",
    "floorf",
    "trunc",
    "truncf",
    "rint",
    "rintf",
    "nearbyint",
    "nearbyintf",
    "roundeven",
    "roundevenf",
    "sqrt",
    "sqrtf",
    "bulk::copy_bytes",
    "bulk::fill_bytes",
    "tail::note_stack",
];

/// How many handlers that call nothing may save registers first.
const MOST_SAVING: usize = 48;

/// How many instructions the table has, as its documentation says.
fn instructions() -> usize {
    let text = fs::read_to_string(golden::path("../docs/isa.md")).expect("docs/isa.md");
    let line = text.lines().find(|line| line.ends_with(" instructions.")).expect("a line that counts instructions");
    let count = line.split(' ').rev().nth(1).expect("a number");
    count.parse().expect("a number")
}

/// Follows all paths through a handler; what it does that a handler may not.
fn faults(function: &Function) -> Vec<String> {
    let mut faults = Vec::new();
    let mut leaves = false;
    let mut depths = BTreeMap::new();
    let mut paths: Vec<(u64, i64)> = function.keys().take(1).map(|&start| (start, 0)).collect();
    while let Some((start, mut depth)) = paths.pop() {
        for (&at, instruction) in function.range(start..) {
            match depths.insert(at, depth) {
                Some(before) if before == depth => break,
                Some(before) => faults.push(format!("{at:x}: the stack is {before} or {depth} bytes deep")),
                None => {}
            }
            match instruction {
                Instruction::Stack(bytes) => depth += bytes,
                Instruction::Call(name)
                    if CALLEES.iter().any(|known| name == known || name.ends_with(&format!("::{known}"))) => {}
                Instruction::Call(name) => faults.push(format!("{at:x}: calls {name}")),
                Instruction::Branch(target) => paths.push((*target, depth)),
                Instruction::Jump(target, _) if function.contains_key(target) => {
                    paths.push((*target, depth));
                    break;
                }
                Instruction::Jump(..) | Instruction::IndirectJump => {
                    if let Instruction::Jump(_, name) = instruction
                        && !name.ends_with(LEAVE)
                        && !name.contains(HANDLER)
                    {
                        faults.push(format!("{at:x}: jumps to {name}"));
                    }
                    if depth != 0 {
                        faults.push(format!("{at:x}: jumps with {depth} bytes on the stack"));
                    }
                    leaves = true;
                    break;
                }
                Instruction::Return => faults.push(format!("{at:x}: returns")),
                Instruction::Trap => break,
                Instruction::Other => {}
            }
        }
    }
    if !leaves {
        faults.push("never jumps out".to_owned());
    }
    faults
}

#[test]
#[cfg_attr(debug_assertions, ignore = "assertions call what reports them: release builds only")]
fn every_handler_ends_in_a_jump_and_keeps_nothing_on_the_stack() {
    // Also links the machine into this binary: threaded code is made of a function when it is first called.
    let engine = Engine::try_new(Config::default().machine(Machine::Tail)).expect("the tail machine");
    let (mut store, instance) = instance(&engine, r#"(module (func (export "run")))"#);
    instance.get_func(&store, "run").expect("an export").call(&mut store, &[], &mut []).expect("no trap");
    let Some(objdump) = OBJDUMPS.iter().find(|name| tools_silently(name)) else {
        tools::available("objdump", false);
        return;
    };
    let binary = env::var_os("ERMINE_BINARY").map(PathBuf::from);
    let binary = binary.unwrap_or_else(|| env::current_exe().expect("a path"));
    let handlers = functions(objdump, &binary, HANDLER);
    let jumps = |function: &Function| function.values().any(|what| *what == Instruction::IndirectJump);
    let jumping = handlers.iter().filter(|(_, function)| jumps(function)).count();
    let saves = |function: &Function| function.values().any(|what| matches!(what, Instruction::Stack(_)));
    let calls = |function: &Function| function.values().any(|what| matches!(what, Instruction::Call(_)));
    let saving = handlers.iter().filter(|(_, function)| saves(function) && !calls(function)).count();
    println!(
        "{}: {} different handlers, {jumping} with an indirect jump, {} that call a float or byte routine, {saving} \
         others that save registers",
        binary.display(),
        handlers.len(),
        handlers.iter().filter(|(_, function)| calls(function)).count()
    );
    let faults: Vec<String> = handlers
        .iter()
        .flat_map(|(name, function)| faults(function).into_iter().map(move |fault| format!("{name}: {fault}")))
        .collect();
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    // All of them are there: some share their code with another (an i64 stores its low byte as an i32 does, a float in a slot is stored as an
    // integer), and a program that is optimised whole keeps one name for both. The self-test has one more handler.
    let (symbols, expected) = (symbols(objdump, &binary, HANDLER), instructions() + 1);
    let whole = env::var_os("ERMINE_BINARY").is_some();
    let complete = if whole { symbols * 100 >= expected * 94 && symbols <= expected } else { symbols == expected };
    assert!(complete, "{symbols} handlers, {expected} expected");
    // Accesses to memories by number, tail calls, long sums: none that programs execute often.
    assert!(saving <= MOST_SAVING, "{saving} handlers save registers");
    // The others only ever leave the machine: slow paths, calls of imports, traps.
    assert!(jumping * 100 >= handlers.len() * 95, "{jumping} of {} jump on", handlers.len());
}

fn tools_silently(name: &str) -> bool {
    std::process::Command::new(name).arg("--version").output().is_ok_and(|output| output.status.success())
}
