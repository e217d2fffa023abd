//! The instance without an allocator, on the host: calls, host functions, fuel and suspension, traps, and what is lent to it.

use ermine::bare::{Call, Error, Halt, Host, Instance, Position, Progress, Resource, Resources, Suspended, Val};
use ermine::image::{Image, Import, Signature};
use ermine::{Config, Engine, Profile, Trap};
use ermine_tests::binary;
use ermine_tests::pack::Aligned;

/// What guests here are lent, with a pattern in front of and behind each part.
struct Lent {
    stack: Vec<u32>,
    memory: Vec<u8>,
    arena: Vec<u64>,
}

/// Words of a guard.
const GUARD: usize = 16;
const PATTERN: u8 = 0xa5;

impl Lent {
    /// Words of stack, bytes of memory, words of arena.
    fn new(stack: usize, memory: usize, arena: usize) -> Self {
        Self {
            stack: vec![u32::from_ne_bytes([PATTERN; 4]); stack + 2 * GUARD],
            memory: vec![PATTERN; memory + 2 * GUARD],
            arena: vec![u64::from_ne_bytes([PATTERN; 8]); arena + 2 * GUARD],
        }
    }

    /// Just as much as an image says it needs; a stack of 1,000 words where there is no bound.
    fn exactly(image: Image<'_>) -> Self {
        let needs = image.needs();
        let memory = usize::try_from(needs.memory).expect("a memory that fits the host");
        Self::new(needs.stack.unwrap_or(1000), memory, needs.arena)
    }

    fn resources(&mut self, fuel: u64) -> Resources<'_> {
        fn inner<T>(all: &mut [T]) -> &mut [T] {
            let end = all.len() - GUARD;
            &mut all[GUARD..end]
        }
        Resources {
            stack: inner(&mut self.stack),
            memory: inner(&mut self.memory),
            arena: inner(&mut self.arena),
            fuel,
        }
    }
}

impl Drop for Lent {
    /// Nothing outside of what was lent has changed.
    fn drop(&mut self) {
        fn outer<T: Copy>(all: &[T]) -> impl Iterator<Item = T> {
            all[..GUARD].iter().chain(&all[all.len() - GUARD..]).copied().collect::<Vec<_>>().into_iter()
        }
        if !std::thread::panicking() {
            assert!(outer(&self.stack).all(|word| word.to_ne_bytes() == [PATTERN; 4]), "the stack's neighbours");
            assert!(outer(&self.memory).all(|byte| byte == PATTERN), "the memory's neighbours");
            assert!(outer(&self.arena).all(|word| word.to_ne_bytes() == [PATTERN; 8]), "the arena's neighbours");
        }
    }
}

fn compile(text: &str, metered: bool) -> Aligned {
    let mut config = Config::default();
    config.profile(Profile::Base).consume_fuel(metered);
    Aligned::new(&Engine::new(&config).precompile_module(&binary(text)).expect("an image"))
}

fn verify(bytes: &Aligned) -> Image<'_> {
    let mut scratch = vec![0; Image::scratch_words(bytes.bytes()).expect("an image")];
    Image::verify(bytes.bytes(), &mut scratch).expect("a verified image")
}

/// Runs a test on an instance of a module in text form, lent exactly what it needs.
fn with<H: Host>(text: &str, host: H, test: impl FnOnce(&mut Instance<'_, H>)) {
    let bytes = compile(text, false);
    let image = verify(&bytes);
    let mut lent = Lent::exactly(image);
    test(&mut Instance::new(image, lent.resources(0), host).expect("an instance"));
}

fn func(instance: &Instance<'_, impl Host>, name: &str) -> u32 {
    instance.image().exported_func(name).expect("an exported function")
}

#[test]
fn calls_are_typed_or_not() {
    let text = r#"(module
        (func (export "mix") (param i32 i64 f32 f64) (result f64 i64 i32 f32)
            local.get 3 local.get 1 local.get 0 local.get 2))"#;
    with(text, (), |instance| {
        let mix = func(instance, "mix");
        let results: (f64, u64, i32, f32) = instance.call(mix, (-1, 1_u64 << 40, 0.5_f32, 2.5_f64)).expect("results");
        assert_eq!(results, (2.5, 1 << 40, -1, 0.5));
        let mut results = [Val::I32(0); 4];
        let params = [Val::I32(7), Val::I64(-8), Val::F32(1.0), Val::F64(-0.0)];
        instance.call_vals(mix, &params, &mut results).expect("results");
        assert_eq!(results, [Val::F64(-0.0), Val::I64(-8), Val::I32(7), Val::F32(1.0)]);
    });
}

#[test]
fn misuse_is_an_error_and_leaves_the_instance_usable() {
    let text = r#"(module (func (export "same") (param i32) (result i32) local.get 0))"#;
    with(text, (), |instance| {
        let same = func(instance, "same");
        assert_eq!(instance.call::<(), ()>(99, ()), Err(Error::NoSuchFunction));
        assert_eq!(instance.call::<i64, i32>(same, 1), Err(Error::Signature));
        assert_eq!(instance.call::<i32, i64>(same, 1), Err(Error::Signature));
        assert_eq!(instance.call_vals(same, &[], &mut [Val::I32(0)]), Err(Error::Signature));
        assert_eq!(instance.call_vals(same, &[Val::I32(1)], &mut []), Err(Error::Signature));
        assert_eq!(instance.resume::<i32>(), Err(Error::Idle));
        instance.start(same, 5).expect("a start");
        assert_eq!(instance.start(same, 6), Err(Error::Busy));
        assert_eq!(instance.call::<i32, i32>(same, 6), Err(Error::Busy));
        assert_eq!(instance.resume::<f32>(), Err(Error::Signature));
        assert_eq!(instance.resume::<i32>(), Ok(Progress::Finished(5)));
        instance.start(same, 5).expect("a start");
        instance.cancel();
        assert_eq!(instance.call::<i32, i32>(same, 6), Ok(6));
    });
}

/// Functions that read and write memory, fail, end the guest, or are not ready.
#[derive(Default)]
struct Board {
    said: Vec<u8>,
    not_ready: u32,
}

impl Host for Board {
    fn resolve(&mut self, import: &Import<'_>, signature: &Signature<'_>) -> Option<u32> {
        match (import.module, import.name) {
            ("board", "say") if signature.is::<(u32, u32), u32>() => Some(10),
            ("board", "halt") if signature.is::<u32, ()>() => Some(11),
            ("board", "wait") if signature.is::<u32, u64>() => Some(12),
            _ => None,
        }
    }

    fn call(&mut self, function: u32, call: &mut Call<'_>) -> Result<(), Halt> {
        match function {
            10 => {
                let (start, length) = call.args::<(u32, u32)>()?;
                self.said.extend_from_slice(call.bytes(start, length)?);
                call.memory()[0] += 1;
                call.ret(length + 1)
            }
            11 => Err(match call.args::<u32>()? {
                0 => Halt::Trap(Trap::UnreachableCodeReached),
                1 => Halt::Failed(77),
                _ => Halt::Exit(-3),
            }),
            _ if self.not_ready > 0 => {
                self.not_ready -= 1;
                Err(Halt::Suspend)
            }
            _ => {
                let argument = call.args::<u32>()?;
                call.ret(u64::from(argument) << 33)
            }
        }
    }

    fn global(&mut self, import: &Import<'_>) -> Option<u64> {
        (import.name == "base").then_some(40)
    }
}

const GUEST: &str = r#"(module
    (import "board" "base" (global $base i32))
    (import "board" "say" (func $say (param i32 i32) (result i32)))
    (import "board" "halt" (func $halt (param i32)))
    (import "board" "wait" (func $wait (param i32) (result i64)))
    (memory (export "memory") 1)
    (global $sum (mut i64) (i64.const 5))
    (data (i32.const 8) "hello")
    (func (export "speak") (result i32) (i32.add (call $say (i32.const 8) (i32.const 5)) (global.get $base)))
    (func (export "beyond") (result i32) (call $say (i32.const 65535) (i32.const 2)))
    (func (export "halt") (param i32) (call $halt (local.get 0)))
    (func (export "wait") (param i32) (result i64)
        (global.set $sum (i64.add (global.get $sum) (call $wait (local.get 0))))
        (global.get $sum))
    (func (export "tail") (param i32 i32) (result i64) (return_call $wait (i32.add (local.get 0) (local.get 1))))
    (func $twice (export "twice") (param i32) (result i64) (i64.add (call $tail2 (local.get 0)) (call $tail2 (local.get 0))))
    (func $tail2 (param i32) (result i64) (return_call $wait (local.get 0)))
    (export "host" (func $wait)))"#;

#[test]
fn host_functions_see_arguments_and_memory() {
    with(GUEST, Board::default(), |instance| {
        let (speak, beyond) = (func(instance, "speak"), func(instance, "beyond"));
        assert_eq!(instance.call::<(), i32>(speak, ()), Ok(46));
        assert_eq!(instance.call::<(), i32>(speak, ()), Ok(46));
        assert_eq!(instance.host().said, b"hellohello");
        assert_eq!(instance.memory()[0], 2);
        let Err(Error::Trap { trap: Trap::MemoryOutOfBounds, at: Some(at) }) = instance.call::<(), i32>(beyond, ())
        else {
            panic!("it reads beyond the memory");
        };
        assert_eq!(at.func, beyond);
    });
}

#[test]
fn host_functions_can_stop_their_guest() {
    with(GUEST, Board::default(), |instance| {
        let halt = func(instance, "halt");
        let at = |result| match result {
            Err(Error::Trap { trap: Trap::UnreachableCodeReached, at }) | Err(Error::Host { code: 77, at }) => at,
            other => panic!("{other:?}"),
        };
        assert_eq!(at(instance.call::<i32, ()>(halt, 0)).map(|at| at.func), Some(halt));
        assert_eq!(at(instance.call::<i32, ()>(halt, 1)).map(|at| at.func), Some(halt));
        assert_eq!(instance.call::<i32, ()>(halt, 2), Err(Error::Exit(-3)));
        let speak = func(instance, "speak");
        assert_eq!(instance.call::<(), i32>(speak, ()), Ok(46));
    });
}

#[test]
fn a_host_function_that_is_not_ready_suspends_its_guest() {
    for (name, expected) in [("wait", 3 << 33 | 5), ("tail", 3 << 33), ("twice", 3 << 34), ("host", 3 << 33)] {
        with(GUEST, Board { not_ready: 3, ..Board::default() }, |instance| {
            let called = func(instance, name);
            let params: &[Val] = if name == "tail" { &[Val::I32(1), Val::I32(2)] } else { &[Val::I32(3)] };
            instance.start_vals(called, params).expect("a start");
            for _ in 0..3 {
                assert_eq!(instance.resume::<i64>(), Ok(Progress::Suspended(Suspended::Host)), "{name}");
            }
            assert_eq!(instance.resume::<i64>(), Ok(Progress::Finished(expected)), "{name}");
            // A call that cannot be suspended is interrupted.
            instance.host().not_ready = 1;
            let result = instance.call_vals(called, params, &mut [Val::I64(0)]);
            assert!(matches!(result, Err(Error::Trap { trap: Trap::Interrupt, .. })), "{name}: {result:?}");
        });
    }
}

#[test]
fn an_import_that_the_host_does_not_have_is_named_by_its_position() {
    let bytes = compile(GUEST, false);
    let image = verify(&bytes);
    let mut lent = Lent::exactly(image);
    assert_eq!(Instance::new(image, lent.resources(0), ()).err(), Some(Error::MissingImport { import: 0 }));
    let wrong = compile(r#"(module (import "board" "say" (func (param i32))))"#, false);
    let image = verify(&wrong);
    let mut lent = Lent::exactly(image);
    let error = Instance::new(image, lent.resources(0), Board::default()).err();
    assert_eq!(error, Some(Error::MissingImport { import: 0 }));
}

#[test]
fn globals_are_read_and_written_by_type() {
    let text = r#"(module
        (global (mut i64) (i64.const -2)) (global i32 (i32.const 3)) (global (mut f32) (f32.const 1.5)) (global (mut funcref) (ref.func 0))
        (func (export "get") (result i64) global.get 0)
        (elem declare func 0))"#;
    with(text, (), |instance| {
        let globals = [0, 1, 2, 3].map(|global| instance.global(global));
        let expected = [Val::I64(-2), Val::I32(3), Val::F32(1.5), Val::FuncRef(Some(0))].map(Some);
        assert_eq!(globals, expected);
        assert_eq!(instance.global(4), None);
        instance.set_global(0, Val::I64(1 << 50)).expect("a mutable global");
        assert_eq!(instance.set_global(0, Val::I32(0)), Err(Error::NoSuchGlobal));
        assert_eq!(instance.set_global(1, Val::I32(0)), Err(Error::NoSuchGlobal));
        let get = func(instance, "get");
        assert_eq!(instance.call::<(), i64>(get, ()), Ok(1 << 50));
    });
}

const GROWING: &str = r#"(module
    (memory 1 3) (table $t 2 8 funcref)
    (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
    (func (export "size") (result i32) memory.size)
    (func (export "last") (result i32) (i32.load8_u (i32.sub (i32.mul (memory.size) (i32.const 65536)) (i32.const 1))))
    (func $grow_table (export "grow_table") (param i32) (result i32) (table.grow $t (ref.func $grow_table) (local.get 0)))
    (func (export "is_null") (param i32) (result i32) (ref.is_null (table.get $t (local.get 0)))))"#;

#[test]
fn memory_and_the_last_table_grow_into_what_was_lent() {
    let bytes = compile(GROWING, false);
    let image = verify(&bytes);
    let needs = image.needs();
    let mut lent = Lent::new(needs.stack.expect("a bound"), 2 * 65536 + 100, needs.arena + 1);
    let mut instance = Instance::new(image, lent.resources(0), ()).expect("an instance");
    let [grow, size, last, grow_table, is_null] =
        ["grow", "size", "last", "grow_table", "is_null"].map(|name| func(&instance, name));
    let mut call = |func, argument| instance.call::<i32, i32>(func, argument).expect("a result");
    assert_eq!([call(grow, 2), call(grow, 1), call(grow, 1), call(grow, 0)], [-1, 1, -1, 2]);
    // Two elements at the start, and two more in the word of the arena that is to spare.
    assert_eq!([call(grow_table, 3), call(grow_table, 2), call(grow_table, 1)], [-1, 2, -1]);
    assert_eq!([call(is_null, 1), call(is_null, 3)], [1, 0]);
    assert_eq!(
        instance
            .call::<i32, i32>(is_null, 4)
            .err()
            .map(|error| matches!(error, Error::Trap { trap: Trap::TableOutOfBounds, .. })),
        Some(true)
    );
    assert_eq!(instance.call::<(), i32>(size, ()), Ok(2));
    assert_eq!(instance.call::<(), i32>(last, ()), Ok(0));
    assert_eq!(instance.memory().len(), 2 * 65536);
}

#[test]
fn a_little_less_than_needed_is_an_error() {
    let bytes = compile(GROWING, false);
    let image = verify(&bytes);
    let needs = image.needs();
    let (stack, memory) = (needs.stack.expect("a bound"), usize::try_from(needs.memory).expect("bytes"));
    for (sizes, error) in [
        ((stack, memory, needs.arena - 1), Error::TooSmall(Resource::Arena)),
        ((stack, memory - 1, needs.arena), Error::TooSmall(Resource::Memory)),
        ((7, memory, needs.arena), Error::TooSmall(Resource::Stack)),
    ] {
        let mut lent = Lent::new(sizes.0, sizes.1, sizes.2);
        assert_eq!(Instance::new(image, lent.resources(0), ()).err(), Some(error));
    }
    let mut lent = Lent::new(stack - 1, memory, needs.arena);
    let mut instance = Instance::new(image, lent.resources(0), ()).expect("an instance");
    let results: Vec<_> = ["grow", "grow_table"].map(|name| instance.call::<i32, i32>(func(&instance, name), 0)).into();
    assert!(
        results.iter().any(|result| matches!(result, Err(Error::Trap { trap: Trap::StackOverflow, .. }))),
        "{results:?}"
    );
}

#[test]
fn segments_are_copied_or_trap() {
    let text = r#"(module
        (memory 1) (table 4 funcref)
        (data $d "abcdef") (data (i32.const 100) "xyz")
        (elem $e func $f $f) (elem (i32.const 1) func $f)
        (func $f (result i32) i32.const 9)
        (func (export "call") (param i32) (result i32) (call_indirect (result i32) (local.get 0)))
        (func (export "init") (param i32 i32 i32) (memory.init $d (local.get 0) (local.get 1) (local.get 2)))
        (func (export "table") (param i32 i32 i32) (table.init $e (local.get 0) (local.get 1) (local.get 2)))
        (func (export "drop") (data.drop $d) (elem.drop $e))
        (func (export "copy") (param i32 i32 i32) (memory.copy (local.get 0) (local.get 1) (local.get 2)))
        (func (export "fill") (param i32 i32 i32) (memory.fill (local.get 0) (local.get 1) (local.get 2))))"#;
    for metered in [false, true] {
        let bytes = compile(text, metered);
        let image = verify(&bytes);
        let mut lent = Lent::exactly(image);
        let mut instance = Instance::new(image, lent.resources(100_000), ()).expect("an instance");
        let [call, init, table, forget, copy, fill] =
            ["call", "init", "table", "drop", "copy", "fill"].map(|name| func(&instance, name));
        let trap = |result: Result<(), Error>| match result {
            Err(Error::Trap { trap, .. }) => trap,
            other => panic!("{other:?}"),
        };
        assert_eq!(&instance.memory()[99..104], b"\0xyz\0");
        assert_eq!(instance.call::<i32, i32>(call, 1), Ok(9));
        assert_eq!(trap(instance.call::<i32, i32>(call, 2).map(drop)), Trap::IndirectCallToNull);
        instance.call::<(i32, i32, i32), ()>(table, (2, 0, 2)).expect("a copy");
        assert_eq!(instance.call::<i32, i32>(call, 3), Ok(9));
        assert_eq!(trap(instance.call::<i32, i32>(call, 4).map(drop)), Trap::UndefinedElement);
        assert_eq!(trap(instance.call(table, (3, 0, 2))), Trap::TableOutOfBounds);
        instance.call::<(i32, i32, i32), ()>(init, (0, 1, 5)).expect("a copy");
        instance.call::<(i32, i32, i32), ()>(copy, (2, 0, 5)).expect("a copy");
        assert_eq!(&instance.memory()[..8], b"bcbcdef\0");
        instance.call::<(i32, i32, i32), ()>(copy, (0, 2, 5)).expect("a copy");
        instance.call::<(i32, i32, i32), ()>(fill, (1, 0x141, 2)).expect("a fill");
        assert_eq!(&instance.memory()[..8], b"bAAefef\0");
        for (func, arguments) in
            [(init, (65535, 0, 2)), (init, (0, 5, 2)), (copy, (0, 65535, 2)), (fill, (65535, 0, 2))]
        {
            assert_eq!(trap(instance.call(func, arguments)), Trap::MemoryOutOfBounds);
        }
        instance.call::<(), ()>(forget, ()).expect("a drop");
        assert_eq!(trap(instance.call(init, (0, 0, 1))), Trap::MemoryOutOfBounds);
        assert_eq!(trap(instance.call(table, (0, 0, 1))), Trap::TableOutOfBounds);
        instance.call::<(i32, i32, i32), ()>(init, (0, 0, 0)).expect("nothing to copy");
    }
    let beyond = compile(r#"(module (memory 1) (data (i32.const 65530) "too far"))"#, false);
    let image = verify(&beyond);
    let mut lent = Lent::exactly(image);
    let error = Instance::new(image, lent.resources(0), ()).err();
    assert_eq!(error, Some(Error::Trap { trap: Trap::MemoryOutOfBounds, at: None }));
}

#[test]
fn the_start_function_runs_and_its_traps_come_out() {
    let text = r#"(module (memory 1) (start $go) (func $go (i32.store (i32.const 0) (i32.const 7))) )"#;
    with(text, (), |instance| assert_eq!(instance.memory()[0], 7));
    let bytes = compile("(module (start $go) (func $go unreachable))", false);
    let image = verify(&bytes);
    let mut lent = Lent::exactly(image);
    let error = Instance::new(image, lent.resources(0), ()).err();
    let at = Some(Position { func: 0, offset: 9 });
    assert_eq!(error, Some(Error::Trap { trap: Trap::UnreachableCodeReached, at }));
}

const WORK: &str = r#"(module
    (memory 1)
    (func $add (param i32) (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (local.get 0))))
    (func (export "work") (param i32) (result i32) (local i32)
        (loop $again
            (call $add (local.get 1))
            (memory.fill (i32.const 64) (local.get 1) (i32.const 200))
            (br_if $again (i32.lt_u (local.tee 1 (i32.add (local.get 1) (i32.const 1))) (local.get 0))))
        (i32.load (i32.const 0))))"#;

#[test]
fn suspended_calls_end_as_others_do_whatever_the_slices() {
    let bytes = compile(WORK, true);
    let image = verify(&bytes);
    let run = |slice: u64| {
        let mut lent = Lent::exactly(image);
        let mut instance = Instance::new(image, lent.resources(0), ()).expect("an instance");
        let mut spent = 0;
        instance.start(func(&instance, "work"), 50).expect("a start");
        loop {
            match instance.resume::<i32>().expect("progress") {
                Progress::Finished(result) => return (result, spent - instance.fuel(), instance.memory().to_vec()),
                Progress::Suspended(Suspended::OutOfFuel { required }) => {
                    assert!(instance.fuel() < required);
                    spent += slice;
                    instance.set_fuel(instance.fuel() + slice);
                }
                Progress::Suspended(other) => panic!("{other:?}"),
            }
        }
    };
    let whole = run(1_000_000);
    assert_eq!(whole.0, 49 * 50 / 2);
    for slice in [1, 2, 3, 7, 64, 1000] {
        assert!(run(slice) == whole, "slices of {slice}");
    }
}

#[test]
fn a_call_without_enough_fuel_traps() {
    let bytes = compile(WORK, true);
    let image = verify(&bytes);
    assert!(image.is_metered());
    let mut lent = Lent::exactly(image);
    let mut instance = Instance::new(image, lent.resources(20), ()).expect("an instance");
    let work = func(&instance, "work");
    let result = instance.call::<i32, i32>(work, 50);
    assert!(matches!(result, Err(Error::Trap { trap: Trap::OutOfFuel, at: Some(_) })), "{result:?}");
    instance.set_fuel(1_000_000);
    instance.memory()[..4].fill(0);
    assert_eq!(instance.call::<i32, i32>(work, 50), Ok(49 * 50 / 2));
}

#[test]
fn traps_tell_function_and_offset_of_all_frames() {
    let text = r#"(module
        (func $inner (param i32) (result i32) (i32.div_u (i32.const 1) (local.get 0)))
        (func $middle (param i32) (result i32) (i32.add (i32.const 1) (call $inner (local.get 0))))
        (func (export "outer") (param i32) (result i32) (i32.add (i32.const 1) (call $middle (local.get 0)))))"#;
    with(text, (), |instance| {
        let outer = func(instance, "outer");
        assert_eq!(instance.call::<i32, i32>(outer, 1), Ok(3));
        assert_eq!(instance.frames().count(), 0);
        let Err(Error::Trap { trap: Trap::IntegerDivisionByZero, at: Some(at) }) = instance.call::<i32, i32>(outer, 0)
        else {
            panic!("it divides by zero");
        };
        let frames: Vec<Position> = instance.frames().collect();
        assert_eq!(frames.iter().map(|frame| frame.func).collect::<Vec<_>>(), [0, 1, 2]);
        assert_eq!(frames.first(), Some(&at));
        assert!(frames.iter().all(|frame| frame.offset >= 9), "behind the header: {frames:?}");
        assert_eq!(at.to_string(), format!("func 0 + {:#x}", at.offset));
    });
}

#[test]
fn recursion_ends_with_the_stack() {
    let text = r#"(module (func $deep (export "deep") (param i32) (result i32)
        (if (result i32) (local.get 0) (then (i32.add (i32.const 1) (call $deep (i32.sub (local.get 0) (i32.const 1))))) (else (i32.const 0)))))"#;
    let bytes = compile(text, false);
    let image = verify(&bytes);
    assert_eq!(image.stack_bytes(), None, "recursion has no bound");
    for words in [8, 9, 20, 100, 1000] {
        let mut lent = Lent::new(words, 0, image.needs().arena);
        let mut instance = Instance::new(image, lent.resources(0), ()).expect("an instance");
        let deep = func(&instance, "deep");
        let result = instance.call::<i32, i32>(deep, 100_000);
        assert!(matches!(result, Err(Error::Trap { trap: Trap::StackOverflow, .. })), "{words} words: {result:?}");
        let frames = instance.frames().count();
        assert!(frames < words, "{frames} frames in {words} words");
        if words == 1000 {
            assert_eq!(instance.call::<i32, i32>(deep, 30), Ok(30));
        }
    }
}

#[test]
fn an_instance_can_be_moved_and_sent() {
    let bytes = compile(WORK, true);
    let image = verify(&bytes);
    let mut lent = Lent::exactly(image);
    let mut instance = Instance::new(image, lent.resources(200), ()).expect("an instance");
    instance.start(func(&instance, "work"), 50).expect("a start");
    assert!(matches!(instance.resume::<i32>(), Ok(Progress::Suspended(_))));
    let mut boxed = Box::new(instance);
    std::thread::scope(|scope| {
        let there = scope.spawn(move || {
            boxed.set_fuel(1_000_000);
            boxed.resume::<i32>()
        });
        assert_eq!(there.join().expect("no panic"), Ok(Progress::Finished(49 * 50 / 2)));
    });
}
