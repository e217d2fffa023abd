//! Programs after the examples in wasmi's documentation, in our own words: written against wasmi's
//! names alone, so that taking them there or here changes the `use` lines and nothing else.

use ermine::{
    Caller, Config, Engine, Error, Extern, Func, HostError, Linker, Module, ResumableCall, Store, StoreLimits,
    StoreLimitsBuilder, TrapCode, Val,
};
use ermine_tests::binary;

/// The greeting example: a host function with access to the store's data, called by the guest.
#[test]
fn the_greeting_example_ports() -> Result<(), Error> {
    let wasm = binary(
        r#"(module
            (import "host" "hello" (func $host_hello (param i32)))
            (func (export "hello")
                (call $host_hello (i32.const 3))))"#,
    );
    let engine = Engine::default();
    let module = Module::new(&engine, &wasm)?;
    struct HostState {
        factor: i32,
        heard: Vec<i32>,
    }
    let state = HostState { factor: 14, heard: Vec::new() };
    let mut store = Store::new(&engine, state);
    let mut linker = <Linker<HostState>>::new(&engine);
    linker.func_wrap("host", "hello", |mut caller: Caller<'_, HostState>, param: i32| {
        let product = caller.data().factor * param;
        caller.data_mut().heard.push(product);
    })?;
    let instance = linker.instantiate_and_start(&mut store, &module)?;
    instance.get_typed_func::<(), ()>(&store, "hello")?.call(&mut store, ())?;
    assert_eq!(store.data().heard, [42]);
    Ok(())
}

/// The error a host function suspends its caller with.
#[derive(Debug)]
struct Pending {
    question: i32,
}

impl std::fmt::Display for Pending {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "question {} is open", self.question)
    }
}

impl HostError for Pending {}

/// The resumable call example: a host function fails, the embedder supplies what it should have
/// returned, and the guest goes on.
#[test]
fn the_resumable_call_example_ports() -> Result<(), Error> {
    let wasm = binary(
        r#"(module
            (import "host" "ask" (func $ask (param i32) (result i32)))
            (func (export "sum") (param $n i32) (result i32)
                (local $sum i32)
                (loop $next
                    (local.set $sum (i32.add (local.get $sum) (call $ask (local.get $n))))
                    (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
                (local.get $sum)))"#,
    );
    let engine = Engine::default();
    let mut store = Store::new(&engine, ());
    let module = Module::new(&engine, &wasm)?;
    let mut linker = Linker::new(&engine);
    let ask = Func::wrap(&mut store, |question: i32| -> Result<i32, Error> { Err(Error::host(Pending { question })) });
    linker.define("host", "ask", ask)?;
    let instance = linker.instantiate_and_start(&mut store, &module)?;
    let sum = instance.get_func(&store, "sum").expect("an export");

    let mut results = [Val::I32(0)];
    let mut call = sum.call_resumable(&mut store, &[Val::I32(4)], &mut results)?;
    let mut questions = Vec::new();
    loop {
        match call {
            ResumableCall::Finished => break,
            ResumableCall::HostTrap(pending) => {
                let error = pending.host_error().downcast_ref::<Pending>();
                let question = error.expect("the host's own error").question;
                questions.push(question);
                let answer = [Val::I32(question * 100)];
                call = pending.resume(&mut store, &answer, &mut results)?;
            }
            ResumableCall::OutOfFuel(_) => panic!("no fuel is metered"),
        }
    }
    assert_eq!(questions, [4, 3, 2, 1]);
    assert_eq!(results[0].i32(), Some(1000));
    Ok(())
}

/// The limits example: a store's limiter and fuel bound what a guest gets.
#[test]
fn the_limits_example_ports() -> Result<(), Error> {
    let wasm = binary(
        r#"(module
            (memory (export "memory") 1)
            (func (export "grow") (param i32) (result i32)
                (memory.grow (local.get 0)))
            (func (export "spin")
                (loop $again (br $again))))"#,
    );
    let mut config = Config::default();
    config.consume_fuel(true);
    let engine = Engine::new(&config);
    let module = Module::new(&engine, &wasm)?;
    let limits = StoreLimitsBuilder::new().instances(1).memories(1).memory_size(2 << 16).build();
    let mut store: Store<StoreLimits> = Store::new(&engine, limits);
    store.limiter(|limits| limits);
    store.set_fuel(10_000)?;

    let linker = Linker::new(&engine);
    let instance = linker.instantiate_and_start(&mut store, &module)?;
    let grow = instance.get_typed_func::<i32, i32>(&store, "grow")?;
    assert_eq!(grow.call(&mut store, 1)?, 1);
    assert_eq!(grow.call(&mut store, 1)?, -1);
    let memory = instance.get_export(&store, "memory").and_then(Extern::into_memory);
    assert_eq!(memory.expect("an export").size(&store), 2);

    let spin = instance.get_typed_func::<(), ()>(&store, "spin")?;
    let error = spin.call(&mut store, ()).unwrap_err();
    assert_eq!(error.as_trap_code(), Some(TrapCode::OutOfFuel));
    assert!(linker.instantiate_and_start(&mut store, &module).is_err());
    Ok(())
}
