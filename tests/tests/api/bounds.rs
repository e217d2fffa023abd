//! [`Limits`]: each bound ends in an error that names it, and leaves what is within it alone.

use ermine::{
    Bound, Engine, Error, ErrorKind, ExternRef, Limits, Linker, Machine, Memory, MemoryType, Ref, RefType, Store,
    Table, TableType, TrapCode, Val,
};
use ermine_tests::{MACHINES, config, engine, has_no_tail_machine, module};

fn limited(machine: Machine, set: impl FnOnce(&mut Limits)) -> Engine {
    let mut limits = Limits::default();
    set(&mut limits);
    let mut config = config(machine);
    config.limits(limits);
    Engine::new(&config)
}

fn bound(error: &Error) -> Option<Bound> {
    match error.kind() {
        ErrorKind::Limit { bound, .. } => Some(*bound),
        _ => None,
    }
}

/// A bound, how to set it, a module within it and one just beyond.
type Case = (Bound, fn(&mut Limits), &'static str, &'static str);

const OF_MODULES: [Case; 13] = [
    (Bound::ModuleBytes, |limits| limits.module_bytes = 20, "(module)", "(module (func) (func) (func) (func) (func))"),
    (
        Bound::Types,
        |limits| limits.types = 2,
        "(module (type (func)) (type (func (param i32))))",
        "(module (type (func)) (type (func (param i32))) (type (func (param i64))))",
    ),
    (
        Bound::Imports,
        |limits| limits.imports = 1,
        "(module (import \"a\" \"b\" (func)))",
        "(module (import \"a\" \"b\" (func)) (import \"a\" \"c\" (global i32)))",
    ),
    (
        Bound::Functions,
        |limits| limits.functions = 2,
        "(module (import \"a\" \"b\" (func)) (func))",
        "(module (import \"a\" \"b\" (func)) (func) (func))",
    ),
    (
        Bound::Tables,
        |limits| limits.tables = 1,
        "(module (table 1 funcref))",
        "(module (table 1 funcref) (table 1 funcref))",
    ),
    (Bound::Memories, |limits| limits.memories = 1, "(module (memory 1))", "(module (memory 1) (memory 1))"),
    (
        Bound::Globals,
        |limits| limits.globals = 1,
        "(module (global i32 (i32.const 0)))",
        "(module (global i32 (i32.const 0)) (global i32 (i32.const 0)))",
    ),
    (
        Bound::Exports,
        |limits| limits.exports = 1,
        "(module (func (export \"a\")))",
        "(module (func (export \"a\") (export \"b\")))",
    ),
    (
        Bound::ElementSegments,
        |limits| limits.element_segments = 1,
        "(module (elem func))",
        "(module (elem func) (elem func))",
    ),
    (
        Bound::DataSegments,
        |limits| limits.data_segments = 1,
        "(module (data \"a\"))",
        "(module (data \"a\") (data \"b\"))",
    ),
    (
        Bound::Locals,
        |limits| limits.locals = 3,
        "(module (func (param i32) (local i32 i64)))",
        "(module (func (param i32) (local i32 i64 i64)))",
    ),
    (
        Bound::FunctionBytes,
        |limits| limits.function_bytes = 8,
        "(module (func nop nop))",
        "(module (func nop nop nop nop nop nop nop nop nop nop))",
    ),
    (
        Bound::Nesting,
        |limits| limits.nesting = 3,
        "(module (func (block (block))))",
        "(module (func (block (block (block (block (block)))))))",
    ),
];

#[test]
fn bounds_of_modules_hold() {
    for machine in MACHINES {
        for (which, set, within, beyond) in OF_MODULES {
            let engine = limited(machine, set);
            if let Err(error) = module(&engine, within) {
                panic!("{which}: {error}");
            }
            let Err(error) = module(&engine, beyond) else {
                panic!("{which}: accepted");
            };
            assert_eq!(bound(&error), Some(which), "{error}");
            assert!(error.to_string().contains(&which.to_string()), "{error}");
        }
    }
}

#[test]
fn code_and_frames_are_bounded() {
    for machine in MACHINES {
        let adds = "(i64.add (i64.const 5)) ".repeat(500);
        let long = format!("(module (func (param i64) (result i64) (local.get 0) {adds}))");
        let engine = limited(machine, |limits| limits.code_bytes = 500);
        assert!(module(&engine, "(module (func))").is_ok());
        assert_eq!(bound(&module(&engine, &long).unwrap_err()), Some(Bound::CodeBytes));

        let wide = format!("(module (func (local {})))", "i64 ".repeat(500));
        let engine = limited(machine, |limits| limits.frame_slots = 500);
        assert!(module(&engine, "(module (func (local i64 i64)))").is_ok());
        assert_eq!(bound(&module(&engine, &wide).unwrap_err()), Some(Bound::FrameSlots));
    }
}

/// Instantiates a module without imports.
fn instantiate(engine: &Engine, store: &mut Store<()>, text: &str) -> Result<(), Error> {
    let module = module(engine, text)?;
    Linker::new(engine).instantiate_and_start(store, &module).map(drop)
}

#[test]
fn bounds_of_stores_hold() {
    let cases: [Case; 5] = [
        (Bound::MemoryBytes, |limits| limits.memory_bytes = 1 << 16, "(memory 1)", "(memory 2)"),
        (Bound::TableElements, |limits| limits.table_elements = 5, "(table 5 funcref)", "(table 6 funcref)"),
        (Bound::StoreMemories, |limits| limits.store_memories = 1, "(memory 0)", "(memory 0) (memory 0)"),
        (
            Bound::StoreTables,
            |limits| limits.store_tables = 1,
            "(table 0 funcref)",
            "(table 0 funcref) (table 0 funcref)",
        ),
        (Bound::StoreFunctions, |limits| limits.store_functions = 1, "(func)", "(func) (func)"),
    ];
    for machine in MACHINES {
        for (which, set, within, beyond) in cases {
            let engine = limited(machine, set);
            let mut store = Store::new(&engine, ());
            if let Err(error) = instantiate(&engine, &mut store, &format!("(module {within})")) {
                panic!("{which}: {error}");
            }
            let mut store = Store::new(&engine, ());
            let error = instantiate(&engine, &mut store, &format!("(module {beyond})"));
            let Err(error) = error else {
                panic!("{which}: accepted");
            };
            assert_eq!(bound(&error), Some(which), "{error}");
        }
        let engine = limited(machine, |limits| limits.instances = 2);
        let mut store = Store::new(&engine, ());
        for _ in 0..2 {
            instantiate(&engine, &mut store, "(module)").unwrap();
        }
        let error = instantiate(&engine, &mut store, "(module)").unwrap_err();
        assert_eq!(bound(&error), Some(Bound::Instances));
    }
}

#[test]
fn what_the_host_makes_is_bounded_too() {
    for machine in MACHINES {
        let engine = limited(machine, |limits| {
            limits.memory_bytes = 1 << 16;
            limits.table_elements = 5;
            limits.host_objects = 3;
        });
        let mut store = Store::new(&engine, ());
        assert!(Memory::new(&mut store, MemoryType::new(2, None)).is_err());
        let memory = Memory::new(&mut store, MemoryType::new(1, None)).unwrap();
        assert!(memory.grow(&mut store, 1).is_err());
        let null = Ref::null(RefType::Func);
        assert!(Table::new(&mut store, TableType::new(RefType::Func, 6, None), null).is_err());
        let table = Table::new(&mut store, TableType::new(RefType::Func, 5, None), null).unwrap();
        assert!(table.grow(&mut store, 1, null).is_err());
        for number in 0..3 {
            ExternRef::try_new(&mut store, number).unwrap();
        }
        let error = ExternRef::try_new(&mut store, 3).unwrap_err();
        assert_eq!(bound(&error), Some(Bound::HostObjects));
    }
}

#[test]
fn the_value_stack_has_the_size_it_is_given() {
    let text = r#"(module (func $down (export "down") (param i32) (result i32)
      (if (result i32) (local.get 0)
        (then (i32.add (i32.const 1) (call $down (i32.sub (local.get 0) (i32.const 1)))))
        (else (i32.const 0)))))"#;
    for machine in MACHINES {
        let mut depths = Vec::new();
        for bytes in [4 << 10, 64 << 10, 1 << 20, 16 << 20] {
            let engine = limited(machine, |limits| limits.stack_bytes = bytes);
            let mut store = Store::new(&engine, ());
            let module = module(&engine, text).unwrap();
            let instance = Linker::new(&engine).instantiate_and_start(&mut store, &module);
            let down = instance.unwrap().get_typed_func::<i32, i32>(&store, "down").unwrap();
            // The deepest recursion that works.
            let (mut works, mut fails) = (0, 10_000_000);
            while fails - works > 1 {
                let depth = (works + fails) / 2;
                match down.call(&mut store, depth) {
                    Ok(result) => {
                        assert_eq!(result, depth);
                        works = depth;
                    }
                    Err(error) => {
                        assert_eq!(error.as_trap_code(), Some(TrapCode::StackOverflow));
                        fails = depth;
                    }
                }
            }
            // A frame here is a link of 16 bytes and a few slots.
            let per_frame = bytes / usize::try_from(works).unwrap();
            assert!((16..=64).contains(&per_frame), "{per_frame} bytes for a frame");
            depths.push(works);
        }
        assert!(depths.is_sorted_by(|a, b| a * 10 < *b), "{depths:?}");
    }
}

#[test]
fn a_stack_too_small_for_a_function_traps() {
    for machine in MACHINES {
        let text =
            format!("(module (func (export \"f\") (result i64) (local {}) (local.get 999)))", "i64 ".repeat(1000));
        let engine = limited(machine, |limits| limits.stack_bytes = 4 << 10);
        let mut store = Store::new(&engine, ());
        let module = module(&engine, &text).unwrap();
        let instance = Linker::new(&engine).instantiate_and_start(&mut store, &module).unwrap();
        let f = instance.get_func(&store, "f").unwrap();
        let error = f.call(&mut store, &[], &mut [Val::I64(0)]).unwrap_err();
        assert_eq!(error.as_trap_code(), Some(TrapCode::StackOverflow));
    }
}

#[test]
fn a_machine_that_this_build_lacks_is_an_error_or_the_other_one() {
    for machine in MACHINES {
        assert_eq!(Engine::try_new(&config(machine)).is_ok(), engine(machine).machine() == machine);
    }
    // Where the tail machine belongs, tests must not silently run the loop machine twice.
    let tail = !has_no_tail_machine()
        && cfg!(any(
            target_arch = "x86_64",
            target_arch = "aarch64",
            target_arch = "riscv64",
            target_arch = "loongarch64"
        ));
    assert_eq!(engine(Machine::Tail).machine() == Machine::Tail, tail);
    assert_eq!(engine(Machine::Loop).machine(), Machine::Loop);
}
