//! What a store's limiter allows a guest, and what happens beyond it.

use ermine::{
    Linker, Memory, MemoryType, Ref, RefType, Store, StoreLimits, StoreLimitsBuilder, Table, TableType, TrapCode,
};
use ermine_tests::{MACHINES, engine, module};

fn limited(engine: &ermine::Engine, limits: StoreLimitsBuilder) -> Store<StoreLimits> {
    let mut store = Store::new(engine, limits.build());
    store.limiter(|limits| limits);
    store
}

const GROWING: &str = r#"(module
  (memory (export "memory") 1 10)
  (table (export "table") 2 20 funcref)
  (func (export "memory.grow") (param i32) (result i32) (memory.grow (local.get 0)))
  (func (export "table.grow") (param i32) (result i32)
    (table.grow (ref.null func) (local.get 0))))"#;

#[test]
fn growing_stops_at_the_declared_maximum() {
    for machine in MACHINES {
        let engine = engine(machine);
        let mut store = limited(&engine, StoreLimitsBuilder::new());
        let module = module(&engine, GROWING).unwrap();
        let instance = Linker::new(&engine).instantiate_and_start(&mut store, &module).unwrap();
        for (name, first, max) in [("memory.grow", 1, 10), ("table.grow", 2, 20)] {
            let grow = instance.get_typed_func::<i32, i32>(&store, name).unwrap();
            let steps = [
                (0, first),
                (max - first + 1, -1),
                (-1, -1),
                (i32::MAX, -1),
                (i32::MIN, -1),
                (max - first, first),
                (0, max),
                (1, -1),
            ];
            for (delta, result) in steps {
                assert_eq!(grow.call(&mut store, delta).unwrap(), result, "{name} {delta}");
            }
        }
        let memory = instance.get_memory(&store, "memory").unwrap();
        assert_eq!(memory.size(&store), 10);
        assert_eq!(memory.data(&store).len(), 655_360);
        assert!(memory.grow(&mut store, 1).is_err());
        let table = instance.get_table(&store, "table").unwrap();
        assert_eq!(table.size(&store), 20);
        assert!(table.grow(&mut store, 1, Ref::null(RefType::Func)).is_err());
    }
}

#[test]
fn a_memory_without_a_maximum_cannot_pass_four_gigabytes() {
    for machine in MACHINES {
        let engine = engine(machine);
        let mut store = Store::new(&engine, ());
        let text = r#"(module (memory 0)
          (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))"#;
        let module = module(&engine, text).unwrap();
        let instance = Linker::new(&engine).instantiate_and_start(&mut store, &module).unwrap();
        let grow = instance.get_typed_func::<i32, i32>(&store, "grow").unwrap();
        assert_eq!(grow.call(&mut store, 65_537).unwrap(), -1);
        assert_eq!(grow.call(&mut store, -1).unwrap(), -1);
        assert_eq!(grow.call(&mut store, 2).unwrap(), 0);
        assert_eq!(grow.call(&mut store, 65_535).unwrap(), -1);
        assert_eq!(grow.call(&mut store, 0).unwrap(), 2);
    }
}

#[test]
fn the_limiter_bounds_memory_and_tables() {
    for machine in MACHINES {
        let engine = engine(machine);
        let limits = StoreLimitsBuilder::new().memory_size(3 << 16).table_elements(5);
        let mut store = limited(&engine, limits);
        let module = module(&engine, GROWING).unwrap();
        let instance = Linker::new(&engine).instantiate_and_start(&mut store, &module).unwrap();
        for (name, first, max) in [("memory.grow", 1, 3), ("table.grow", 2, 5)] {
            let grow = instance.get_typed_func::<i32, i32>(&store, name).unwrap();
            assert_eq!(grow.call(&mut store, max).unwrap(), -1);
            assert_eq!(grow.call(&mut store, max - first).unwrap(), first);
            assert_eq!(grow.call(&mut store, 1).unwrap(), -1);
            assert_eq!(grow.call(&mut store, 0).unwrap(), max);
        }
        let memory = instance.get_memory(&store, "memory").unwrap();
        assert!(memory.grow(&mut store, 1).is_err());
    }
}

#[test]
fn the_limiter_can_trap_instead() {
    for machine in MACHINES {
        let engine = engine(machine);
        let limits = StoreLimitsBuilder::new().memory_size(3 << 16).table_elements(5);
        let mut store = limited(&engine, limits.trap_on_grow_failure(true));
        let module = module(&engine, GROWING).unwrap();
        let instance = Linker::new(&engine).instantiate_and_start(&mut store, &module).unwrap();
        for name in ["memory.grow", "table.grow"] {
            let grow = instance.get_typed_func::<i32, i32>(&store, name).unwrap();
            let error = grow.call(&mut store, 9).unwrap_err();
            assert_eq!(error.as_trap_code(), Some(TrapCode::AllocationTooLarge), "{name}");
        }
    }
}

#[test]
fn what_does_not_fit_the_limits_does_not_instantiate() {
    for machine in MACHINES {
        let engine = engine(machine);
        let cases = [
            ("(memory 2)", StoreLimitsBuilder::new().memory_size(1 << 16)),
            ("(table 9 funcref)", StoreLimitsBuilder::new().table_elements(8)),
            ("(memory 1)", StoreLimitsBuilder::new().memories(0)),
            ("(table 1 funcref)", StoreLimitsBuilder::new().tables(0)),
            ("", StoreLimitsBuilder::new().instances(0)),
        ];
        for (part, limits) in cases {
            let mut store = limited(&engine, limits);
            let module = module(&engine, &format!("(module {part})")).unwrap();
            let instance = Linker::new(&engine).instantiate_and_start(&mut store, &module);
            assert!(instance.is_err(), "{part}");
        }
        let mut store = limited(&engine, StoreLimitsBuilder::new().instances(3));
        let module = module(&engine, "(module)").unwrap();
        let linker = Linker::new(&engine);
        for _ in 0..3 {
            linker.instantiate_and_start(&mut store, &module).unwrap();
        }
        assert!(linker.instantiate_and_start(&mut store, &module).is_err());
    }
}

#[test]
fn the_host_is_bound_by_the_limiter_too() {
    for machine in MACHINES {
        let engine = engine(machine);
        let limits = StoreLimitsBuilder::new().memory_size(1 << 16).table_elements(5);
        let mut store = limited(&engine, limits);
        assert!(Memory::new(&mut store, MemoryType::new(2, None)).is_err());
        let memory = Memory::new(&mut store, MemoryType::new(0, None)).unwrap();
        assert!(memory.grow(&mut store, 2).is_err());
        assert_eq!(memory.grow(&mut store, 1).unwrap(), 0);
        let six = TableType::new(RefType::Extern, 6, None);
        assert!(Table::new(&mut store, six, Ref::null(RefType::Extern)).is_err());
    }
}
