//! What an embedder may do at the wrong time: fail, panic, give up half way, drop.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use ermine::{
    Bound, Caller, Error, ErrorKind, Extern, ExternRef, Func, Instance, LimiterError, Linker, Memory, MemoryType,
    Module, Ref, RefType, ResourceLimiter, Store, Table, TableType, Val,
};
use ermine_tests::binary;

use crate::{engines, engines_with, store};

/// Instances that cannot be linked leave nothing behind; those whose start fails stay in their store, which has a bound for them.
#[test]
fn instantiation_that_fails_again_and_again_ends_in_a_bound() {
    const INSTANCES: u32 = 50;
    let unlinkable = binary(r#"(module (import "a" "m" (memory 9)) (memory 1) (func (export "f")))"#);
    let trapping = [
        "(module (memory 1) (data (i32.const 65536) \"x\"))",
        "(module (table 1 funcref) (func $f) (elem (i32.const 1) $f))",
        "(module (func $f unreachable) (start $f))",
    ];
    for engine in engines_with(|config| {
        let mut limits = config.get_limits().clone();
        limits.instances = INSTANCES;
        config.limits(limits);
    }) {
        let mut store = store(&engine, ());
        let memory: Extern = Memory::new(&mut store, MemoryType::new(1, None)).unwrap().into();
        let module = Module::new(&engine, &unlinkable).unwrap();
        for _ in 0..500 {
            let error = Instance::new(&mut store, &module, &[memory]).unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::ImportType { .. }), "{error}");
        }
        let modules = trapping.map(|text| Module::new(&engine, binary(text)).unwrap());
        for n in 0..500 {
            let error = Instance::new(&mut store, &modules[n % 3], &[]).unwrap_err();
            let limit = matches!(error.kind(), ErrorKind::Limit { bound: Bound::Instances, .. });
            assert_eq!(limit, n >= INSTANCES as usize, "{n}: {error}");
            assert!(limit || error.as_trap_code().is_some());
        }
    }
}

/// Says no to the n-th thing it is asked.
struct NoAt(usize);

impl NoAt {
    fn answer(&mut self) -> bool {
        self.0 = self.0.wrapping_sub(1);
        self.0 != usize::MAX
    }
}

impl ResourceLimiter for NoAt {
    fn memory_growing(&mut self, _: usize, _: usize, _: Option<usize>) -> Result<bool, LimiterError> {
        Ok(self.answer())
    }

    fn table_growing(&mut self, _: usize, _: usize, _: Option<usize>) -> Result<bool, LimiterError> {
        Ok(self.answer())
    }

    fn instances(&self) -> usize {
        usize::MAX
    }

    fn tables(&self) -> usize {
        usize::MAX
    }

    fn memories(&self) -> usize {
        usize::MAX
    }
}

/// Of several memories and tables, each in turn is the one that there is no room for.
#[test]
fn an_instance_that_is_given_up_half_way_leaves_a_store_that_works() {
    let text = r#"(module (memory 1) (table 2 funcref) (memory 2) (table 3 externref) (memory 3)
      (func $f (export "f") (result i32) (i32.const 7)) (elem (i32.const 0) $f) (data (i32.const 0) "x"))"#;
    let wasm = binary(text);
    for engine in engines() {
        let module = Module::new(&engine, &wasm).unwrap();
        for n in 0..6 {
            let mut store = store(&engine, NoAt(n));
            store.limiter(|no| no);
            let first = Instance::new(&mut store, &module, &[]);
            assert_eq!(first.is_ok(), n == 5, "{n}");
            *store.data_mut() = NoAt(usize::MAX - 1);
            let instance = Instance::new(&mut store, &module, &[]).unwrap();
            assert_eq!(instance.get_typed_func::<(), i32>(&store, "f").unwrap().call(&mut store, ()).unwrap(), 7);
        }
    }
}

/// Panics at every depth of host functions: each unwinds to who began the call, and takes nothing of the depth or the stack with it.
#[test]
fn a_panic_under_nested_calls_leaves_depth_and_stack_as_they_were() {
    let wasm = binary(
        r#"(module (import "host" "down" (func $down (param i32) (result i32)))
          (func (export "f") (param i32) (result i32) (local i64 i64) (i32.add (i32.const 1) (call $down (local.get 0)))))"#,
    );
    for engine in engines() {
        let mut store = store(&engine, 0_u32);
        let mut linker = Linker::new(&engine);
        let down = |mut caller: Caller<'_, u32>, n: i32| -> Result<i32, Error> {
            *caller.data_mut() += 1;
            match n {
                0 => std::panic::resume_unwind(Box::new("on purpose")),
                1 => Ok(0),
                _ => caller
                    .get_export("f")
                    .and_then(Extern::into_func)
                    .unwrap()
                    .typed::<i32, i32>(&caller)?
                    .call(&mut caller, n - 2),
            }
        };
        linker.func_wrap("host", "down", down).unwrap();
        let module = Module::new(&engine, &wasm).unwrap();
        let instance = linker.instantiate_and_start(&mut store, &module).unwrap();
        let f = instance.get_typed_func::<i32, i32>(&store, "f").unwrap();
        let deepest = |store: &mut Store<u32>| {
            *store.data_mut() = 0;
            assert!(f.call(&mut *store, i32::MAX).is_err());
            *store.data()
        };
        let before = deepest(&mut store);
        for n in 0..40 {
            let panic = catch_unwind(AssertUnwindSafe(|| f.call(&mut store, n * 2 % 60)));
            assert_eq!(*panic.unwrap_err().downcast_ref::<&str>().unwrap(), "on purpose");
            let panic = catch_unwind(AssertUnwindSafe(|| {
                f.func().call_resumable(&mut store, &[Val::I32(n * 2 % 60)], &mut [Val::I32(0)])
            }));
            assert!(panic.is_err());
        }
        assert_eq!(f.call(&mut store, 61).unwrap(), 31);
        assert_eq!(deepest(&mut store), before);
    }
}

/// Handles are numbers with their store's: behind a dropped store there is nothing that they could reach, also if another one takes its place.
#[test]
fn handles_of_a_dropped_store_are_errors() {
    for engine in engines() {
        let object = Arc::new(5_u32);
        let mut old = store(&engine, ());
        let module = Module::new(&engine, binary("(module (func (export \"f\") (param externref funcref)))")).unwrap();
        let instance = Instance::new(&mut old, &module, &[]).unwrap();
        let func = Func::wrap(&mut old, || 1_i32);
        let memory = Memory::new(&mut old, MemoryType::new(1, None)).unwrap();
        let external = ExternRef::new(&mut old, object.clone());
        let table = Table::new(&mut old, TableType::new(RefType::Extern, 1, None), Ref::null(RefType::Extern)).unwrap();
        table.set(&mut old, 0, external.into()).unwrap();
        assert_eq!(Arc::strong_count(&object), 2);
        drop(old);
        assert_eq!(Arc::strong_count(&object), 1, "host objects live as long as their store");

        let mut new = store(&engine, ());
        let own = Instance::new(&mut new, &module, &[]).unwrap();
        Func::wrap(&mut new, || 2_i32);
        Memory::new(&mut new, MemoryType::new(1, None)).unwrap();
        ExternRef::new(&mut new, 6_u32);
        let mut result = [Val::I32(0)];
        assert!(func.call(&mut new, &[], &mut result).is_err());
        assert!(memory.read(&new, 0, &mut [0]).is_err() && memory.data(&new).is_empty());
        assert!(instance.get_func(&new, "f").is_none());
        assert!(table.get(&new, 0).is_none());
        assert!(external.data(&new).downcast_ref::<u32>().is_none());
        let f = own.get_func(&new, "f").unwrap();
        let error = f.call(&mut new, &[Val::from(external), Val::from(func)], &mut []).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::ForeignHandle), "{error}");
    }
}

/// A suspended call keeps its stack, and nothing of its store: resumed elsewhere, or dropped after it, it does no harm.
#[test]
fn a_suspended_call_outlives_its_store() {
    let wasm = binary("(module (func (export \"f\") (loop (br 0))))");
    for engine in engines().filter(|engine| engine.config().get_consume_fuel()) {
        let module = Module::new(&engine, &wasm).unwrap();
        let mut first = Store::new(&engine, ());
        let instance = Instance::new(&mut first, &module, &[]).unwrap();
        first.set_fuel(1_000).unwrap();
        let f = instance.get_func(&first, "f").unwrap();
        let suspended = |store: &mut Store<()>| match f.call_resumable(store, &[], &mut []).unwrap() {
            ermine::ResumableCall::OutOfFuel(call) => call,
            other => panic!("{other:?}"),
        };
        let (one, two) = (suspended(&mut first), suspended(&mut first));
        drop(first);
        let mut second = Store::new(&engine, ());
        second.set_fuel(1_000).unwrap();
        Instance::new(&mut second, &module, &[]).unwrap();
        let error = one.resume(&mut second, &mut []).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::ForeignHandle), "{error}");
        drop(two);
    }
}
