//! Bounds of `Limits` end in typed errors, before anything is allocated by a claimed count.

#![cfg(feature = "translate")]

use ermine::{
    Bound, Config, Engine, Error, ErrorKind, ExternRef, Instance, Limits, Memory, MemoryType, Module, Store,
    StoreLimitsBuilder, Trap, Val,
};

fn engine(change: impl FnOnce(&mut Limits)) -> Engine {
    let mut limits = Limits::default();
    change(&mut limits);
    let mut config = Config::default();
    config.limits(limits);
    Engine::new(&config)
}

fn bound(error: &Error) -> Option<Bound> {
    if let ErrorKind::Limit { bound, .. } = error.kind() { Some(*bound) } else { None }
}

#[test]
fn bounds_of_modules_are_enforced() {
    type Change = fn(&mut Limits);
    let cases: [(Bound, Change, &str); 12] = [
        (Bound::ModuleBytes, |limits| limits.module_bytes = 8, "(module (func))"),
        (Bound::Types, |limits| limits.types = 1, "(module (type (func)) (type (func (param i32))))"),
        (Bound::Imports, |limits| limits.imports = 0, "(module (import \"a\" \"b\" (func)))"),
        (Bound::Functions, |limits| limits.functions = 1, "(module (func) (func))"),
        (Bound::Functions, |limits| limits.functions = 1, "(module (import \"a\" \"b\" (func)) (func))"),
        (Bound::Tables, |limits| limits.tables = 1, "(module (table 1 funcref) (table 1 funcref))"),
        (Bound::Memories, |limits| limits.memories = 0, "(module (memory 1))"),
        (Bound::Globals, |limits| limits.globals = 0, "(module (global i32 (i32.const 1)))"),
        (Bound::Exports, |limits| limits.exports = 0, "(module (func (export \"f\")))"),
        (Bound::ElementSegments, |limits| limits.element_segments = 0, "(module (elem func))"),
        (Bound::DataSegments, |limits| limits.data_segments = 0, "(module (data \"a\"))"),
        (Bound::FunctionBytes, |limits| limits.function_bytes = 4, "(module (func nop nop nop nop nop))"),
    ];
    for (expected, change, text) in cases {
        let wasm = wat::parse_str(text).unwrap();
        let error = Module::new(&engine(change), &wasm).expect_err(text);
        assert_eq!(bound(&error), Some(expected), "{text}: {error}");
        assert!(Module::validate(&engine(change), &wasm).is_err());
        Module::new(&Engine::default(), &wasm).expect(text);
    }
}

#[test]
fn claimed_counts_do_not_allocate() {
    // A type section of two bytes that claims 99,999 types.
    let wasm = b"\0asm\x01\0\0\0\x01\x03\x9f\x8d\x06";
    let error = Module::new(&Engine::default(), wasm).expect_err("there are no types");
    assert!(matches!(error.kind(), ErrorKind::Wasm { .. }), "{error:?}");
}

#[test]
fn bounds_of_stores_are_enforced() {
    let engine = engine(|limits| {
        limits.memory_bytes = 65536;
        limits.table_elements = 3;
        limits.instances = 1;
        limits.host_objects = 1;
    });
    let mut store = Store::new(&engine, ());
    let instantiate = |store: &mut Store<()>, text: &str| {
        Instance::new(store, &Module::new(&engine, wat::parse_str(text).unwrap()).unwrap(), &[])
    };
    let error = instantiate(&mut store, "(module (memory 2))").unwrap_err();
    assert_eq!(bound(&error), Some(Bound::MemoryBytes));
    let error = instantiate(&mut store, "(module (table 4 funcref))").unwrap_err();
    assert_eq!(bound(&error), Some(Bound::TableElements));
    instantiate(&mut store, "(module)").unwrap();
    let error = instantiate(&mut store, "(module)").unwrap_err();
    assert_eq!(bound(&error), Some(Bound::Instances));
    ExternRef::try_new(&mut store, 1).unwrap();
    let error = ExternRef::try_new(&mut store, 2).unwrap_err();
    assert_eq!(bound(&error), Some(Bound::HostObjects));
    let memory = Memory::new(&mut store, MemoryType::new(1, None)).unwrap();
    assert!(matches!(memory.grow(&mut store, 1).unwrap_err().kind(), ErrorKind::GrowthDenied));
    assert_eq!(memory.size(&store), 1);
}

#[test]
fn limiters_are_asked() {
    let engine = Engine::default();
    let wasm = wat::parse_str(
        r#"(module (memory 1) (table 1 funcref)
            (func (export "memory") (param i32) (result i32) (memory.grow (local.get 0)))
            (func (export "table") (param i32) (result i32) (table.grow (ref.null func) (local.get 0))))"#,
    )
    .unwrap();
    let module = Module::new(&engine, wasm).unwrap();
    for trap in [false, true] {
        let builder = StoreLimitsBuilder::new().memory_size(2 * 65536).table_elements(2).instances(1);
        let mut store = Store::new(&engine, builder.trap_on_grow_failure(trap).build());
        store.limiter(|limits| limits);
        let instance = Instance::new(&mut store, &module, &[]).unwrap();
        assert_eq!(bound(&Instance::new(&mut store, &module, &[]).unwrap_err()), Some(Bound::Instances));
        for name in ["memory", "table"] {
            let grow = instance.get_typed_func::<i32, i32>(&store, name).unwrap();
            assert_eq!(grow.call(&mut store, 1).unwrap(), 1, "{name}");
            let denied = grow.call(&mut store, 1);
            match trap {
                false => assert_eq!(denied.unwrap(), -1, "{name}"),
                true => assert_eq!(denied.unwrap_err().as_trap_code(), Some(Trap::AllocationTooLarge), "{name}"),
            }
            assert_eq!(grow.call(&mut store, 0).unwrap(), 2, "{name}");
        }
    }
}

#[test]
fn all_value_stacks_share_a_budget() {
    let mut config = Config::default();
    let mut limits = Limits::default();
    limits.stack_bytes = 1 << 16;
    limits.total_stack_bytes = 3 << 16;
    config.limits(limits).consume_fuel(true);
    let engine = Engine::new(&config);
    let wasm = wat::parse_str("(module (func (export \"f\") (loop (br 0))))").unwrap();
    let mut store = Store::new(&engine, ());
    let instance = Instance::new(&mut store, &Module::new(&engine, wasm).unwrap(), &[]).unwrap();
    let func = instance.get_func(&store, "f").unwrap();
    let mut suspend = || func.call_resumable(&mut store, &[] as &[Val], &mut []);
    let (first, _second, _third) = (suspend().unwrap(), suspend().unwrap(), suspend().unwrap());
    assert_eq!(bound(&suspend().unwrap_err()), Some(Bound::TotalStackBytes));
    drop(first);
    suspend().unwrap();
}
