//! Imports and exports between the modules of a store, and start functions.

use ermine::{
    Error, Extern, ExternType, Func, Global, GlobalType, Instance, Linker, Memory, MemoryType, Mutability, Nullable,
    Ref, RefType, Store, Table, TableType, TrapCode, Val, ValType,
};
use ermine_tests::{MACHINES, engine, module};

#[test]
fn every_kind_of_export_is_shared_between_two_modules() {
    for machine in MACHINES {
        let engine = engine(machine);
        let mut store = Store::new(&engine, ());
        let mut linker = Linker::new(&engine);
        let first = module(
            &engine,
            r#"(module
              (memory (export "memory") 1 3)
              (table (export "table") 4 funcref)
              (global (export "count") (mut i64) (i64.const 1))
              (global (export "seven") f32 (f32.const 7))
              (func (export "poke") (param i32 i32)
                (i32.store (local.get 0) (local.get 1))
                (global.set 0 (i64.add (global.get 0) (i64.const 1))))
              (func (export "call") (param i32) (result i32)
                (call_indirect (result i32) (local.get 0))))"#,
        )
        .unwrap();
        let first = linker.instantiate_and_start(&mut store, &first).unwrap();
        linker.instance(&mut store, "first", first).unwrap();
        let second = module(
            &engine,
            r#"(module
              (import "first" "memory" (memory 1))
              (import "first" "table" (table 2 funcref))
              (import "first" "count" (global $count (mut i64)))
              (import "first" "seven" (global $seven f32))
              (import "first" "poke" (func $poke (param i32 i32)))
              (import "first" "call" (func $call (param i32) (result i32)))
              (elem (i32.const 3) $answer)
              (func $answer (result i32) (i32.load (i32.const 16)))
              (func (export "run") (result i32)
                (call $poke (i32.const 16) (i32.const 40))
                (global.set $count (i64.add (global.get $count) (i64.const 10)))
                (i32.add (call $call (i32.const 3)) (i32.trunc_f32_s (global.get $seven))))
              (export "again" (memory 0)))"#,
        )
        .unwrap();
        let second = linker.instantiate_and_start(&mut store, &second).unwrap();
        let run = second.get_typed_func::<(), i32>(&store, "run").unwrap();
        assert_eq!(run.call(&mut store, ()).unwrap(), 47);
        let count = first.get_global(&store, "count").unwrap();
        assert_eq!(count.get(&store).i64(), Some(12));
        let table = first.get_table(&store, "table").unwrap();
        assert!(!table.get(&store, 3).unwrap().is_null());
        assert!(table.get(&store, 2).unwrap().is_null());
        assert!(table.get(&store, 4).is_none());
        let memory = second.get_memory(&store, "again").unwrap();
        assert_eq!(memory.data(&store)[16], 40);
        memory.data_mut(&mut store)[16] = 1;
        assert_eq!(run.call(&mut store, ()).unwrap(), 47);
    }
}

#[test]
fn instances_of_one_module_share_nothing() {
    for machine in MACHINES {
        let engine = engine(machine);
        let mut store = Store::new(&engine, ());
        let linker = Linker::new(&engine);
        let module = module(
            &engine,
            r#"(module (memory 1) (global $g (mut i32) (i32.const 0))
              (func (export "bump") (result i32)
                (global.set $g (i32.add (global.get $g) (i32.const 1)))
                (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (i32.const 100)))
                (i32.add (global.get $g) (i32.load (i32.const 0)))))"#,
        )
        .unwrap();
        let mut bump = || {
            let instance = linker.instantiate_and_start(&mut store, &module).unwrap();
            let func = instance.get_typed_func::<(), i32>(&store, "bump").unwrap();
            [func.call(&mut store, ()).unwrap(), func.call(&mut store, ()).unwrap()]
        };
        assert_eq!(bump(), [101, 202]);
        assert_eq!(bump(), [101, 202]);
    }
}

/// A chain of modules, each calling the function of the one before: calls between instances must
/// bring each its own memory and globals.
#[test]
fn calls_through_a_chain_of_instances_use_each_ones_own_memory() {
    const LINKS: i32 = 50;
    for machine in MACHINES {
        let engine = engine(machine);
        let mut store = Store::new(&engine, ());
        let mut linker = Linker::new(&engine);
        linker.func_wrap("0", "f", |x: i32| x).unwrap();
        for link in 1..=LINKS {
            let text = format!(
                r#"(module (import "{}" "f" (func $before (param i32) (result i32)))
                  (memory 1) (data (i32.const 0) "\{:02x}")
                  (func (export "f") (param i32) (result i32)
                    (i32.add (i32.load8_u (i32.const 0))
                      (i32.add (call $before (local.get 0)) (i32.load8_u (i32.const 0))))))"#,
                link - 1,
                link
            );
            let module = module(&engine, &text).unwrap();
            let instance = linker.instantiate_and_start(&mut store, &module).unwrap();
            linker.instance(&mut store, &link.to_string(), instance).unwrap();
        }
        let last = linker.get(&store, &LINKS.to_string(), "f").unwrap();
        let last = last.into_func().unwrap().typed::<i32, i32>(&store).unwrap();
        assert_eq!(last.call(&mut store, 5).unwrap(), 5 + LINKS * (LINKS + 1));
    }
}

#[test]
fn tail_calls_between_instances_take_constant_space() {
    for machine in MACHINES {
        let engine = engine(machine);
        let mut store = Store::new(&engine, ());
        let mut linker = Linker::new(&engine);
        let table = TableType::new(RefType::Func, 2, None);
        let table = Table::new(&mut store, table, Ref::null(RefType::Func)).unwrap();
        linker.define("host", "table", table).unwrap();
        // Each instance counts down in its own global and passes the ball to the other.
        for (own, other) in [(0, 1), (1, 0)] {
            let text = format!(
                r#"(module (import "host" "table" (table 2 funcref))
                  (type $ball (func (param i32 i64) (result i64)))
                  (global $mine (mut i64) (i64.const 0))
                  (func $play (type $ball)
                    (global.set $mine (i64.add (global.get $mine) (i64.const {own})))
                    (if (result i64) (local.get 0)
                      (then (return_call_indirect (type $ball)
                        (i32.sub (local.get 0) (i32.const 1))
                        (i64.add (local.get 1) (i64.const 1)) (i32.const {other})))
                      (else (i64.add (local.get 1) (global.get $mine)))))
                  (elem (i32.const {own}) $play)
                  (export "play" (func $play)))"#
            );
            let module = module(&engine, &text).unwrap();
            let instance = linker.instantiate_and_start(&mut store, &module).unwrap();
            linker.instance(&mut store, &format!("p{own}"), instance).unwrap();
        }
        let play = linker.get(&store, "p1", "play").unwrap().into_func().unwrap();
        let play = play.typed::<(i32, i64), i64>(&store).unwrap();
        assert_eq!(play.call(&mut store, (200_000, 0)).unwrap(), 300_001);
    }
}

#[test]
fn imports_must_exist_and_match() {
    let cases = [
        ("(func)", "unknown", "(import \"m\" \"unknown\" (func))"),
        ("(func)", "of-type", "(import \"m\" \"f\" (func (param i32)))"),
        ("(func)", "kind", "(import \"m\" \"f\" (global i32))"),
        ("(memory 1)", "too small", "(import \"m\" \"memory\" (memory 2))"),
        ("(memory 1)", "no maximum", "(import \"m\" \"memory\" (memory 1 2))"),
        ("(table)", "too small", "(import \"m\" \"table\" (table 9 funcref))"),
        ("(table)", "element", "(import \"m\" \"table\" (table 1 externref))"),
        ("(global)", "mutable", "(import \"m\" \"g\" (global (mut i32)))"),
        ("(global)", "type", "(import \"m\" \"g\" (global i64))"),
    ];
    for machine in MACHINES {
        let engine = engine(machine);
        let mut store = Store::new(&engine, ());
        let mut linker = Linker::new(&engine);
        let exporter = module(
            &engine,
            r#"(module (func (export "f")) (memory (export "memory") 1)
              (table (export "table") 2 funcref) (global (export "g") i32 (i32.const 0)))"#,
        )
        .unwrap();
        let exporter = linker.instantiate_and_start(&mut store, &exporter).unwrap();
        linker.instance(&mut store, "m", exporter).unwrap();
        for (of, why, import) in cases {
            let module = module(&engine, &format!("(module {import})")).unwrap();
            let error = linker.instantiate_and_start(&mut store, &module);
            let Err(error) = error else {
                panic!("{of} {why}: it linked");
            };
            assert_eq!(error.as_trap_code(), None, "{of} {why}");
            // The user must be able to see which import is meant.
            let text = error.to_string();
            assert!(text.contains('m') && !text.contains('\n'), "{of} {why}: {text}");
        }
    }
}

#[test]
fn an_instance_can_be_made_from_a_list_of_imports() {
    for machine in MACHINES {
        let engine = engine(machine);
        let mut store = Store::new(&engine, ());
        let module = module(
            &engine,
            r#"(module (import "a" "f" (func (result i32))) (import "a" "g" (global i32))
              (func (export "run") (result i32) (i32.add (call 0) (global.get 0))))"#,
        )
        .unwrap();
        let func = Func::wrap(&mut store, || 30_i32);
        let global = Global::new(&mut store, Val::I32(12), Mutability::Const);
        let good = [Extern::Func(func), Extern::Global(global)];
        let swapped = [Extern::Global(global), Extern::Func(func)];
        assert!(Instance::new(&mut store, &module, &swapped).is_err());
        assert!(Instance::new(&mut store, &module, &good[..1]).is_err());
        let instance = Instance::new(&mut store, &module, &good).unwrap();
        let run = instance.get_typed_func::<(), i32>(&store, "run").unwrap();
        assert_eq!(run.call(&mut store, ()).unwrap(), 42);
    }
}

#[test]
fn a_module_lists_its_imports_and_exports() {
    for machine in MACHINES {
        let engine = engine(machine);
        let module = module(
            &engine,
            r#"(module (import "a" "f" (func (param i32) (result i64)))
              (import "b" "m" (memory 1 2)) (import "c" "t" (table 3 externref))
              (import "d" "g" (global (mut f64)))
              (export "x" (func 0)) (memory (export "y") 5) (func (export "") (param f32)))"#,
        );
        // A second memory beside the imported one needs multi-memory.
        let module = module.unwrap();
        let imports: Vec<_> =
            module.imports().map(|import| (import.module().to_owned(), import.name().to_owned())).collect();
        let want = [("a", "f"), ("b", "m"), ("c", "t"), ("d", "g")];
        let want: Vec<_> = want.map(|(m, n)| (m.to_owned(), n.to_owned())).into();
        assert_eq!(imports, want);
        let types: Vec<ExternType> = module.imports().map(|import| import.ty().clone()).collect();
        assert_eq!(types[0].func().unwrap().results(), [ValType::I64]);
        assert_eq!(types[1].memory().unwrap().maximum(), Some(2));
        assert_eq!(types[2].table().unwrap().minimum(), 3);
        let global = GlobalType::new(ValType::F64, Mutability::Var);
        assert_eq!(types[3].global(), Some(&global));
        let exports: Vec<_> = module.exports().map(|e| e.name().to_owned()).collect();
        assert_eq!(exports, ["x", "y", ""]);
        assert!(module.get_export("y").unwrap().memory().is_some());
        assert!(module.get_export("z").is_none());
    }
}

#[test]
fn start_functions_run_once_after_the_segments() {
    for machine in MACHINES {
        let engine = engine(machine);
        let mut store = Store::new(&engine, Vec::<i32>::new());
        let mut linker: Linker<Vec<i32>> = Linker::new(&engine);
        linker
            .func_wrap("host", "note", |mut caller: ermine::Caller<'_, Vec<i32>>, x: i32| {
                caller.data_mut().push(x);
            })
            .unwrap();
        let module = module(
            &engine,
            r#"(module (import "host" "note" (func $note (param i32)))
              (memory 1) (data (i32.const 4) "\2a")
              (func $start (call $note (i32.load (i32.const 4))))
              (start $start))"#,
        )
        .unwrap();
        linker.instantiate_and_start(&mut store, &module).unwrap();
        linker.instantiate_and_start(&mut store, &module).unwrap();
        assert_eq!(store.data(), &[42, 42]);
    }
}

#[test]
fn what_a_failed_instantiation_wrote_stays_written() {
    for machine in MACHINES {
        let engine = engine(machine);
        let mut store = Store::new(&engine, ());
        let mut linker = Linker::new(&engine);
        let memory = Memory::new(&mut store, MemoryType::new(1, None)).unwrap();
        let table = TableType::new(RefType::Func, 4, None);
        let table = Table::new(&mut store, table, Ref::null(RefType::Func)).unwrap();
        linker.define("host", "memory", memory).unwrap();
        linker.define("host", "table", table).unwrap();
        // The element segment is in, the first data segment is in, the second one traps. The
        // function in the table belongs to an instance nobody has a handle of.
        let module = module(
            &engine,
            r#"(module (import "host" "memory" (memory 1)) (import "host" "table" (table 4 funcref))
              (func $f (result i32) (i32.load8_u (i32.const 0)))
              (elem (i32.const 2) $f)
              (data (i32.const 0) "A")
              (data (i32.const 65535) "BC"))"#,
        )
        .unwrap();
        let error = linker.instantiate_and_start(&mut store, &module).unwrap_err();
        assert_eq!(error.as_trap_code(), Some(TrapCode::MemoryOutOfBounds));
        assert_eq!(memory.data(&store)[0], b'A');
        assert_eq!(memory.data(&store)[65535], 0);
        let Some(Ref::Func(Nullable::Val(func))) = table.get(&store, 2) else {
            panic!("no function in the table");
        };
        let func = func.typed::<(), i32>(&store).unwrap();
        assert_eq!(func.call(&mut store, ()).unwrap(), i32::from(b'A'));
    }
}

#[test]
fn a_linker_refuses_to_define_a_name_twice_unless_told_to() {
    for machine in MACHINES {
        let engine = engine(machine);
        let mut linker: Linker<()> = Linker::new(&engine);
        linker.func_wrap("a", "f", || 1_i32).unwrap();
        assert!(linker.func_wrap("a", "f", || 2_i32).is_err());
        linker.allow_shadowing(true);
        linker.func_wrap("a", "f", || 3_i32).unwrap();
        let mut store = Store::new(&engine, ());
        let module = module(&engine, r#"(module (import "a" "f" (func (result i32))) (export "f" (func 0)))"#).unwrap();
        let instance = linker.instantiate_and_start(&mut store, &module).unwrap();
        let f = instance.get_typed_func::<(), i32>(&store, "f").unwrap();
        assert_eq!(f.call(&mut store, ()).unwrap(), 3);
    }
}

#[test]
fn globals_keep_their_type_and_mutability() {
    for machine in MACHINES {
        let engine = engine(machine);
        let mut store = Store::new(&engine, ());
        let fixed = Global::new(&mut store, Val::I32(1), Mutability::Const);
        let free = Global::new(&mut store, Val::from(1.5_f64), Mutability::Var);
        assert!(fixed.set(&mut store, Val::I32(2)).is_err());
        assert!(free.set(&mut store, Val::I32(2)).is_err());
        free.set(&mut store, Val::from(2.5_f64)).unwrap();
        assert_eq!(fixed.get(&store).i32(), Some(1));
        assert_eq!(free.get(&store).f64().map(|x| x.to_float()), Some(2.5));
        let _: Result<(), Error> = Ok(());
    }
}

#[test]
fn a_linker_stands_in_for_what_nothing_provides() {
    for machine in MACHINES {
        let engine = engine(machine);
        let module = module(
            &engine,
            r#"(module
              (import "env" "known" (func $known (result i32)))
              (import "env" "unknown" (func $unknown (result i32 externref)))
              (import "env" "memory" (memory 2 3))
              (import "env" "table" (table $table 4 funcref))
              (import "env" "limit" (global $limit i64))
              (func (export "known") (result i32) (call $known))
              (func (export "unknown") (result i32 externref) (call $unknown))
              (func (export "rest") (result i32 i32 i64)
                (memory.size) (table.size $table) (global.get $limit)))"#,
        )
        .unwrap();
        let mut store = Store::new(&engine, ());
        let mut linker = Linker::new(&engine);
        linker.func_wrap("env", "known", || 7).unwrap();

        let mut traps = linker.clone();
        traps.define_unknown_imports_as_traps(&module).unwrap();
        assert!(traps.instantiate(&mut store, &module).is_err(), "the memory is missing");
        traps.define_unknown_imports_as_default_values(&mut store, &module).unwrap();
        let instance = traps.instantiate(&mut store, &module).unwrap();
        let known = instance.get_typed_func::<(), i32>(&store, "known").unwrap();
        assert_eq!(known.call(&mut store, ()).unwrap(), 7);
        let unknown = instance.get_func(&store, "unknown").unwrap();
        let mut results = [Val::I32(1), Val::I32(1)];
        let error = unknown.call(&mut store, &[], &mut results).unwrap_err();
        assert_eq!(error.to_string(), "it called env.unknown, which nothing provides");

        linker.define_unknown_imports_as_default_values(&mut store, &module).unwrap();
        let instance = linker.instantiate(&mut store, &module).unwrap();
        let unknown = instance.get_func(&store, "unknown").unwrap();
        unknown.call(&mut store, &[], &mut results).unwrap();
        assert!(matches!(results, [Val::I32(0), Val::ExternRef(Nullable::Null)]), "{results:?}");
        let rest = instance.get_typed_func::<(), (i32, i32, i64)>(&store, "rest").unwrap();
        assert_eq!(rest.call(&mut store, ()).unwrap(), (2, 4, 0));
    }
}
