//! How a host reads and writes a guest's memory: slices, values, strings, and every way to be outside of it.

use ermine::{Caller, Engine, Error, ErrorKind, Extern, F32, GuestValue, Linker, Memory, MemoryType, Store};
use ermine_tests::{MACHINES, engine, module};

const PAGE: usize = 65_536;

fn memory() -> (Store<()>, Memory) {
    let mut store = Store::new(&Engine::default(), ());
    let memory = Memory::new(&mut store, MemoryType::new(1, Some(1))).unwrap();
    (store, memory)
}

fn is_outside<V>(result: Result<V, Error>) -> bool {
    matches!(result.map_err(|error| matches!(error.kind(), ErrorKind::MemoryAccess)), Err(true))
}

#[test]
fn a_slice_ends_where_the_memory_does() {
    let (mut store, memory) = memory();
    assert_eq!(memory.slice(&store, 0, PAGE).unwrap().len(), PAGE);
    assert_eq!(memory.slice(&store, PAGE, 0).unwrap(), b"");
    assert_eq!(memory.slice_mut(&mut store, PAGE - 1, 1).unwrap(), [0]);
    assert!(is_outside(memory.slice(&store, PAGE, 1)));
    assert!(is_outside(memory.slice(&store, PAGE + 1, 0)));
    assert!(is_outside(memory.slice(&store, 1, PAGE)));
    assert!(is_outside(memory.slice_mut(&mut store, 1, PAGE)));
}

#[test]
fn offsets_and_lengths_of_any_integer_type_are_taken_or_outside() {
    let (mut store, memory) = memory();
    memory.write(&mut store, 100, b"hello").unwrap();
    assert_eq!(memory.slice(&store, 100_u32, 5_u64).unwrap(), b"hello");
    assert_eq!(memory.slice(&store, 100_i32, 5_i64).unwrap(), b"hello");
    for (offset, len) in [(-1_i64, 1_i64), (1, -1), (i64::MIN, i64::MAX), (i64::MAX, i64::MAX)] {
        assert!(is_outside(memory.slice(&store, offset, len)), "{offset} {len}");
    }
    assert!(is_outside(memory.slice(&store, u64::MAX, u64::MAX)));
    assert!(is_outside(memory.slice(&store, usize::MAX, 1)));
    assert!(is_outside(memory.read_value::<u64>(&store, u32::MAX)));
}

#[test]
fn numbers_are_little_endian_and_need_no_alignment() {
    let (mut store, memory) = memory();
    memory.write_value(&mut store, 1, &0x0102_0304_0506_0708_u64).unwrap();
    assert_eq!(memory.slice(&store, 1, 8).unwrap(), [8, 7, 6, 5, 4, 3, 2, 1]);
    assert_eq!(memory.read_value::<u8>(&store, 2).unwrap(), 7);
    assert_eq!(memory.read_value::<u16>(&store, 3).unwrap(), 0x0506);
    assert_eq!(memory.read_value::<i32>(&store, 5).unwrap(), 0x0102_0304);
    memory.write_value(&mut store, 9, &-1.5_f64).unwrap();
    assert_eq!(memory.read_value::<f64>(&store, 9).unwrap(), -1.5);
    memory.write_value(&mut store, 33, &[1_i16, -2, 3]).unwrap();
    assert_eq!(memory.read_value::<[i16; 3]>(&store, 33).unwrap(), [1, -2, 3]);
    // The payload of a NaN survives.
    memory.write_value(&mut store, 41, &F32::from_bits(0x7fa0_1234)).unwrap();
    assert_eq!(memory.read_value::<F32>(&store, 41).unwrap().to_bits(), 0x7fa0_1234);
}

#[test]
fn a_value_that_is_half_outside_is_not_written_at_all() {
    let (mut store, memory) = memory();
    assert!(is_outside(memory.write_value(&mut store, PAGE - 4, &u64::MAX)));
    assert!(is_outside(memory.read_value::<[u32; 2]>(&store, PAGE - 4)));
    assert_eq!(memory.read_value::<u32>(&store, PAGE - 4).unwrap(), 0);
    memory.write_value(&mut store, PAGE - 8, &u64::MAX).unwrap();
}

#[test]
fn strings_are_checked() {
    let (mut store, memory) = memory();
    memory.write(&mut store, 10, "grüße".as_bytes()).unwrap();
    assert_eq!(memory.read_str(&store, 10, 7).unwrap(), "grüße");
    // The first byte of two.
    let error = memory.read_str(&store, 10, 3).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Utf8), "{error}");
    assert!(is_outside(memory.read_str(&store, PAGE - 1, 2)));
}

#[test]
fn a_foreign_memory_is_an_error() {
    let (_, memory) = memory();
    let mut other = Store::new(&Engine::default(), ());
    let foreign = |error: Error| matches!(error.kind(), ErrorKind::ForeignHandle);
    assert!(memory.slice(&other, 0, 0).is_err_and(foreign));
    assert!(memory.slice_mut(&mut other, 0, 0).is_err_and(foreign));
    assert!(memory.read_str(&other, 0, 0).is_err_and(foreign));
    assert!(memory.read_value::<u8>(&other, 0).is_err_and(foreign));
    assert!(memory.write_value(&mut other, 0, &1_u8).is_err_and(foreign));
}

/// `struct { uint32_t name, len; double price; }`
#[derive(Debug, Clone, Copy, PartialEq)]
struct Item {
    name: u32,
    len: u32,
    price: f64,
}

impl GuestValue for Item {
    const SIZE: usize = 16;

    fn from_guest(bytes: &[u8]) -> Self {
        let [name, len] = GuestValue::from_guest(&bytes[..8]);
        Self { name, len, price: GuestValue::from_guest(&bytes[8..]) }
    }

    fn to_guest(&self, bytes: &mut [u8]) {
        [self.name, self.len].to_guest(&mut bytes[..8]);
        self.price.to_guest(&mut bytes[8..]);
    }
}

#[test]
fn a_host_function_takes_an_array_of_structures_with_strings() {
    const TEXT: &str = r#"(module
      (import "shop" "total" (func $total (param i32 i32 i32)))
      (memory (export "memory") 1)
      (data (i32.const 8) "teapot" "cup")
      (data (i32.const 32) "\08\00\00\00\06\00\00\00" "\00\00\00\00\00\00\22\40") ;; teapot: 9.0
      (data (i32.const 48) "\0e\00\00\00\03\00\00\00" "\00\00\00\00\00\00\04\40") ;; cup: 2.5
      (func (export "run") (param i32 i32) (result f64)
        (call $total (local.get 0) (local.get 1) (i32.const 128))
        (f64.load (i32.const 136))))"#;

    fn total(mut caller: Caller<'_, Vec<String>>, at: u32, count: u32, out: u32) -> Result<(), Error> {
        let memory = caller.get_export("memory").and_then(Extern::into_memory);
        let memory = memory.ok_or_else(|| Error::new("no memory"))?;
        let mut sum = 0.0;
        for index in 0..u64::from(count) {
            let item: Item = memory.read_value(&caller, u64::from(at) + index * Item::SIZE as u64)?;
            let name = memory.read_str(&caller, item.name, item.len)?.to_owned();
            caller.data_mut().push(name);
            sum += item.price;
        }
        memory.write_value(&mut caller, out, &Item { name: 0, len: 0, price: sum })
    }

    for machine in MACHINES {
        let engine = engine(machine);
        let mut store = Store::new(&engine, Vec::new());
        let mut linker = Linker::new(&engine);
        linker.func_wrap("shop", "total", total).unwrap();
        let instance = linker.instantiate_and_start(&mut store, &module(&engine, TEXT).unwrap()).unwrap();
        let run = instance.get_typed_func::<(u32, u32), f64>(&store, "run").unwrap();
        assert_eq!(run.call(&mut store, (32, 2)).unwrap(), 11.5);
        assert_eq!(store.data(), &["teapot", "cup"]);
        // What the guest makes up is refused, with the place in the guest.
        let error = run.call(&mut store, (65_520, 2)).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::MemoryAccess) && error.backtrace().is_some(), "{error}");
    }
}
