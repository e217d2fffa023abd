//! Bulk operations: ranges at and beyond the ends, overlapping copies, dropped segments, against a
//! model of a few lines; and the host's own accesses.

use ermine::{Engine, Instance, Linker, Store, TrapCode};
use ermine_tests::{MACHINES, config, fuel_config, module};

const PAGE: u32 = 1 << 16;

const TEXT: &str = r#"(module
  (memory (export "memory") 1)
  (data $d "0123456789abcdef")
  (func (export "fill") (param i32 i32 i32)
    (memory.fill (local.get 0) (local.get 1) (local.get 2)))
  (func (export "copy") (param i32 i32 i32)
    (memory.copy (local.get 0) (local.get 1) (local.get 2)))
  (func (export "init") (param i32 i32 i32)
    (memory.init $d (local.get 0) (local.get 1) (local.get 2)))
  (func (export "drop") (data.drop $d)))"#;

fn stores() -> Vec<(Store<()>, Instance)> {
    let mut stores = Vec::new();
    for machine in MACHINES {
        for config in [config(machine), fuel_config(machine)] {
            let engine = Engine::new(&config);
            let mut store = Store::new(&engine, ());
            // Without metering there is no fuel to set.
            let _ = store.set_fuel(1 << 40);
            let module = module(&engine, TEXT).unwrap();
            let linker = Linker::new(&engine);
            let instance = linker.instantiate_and_start(&mut store, &module).unwrap();
            stores.push((store, instance));
        }
    }
    stores
}

/// Positions and lengths worth trying, all against all.
const EDGES: [u32; 12] = [0, 1, 7, 16, 17, 4096, PAGE - 17, PAGE - 1, PAGE, PAGE + 1, u32::MAX - 1, u32::MAX];

/// The range of `len` bytes at `at`, if it is inside `size` bytes.
fn range(at: u32, len: u32, size: usize) -> Option<std::ops::Range<usize>> {
    let (at, len) = (at as usize, len as usize);
    let end = at.checked_add(len)?;
    (end <= size).then_some(at..end)
}

fn model(memory: &mut [u8], operation: &str, a: u32, b: u32, len: u32) -> Option<()> {
    const SEGMENT: &[u8] = b"0123456789abcdef";
    let to = range(a, len, memory.len());
    match operation {
        "fill" => memory[to?].fill(b as u8),
        "copy" => {
            let from = range(b, len, memory.len())?;
            memory.copy_within(from, to?.start);
        }
        _ => {
            let from = range(b, len, SEGMENT.len())?;
            memory[to?].copy_from_slice(&SEGMENT[from]);
        }
    }
    Some(())
}

#[test]
fn bulk_operations_agree_with_a_model() {
    for (mut store, instance) in stores() {
        let memory = instance.get_memory(&store, "memory").unwrap();
        for (at, byte) in memory.data_mut(&mut store).iter_mut().enumerate() {
            *byte = (at * 7 + at / 256) as u8;
        }
        let mut expected = memory.data(&store).to_vec();
        for operation in ["fill", "copy", "init"] {
            let func = instance.get_typed_func::<(u32, u32, u32), ()>(&store, operation).unwrap();
            for (a, b) in EDGES.iter().flat_map(|a| EDGES.map(|b| (*a, b))) {
                for len in EDGES {
                    let want = model(&mut expected, operation, a, b, len);
                    let got = func.call(&mut store, (a, b, len));
                    let code = got.err().and_then(|error| error.as_trap_code());
                    let want = want.is_none().then_some(TrapCode::MemoryOutOfBounds);
                    assert_eq!(code, want, "{operation} {a} {b} {len}");
                }
                let same = memory.data(&store) == &expected[..];
                assert!(same, "{operation} {a} {b}");
            }
        }
    }
}

#[test]
fn a_dropped_segment_is_empty() {
    for (mut store, instance) in stores() {
        let init = instance.get_typed_func::<(u32, u32, u32), ()>(&store, "init").unwrap();
        let drop = instance.get_typed_func::<(), ()>(&store, "drop").unwrap();
        init.call(&mut store, (0, 0, 16)).unwrap();
        drop.call(&mut store, ()).unwrap();
        drop.call(&mut store, ()).unwrap();
        init.call(&mut store, (0, 0, 0)).unwrap();
        init.call(&mut store, (PAGE, 0, 0)).unwrap();
        assert!(init.call(&mut store, (0, 0, 1)).is_err());
        assert!(init.call(&mut store, (0, 1, 0)).is_err());
        assert!(init.call(&mut store, (PAGE + 1, 0, 0)).is_err());
    }
}

#[test]
fn the_hosts_own_accesses_are_checked() {
    for (mut store, instance) in stores() {
        let memory = instance.get_memory(&store, "memory").unwrap();
        let page = PAGE as usize;
        memory.write(&mut store, page - 3, b"abc").unwrap();
        let mut three = [0; 3];
        memory.read(&store, page - 3, &mut three).unwrap();
        assert_eq!(&three, b"abc");
        for at in [page - 2, page, page + 1, usize::MAX, usize::MAX - 2] {
            assert!(memory.read(&store, at, &mut three).is_err());
            assert!(memory.write(&mut store, at, b"xyz").is_err());
        }
        memory.read(&store, page, &mut []).unwrap();
        assert_eq!(&memory.data(&store)[page - 3..], b"abc");
    }
}
