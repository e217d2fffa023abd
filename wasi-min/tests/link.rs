//! All functions link, with the types programs import them with, and a guest can use them.

use ermine::{Engine, Error, Linker, Module, Store};
use ermine_wasi::{
    Call, Errno, FUNCTIONS, MODULE, Observe, StdPort, ValueType, WasiCtx, add_to_linker, add_to_linker_with,
};
use std::fmt::Write as _;

type State = WasiCtx<StdPort>;

fn run(wat: &str, port: StdPort) -> Result<(), Error> {
    let engine = Engine::default();
    let wasm = wat::parse_str(wat).expect("test programs are valid");
    let module = Module::new(&engine, &wasm[..])?;
    let mut linker = Linker::<State>::new(&engine);
    add_to_linker(&mut linker, |ctx| ctx)?;
    let mut store = Store::new(&engine, WasiCtx::new(port));
    let instance = linker.instantiate_and_start(&mut store, &module)?;
    match instance.get_func(&store, "_start") {
        Some(start) => start.call(&mut store, &[], &mut []),
        None => Ok(()),
    }
}

fn wat_type(ty: ValueType) -> &'static str {
    match ty {
        ValueType::I32 => "i32",
        ValueType::I64 => "i64",
    }
}

#[test]
fn a_module_that_imports_all_functions_links() {
    let mut wat = String::from("(module");
    for function in FUNCTIONS {
        write!(wat, "(import \"{MODULE}\" \"{}\" (func", function.name).unwrap();
        for (_, ty) in function.params {
            write!(wat, " (param {})", wat_type(*ty)).unwrap();
        }
        if let Some(result) = function.result {
            write!(wat, " (result {})", wat_type(result)).unwrap();
        }
        wat.push_str("))");
    }
    wat.push(')');
    run(&wat, StdPort::new()).unwrap();
}

#[test]
fn a_guest_sees_its_arguments() {
    let wat = r#"(module
        (import "wasi_snapshot_preview1" "args_sizes_get" (func $sizes (param i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
        (memory (export "memory") 1)
        (func (export "_start")
            (drop (call $sizes (i32.const 0) (i32.const 4)))
            (call $exit (i32.add (i32.mul (i32.load (i32.const 0)) (i32.const 10)) (i32.load (i32.const 4))))))"#;
    let error = run(wat, StdPort::new().args(["a", "bc"])).unwrap_err();
    assert_eq!(error.i32_exit_status(), Some(25));
}

#[test]
fn a_guest_without_memory_is_told_so() {
    let wat = r#"(module
        (import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))
        (func (export "_start") (drop (call $yield))))"#;
    let error = run(wat, StdPort::new()).unwrap_err();
    assert!(error.to_string().contains("must export its memory"), "{error}");
}

#[test]
fn linking_twice_is_an_error() {
    let engine = Engine::default();
    let mut linker = Linker::<State>::new(&engine);
    add_to_linker(&mut linker, |ctx| ctx).unwrap();
    assert!(add_to_linker(&mut linker, |ctx| ctx).is_err());
}

/// A guest's state, and what an observer has seen of its calls.
struct Seen {
    wasi: State,
    lines: Vec<String>,
}

#[derive(Clone, Copy)]
struct Observer;

impl Observe<Seen> for Observer {
    fn before(&self, data: &mut Seen, memory: &[u8], call: Call<'_>) {
        data.lines.push(format!("{}{:?} in {} bytes", call.function.name, call.args, memory.len()));
    }

    fn after(&self, data: &mut Seen, memory: &[u8], _: Call<'_>, result: Result<(), Errno>) {
        data.lines.push(format!("{result:?}, {} bytes", memory[4]));
    }
}

#[test]
fn an_observer_sees_calls_before_and_after_they_are_done() {
    let wat = r#"(module
        (import "wasi_snapshot_preview1" "args_sizes_get" (func $sizes (param i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "fd_seek" (func $seek (param i32 i64 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
        (memory (export "memory") 1)
        (func (export "_start")
            (drop (call $sizes (i32.const 0) (i32.const 4)))
            (drop (call $seek (i32.const -1) (i64.const -1) (i32.const 0) (i32.const 0)))
            (call $exit (i32.const 7))))"#;
    let engine = Engine::default();
    let module = Module::new(&engine, &wat::parse_str(wat).unwrap()[..]).unwrap();
    let mut linker = Linker::<Seen>::new(&engine);
    add_to_linker_with(&mut linker, |seen| &mut seen.wasi, Observer).unwrap();
    let wasi = WasiCtx::new(StdPort::new().args(["abc"]));
    let mut store = Store::new(&engine, Seen { wasi, lines: Vec::new() });
    let start = linker.instantiate_and_start(&mut store, &module).unwrap().get_func(&store, "_start").unwrap();
    start.call(&mut store, &[], &mut []).unwrap_err();
    assert_eq!(
        store.data().lines,
        [
            "args_sizes_get[0, 4] in 65536 bytes",
            "Ok(()), 4 bytes",
            "fd_seek[4294967295, 18446744073709551615, 0, 0] in 65536 bytes",
            "Err(Badf), 4 bytes",
            "proc_exit[7] in 0 bytes",
        ]
    );
}
