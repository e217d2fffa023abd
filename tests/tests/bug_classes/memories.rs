//! Memories and tables at the ends of what they may be.

use ermine::{ErrorKind, Instance, Linker, Memory, MemoryTypeBuilder, Module, TrapCode, Val};
use ermine_tests::binary;

use crate::{engines, engines_with, instance, store};

/// 65,536 pages are 2^32 bytes, one more than 32 bits can say. A host that has no room for them says so.
#[test]
fn a_memory_of_65536_pages_is_whole_or_denied() {
    let text = r#"(module (memory (export "memory") 0)
      (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
      (func (export "size") (result i32) (memory.size))
      (func (export "last") (result i32) (i32.store (i32.const -4) (i32.const 77)) (i32.load offset=0xfffffff0 (i32.const 12)))
      (func (export "beyond") (result i32) (i32.load (i32.const -3)))
      (func (export "far") (result i32) (i32.load offset=0xffffffff (i32.const -1)))
      (func (export "fill") (memory.fill (i32.const -16) (i32.const 1) (i32.const 17))))"#;
    // One engine for each machine: each has 4 GiB of address space.
    for engine in engines().filter(|engine| !engine.config().get_consume_fuel()) {
        let (mut store, instance) = instance(&engine, text).unwrap();
        let memory = instance.get_memory(&store, "memory").unwrap();
        let call = |store: &mut ermine::Store<()>, name| {
            let f = instance.get_typed_func::<(), i32>(&*store, name).unwrap();
            f.call(store, ())
        };
        let grow = instance.get_typed_func::<i32, i32>(&store, "grow").unwrap();
        match grow.call(&mut store, 65_536).unwrap() {
            0 => {
                assert_eq!((memory.size(&store), memory.data_size(&store) as u64), (65_536, 1 << 32));
                assert_eq!(call(&mut store, "size").unwrap(), 65_536);
                assert_eq!(call(&mut store, "last").unwrap(), 77);
                for name in ["beyond", "far"] {
                    let error = call(&mut store, name).unwrap_err();
                    assert_eq!(error.as_trap_code(), Some(TrapCode::MemoryOutOfBounds), "{name}");
                }
                let fill = instance.get_typed_func::<(), ()>(&store, "fill").unwrap();
                assert!(fill.call(&mut store, ()).is_err());
                assert_eq!(grow.call(&mut store, 1).unwrap(), -1);
                assert_eq!(grow.call(&mut store, 0).unwrap(), 65_536);
            }
            denied => {
                assert_eq!((denied, memory.size(&store)), (-1, 0));
                assert!(call(&mut store, "last").is_err());
            }
        }
    }
}

/// A module that asks for all of it at once: an instance, or an error that has a name.
#[test]
fn an_instance_with_four_gigabytes_is_made_or_an_error() {
    for engine in engines().filter(|engine| !engine.config().get_consume_fuel()) {
        let end = instance(&engine, "(module (memory 65536 65536))");
        assert!(
            end.as_ref().map_or_else(
                |error| matches!(error.kind(), ErrorKind::OutOfMemory | ErrorKind::Limit { .. }),
                |_| true
            ),
            "{:?}",
            end.err()
        );
    }
}

/// With pages of one byte, 2^32 - 1 pages are a size, and the number that says that growing failed.
#[test]
fn pages_of_one_byte_reach_the_end_of_the_address_space() {
    let text = r#"(module (memory (export "memory") 0 (pagesize 1))
      (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
      (func (export "size") (result i32) (memory.size))
      (func (export "load") (param i32) (result i32) (i32.load8_u (local.get 0))))"#;
    for engine in engines_with(|config| {
        config.wasm_custom_page_sizes(true);
    })
    .filter(|engine| !engine.config().get_consume_fuel())
    {
        let (mut store, instance) = instance(&engine, text).unwrap();
        let memory = instance.get_memory(&store, "memory").unwrap();
        let grow = instance.get_typed_func::<i32, i32>(&store, "grow").unwrap();
        let load = instance.get_typed_func::<i32, i32>(&store, "load").unwrap();
        assert!(load.call(&mut store, 0).is_err());
        assert_eq!(grow.call(&mut store, 3).unwrap(), 0);
        assert_eq!(load.call(&mut store, 2).unwrap(), 0);
        assert!(load.call(&mut store, 3).is_err());
        // 3 + (2^32 - 1) would be 2^32 + 2: refused, and nothing wraps.
        assert_eq!(grow.call(&mut store, -1).unwrap(), -1);
        assert_eq!(memory.size(&store), 3);
        // The largest size: if the host has it, the last byte is there and none behind it.
        if grow.call(&mut store, -4).unwrap() == 3 {
            assert_eq!(memory.size(&store), u64::from(u32::MAX));
            assert_eq!(load.call(&mut store, -2).unwrap(), 0);
            assert!(load.call(&mut store, -1).is_err());
            let size = instance.get_typed_func::<(), i32>(&store, "size").unwrap();
            assert_eq!(size.call(&mut store, ()).unwrap(), -1);
            assert_eq!(grow.call(&mut store, 2).unwrap(), -1);
            assert_eq!(memory.size(&store), u64::from(u32::MAX));
        }
    }
}

#[test]
fn impossible_types_of_memories_are_errors() {
    for (min, max, log2) in
        [(65_537, None, 16), (0, Some(65_537), 16), (2, Some(1), 16), (1 << 33, None, 0), (0, None, 3), (0, None, 255)]
    {
        let mut builder = MemoryTypeBuilder::new();
        builder.min(min).max(max).page_size_log2(log2);
        assert!(builder.build().is_err(), "{min} {max:?} {log2}");
    }
}

/// Of everything nothing: no allocator is asked for a block of no bytes.
#[test]
fn what_has_no_size_takes_no_memory() {
    let texts = [
        "(module)",
        r#"(module (memory 0 0) (table 0 0 funcref) (data "") (data (i32.const 0) "") (elem func) (elem (i32.const 0) func)
          (func) (func (export "f")
            (memory.init 0 (i32.const 0) (i32.const 0) (i32.const 0)) (memory.copy (i32.const 0) (i32.const 0) (i32.const 0))
            (memory.fill (i32.const 0) (i32.const 0) (i32.const 0)) (table.init 0 (i32.const 0) (i32.const 0) (i32.const 0))
            (table.copy (i32.const 0) (i32.const 0) (i32.const 0)) (table.fill (i32.const 0) (ref.null func) (i32.const 0))
            (drop (memory.grow (i32.const 0))) (drop (table.grow (ref.null func) (i32.const 0)))
            data.drop 0 elem.drop 0)
          (export "" (func 0)) (@custom "" ""))"#,
        r#"(module (memory 0 0 (pagesize 1)) (func (export "f") (drop (memory.grow (i32.const 0)))))"#,
    ];
    for engine in engines_with(|config| {
        config.wasm_custom_page_sizes(true);
    }) {
        for text in texts {
            let module = Module::new(&engine, binary(text)).unwrap();
            let again = Module::deserialize(&engine, module.serialize().unwrap()).unwrap();
            for module in [module, again] {
                let mut store = store(&engine, ());
                let instance = Linker::new(&engine).instantiate_and_start(&mut store, &module).unwrap();
                if let Some(f) = instance.get_func(&store, "f") {
                    f.call(&mut store, &[], &mut []).unwrap();
                }
            }
        }
        let mut store = store(&engine, ());
        let empty = Memory::new(&mut store, ermine::MemoryType::new(0, Some(0))).unwrap();
        empty.read(&store, 0, &mut []).unwrap();
        empty.write(&mut store, 0, &[]).unwrap();
        assert!(empty.read(&store, 0, &mut [0]).is_err() && empty.read(&store, usize::MAX, &mut [0]).is_err());
        assert!(Instance::new(&mut store, &Module::new(&engine, binary("(module)")).unwrap(), &[]).is_ok());
        let _ = Val::I32(0);
    }
}
