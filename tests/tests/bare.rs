//! Translated code over borrowed buffers, as boards run it: results, bounds, and the probe's checked-in copy of it.

use std::fmt::Write;
use std::path::Path;

use ermine::Trap;
use ermine::bare::{Address, Buffers, Code, Error, Instance, Translation, translate};
use ermine_tests::{binary, golden};

const FIB: &[u8] = include_bytes!("data/fib.wasm");
const KERNELS: &[u8] = include_bytes!("data/kernels.wasm");

const RESULTS: [(&[u8], &str, u32, u32); 7] = [
    (FIB, "fib", 24, 46_368),
    (KERNELS, "crc32", 20, 1_544_798_935),
    (KERNELS, "sieve", 10, 309),
    (KERNELS, "matf32", 40, 24_360),
    (KERNELS, "mix64", 20_000, 4_274_301_587),
    (KERNELS, "fsm", 20, 4_001_850_851),
    (KERNELS, "sort", 10, 3_174_150_582),
];

/// A translation in buffers of its own.
struct Board {
    made: Translation,
    stack: Vec<u32>,
    memory: Vec<u8>,
    globals: Vec<u64>,
    addresses: Vec<Address>,
}

impl Board {
    fn new(wasm: &[u8], stack: usize) -> Self {
        let made = translate(wasm).expect("the module translates");
        let memory = vec![0; usize::try_from(made.memory).expect("a small memory")];
        let globals = vec![0; made.globals.len()];
        let addresses = vec![Address::NONE; made.entries.len() + made.globals.len()];
        Self { made, stack: vec![0; stack], memory, globals, addresses }
    }

    fn with<T>(&mut self, run: impl FnOnce(&mut Instance<'_>) -> T) -> Result<T, Error> {
        let data: Vec<(u32, &[u8])> = self.made.data.iter().map(|(at, bytes)| (*at, &bytes[..])).collect();
        let Translation { code, entries, globals, .. } = &self.made;
        let code = Code { code, entries, globals, data: &data, memory: self.memory.len() };
        let buffers = Buffers {
            stack: &mut self.stack,
            memory: &mut self.memory,
            globals: &mut self.globals,
            addresses: &mut self.addresses,
        };
        #[expect(unsafe_code, reason = "nothing but the caller's word says that code is translated code")]
        // SAFETY: `translate` of this build has just made it.
        let mut instance = unsafe { Instance::new(&code, buffers) }?;
        Ok(run(&mut instance))
    }

    fn call(&mut self, name: &str, arguments: &[u32]) -> Result<u32, Error> {
        let func = self.made.exports.iter().find(|(export, _)| export == name).map_or(u32::MAX, |(_, func)| *func);
        let mut results = [0];
        self.with(|instance| instance.call(func, arguments, &mut results))??;
        Ok(results[0])
    }
}

#[test]
fn kernels_return_their_known_results() {
    for (wasm, name, argument, result) in RESULTS {
        assert_eq!(Board::new(wasm, 1024).call(name, &[argument]), Ok(result), "{name}");
    }
}

#[test]
fn globals_and_data_start_as_the_module_says_and_state_stays() {
    let wasm = binary(
        r#"(module
            (memory 1) (data (i32.const 8) "\2a")
            (global $wide (mut i64) (i64.const 0x1_0000_0001)) (global $narrow (mut i32) (i32.const -3))
            (func (export "next") (result i32)
                (global.set $wide (i64.add (global.get $wide) (i64.const 1)))
                (global.set $narrow (i32.add (global.get $narrow) (i32.load8_u (i32.const 8))))
                (i32.add (global.get $narrow) (i32.wrap_i64 (i64.shr_u (global.get $wide) (i64.const 32))))))"#,
    );
    let mut board = Board::new(&wasm, 256);
    let results = board.with(|instance| {
        [(); 3].map(|()| {
            let mut result = [0];
            instance.call(0, &[], &mut result).map(|()| result[0])
        })
    });
    assert_eq!(results, Ok([Ok(40), Ok(82), Ok(124)]));
}

#[test]
fn wide_values_take_two_words() {
    let wasm =
        binary(r#"(module (func (export "swap") (param i64 i32) (result i32 i64) (local.get 1) (local.get 0)))"#);
    let mut results = [0; 3];
    let called = Board::new(&wasm, 256).with(|instance| instance.call(0, &[1, 2, 3], &mut results));
    assert_eq!((called, results), (Ok(Ok(())), [3, 1, 2]));
}

#[test]
fn bounds_are_errors() {
    let wasm = binary(
        r#"(module (memory 1)
            (func (export "forever") (result i32) (call 0))
            (func (export "load") (param i32) (result i32) (i32.load (local.get 0)))
            (func (export "grow") (result i32) (memory.grow (i32.const 1))))"#,
    );
    let mut board = Board::new(&wasm, 4096);
    assert_eq!(board.call("forever", &[]), Err(Error::Trap(Trap::StackOverflow)));
    assert_eq!(board.call("load", &[65_532]), Ok(0));
    assert_eq!(board.call("load", &[65_533]), Err(Error::Trap(Trap::MemoryOutOfBounds)));
    assert_eq!(board.call("grow", &[]), Err(Error::Unsupported));
    assert_eq!(board.call("no such", &[]), Err(Error::NoSuchFunction));
    assert_eq!(Board::new(&wasm, 68).call("load", &[0]), Err(Error::Trap(Trap::StackOverflow)));
    assert_eq!(Board::new(&wasm, 3).call("load", &[0]), Err(Error::Trap(Trap::StackOverflow)));
    board.addresses.pop();
    assert_eq!(board.call("load", &[0]), Err(Error::BufferTooSmall));
}

#[test]
fn what_a_bare_board_does_not_have_is_refused() {
    for (text, what) in [
        (r#"(module (import "a" "b" (func)))"#, "imports"),
        (r#"(module (memory 1) (memory 1))"#, "several memories"),
        (r#"(module (func) (start 0))"#, "a start function"),
        (r#"(module (table 1 funcref) (func (call_indirect (i32.const 0))))"#, "tables"),
        (r#"(module (func (drop (ref.func 0))) (elem declare func 0))"#, "references to functions"),
        (r#"(module (memory 1) (data "a") (func (data.drop 0)))"#, "passive segments"),
    ] {
        let error = translate(&binary(text)).expect_err(text).to_string();
        assert!(error.contains(what), "{text}: {error}");
    }
}

/// The probe for boards runs code that is checked in, so that building it takes no translator.
#[test]
fn the_probe_has_the_code_that_is_translated_today() {
    let mut text = String::from(
        "//! Guests, translated for boards from `tests/tests/data`. Generated: `ERMINE_BLESS=1 cargo test -p ermine-tests --test bare` makes it anew.\n\n\
         use ermine::bare::Code;\n",
    );
    for (name, wasm) in [("FIB", FIB), ("KERNELS", KERNELS)] {
        write_guest(&mut text, name, &translate(wasm).expect("the module translates"));
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../boards/probe/src/guests.rs");
    golden::check(&path, &text).unwrap_or_else(|difference| panic!("{difference}"));
}

fn write_guest(out: &mut String, name: &str, made: &Translation) {
    let wide = |number: &u64| format!("{number:#x}");
    let lines = |items: Vec<String>| {
        let lines = items.chunks(16).map(|line| format!("        {},\n", line.join(", ")));
        format!("&[\n{}    ]", lines.collect::<String>())
    };
    let code = lines(made.code.iter().map(|unit| format!("{unit:#06x}")).collect());
    let data: String = made.data.iter().map(|(at, bytes)| format!("({at}, b\"{}\"), ", bytes.escape_ascii())).collect();
    let exports: String = made.exports.iter().map(|(name, func)| format!("({name:?}, {func}), ")).collect();
    let globals: Vec<String> = made.globals.iter().map(wide).collect();
    write!(
        out,
        "\npub const {name}: Code<'static> = Code {{\n    code: {code},\n    entries: &{:?},\n    globals: &[{}],\n    data: &[{}],\n    memory: {},\n}};\n\n\
         /// Exported functions.\npub const {name}_EXPORTS: &[(&str, u32)] = &[{}];\n",
        made.entries,
        globals.join(", "),
        data.trim_end_matches(", "),
        made.memory,
        exports.trim_end_matches(", "),
    )
    .expect("writing to a string does not fail");
}
