//! Bytes that are no module, or not quite one.

use ermine::{ErrorKind, Instance, Module};
use ermine_tests::binary;

use crate::{MODES, engines, store};

/// Sections of a module, each `[id, contents]`.
fn sections(parts: &[(u8, &[u8])]) -> Vec<u8> {
    let mut wasm = b"\0asm\x01\0\0\0".to_vec();
    for (id, contents) in parts {
        wasm.push(*id);
        wasm.push(u8::try_from(contents.len()).expect("a short section"));
        wasm.extend_from_slice(contents);
    }
    wasm
}

/// A module with one function `f` without parameters and results.
fn with_body(body: &[u8], more: &[(u8, &[u8])]) -> Vec<u8> {
    let len = u8::try_from(body.len()).expect("a short body");
    let code = [&[1, len], body].concat();
    let mut parts: Vec<(u8, &[u8])> =
        vec![(1, &[1, 0x60, 0, 0]), (3, &[1, 0]), (5, &[1, 0, 1]), (7, &[1, 1, b'f', 0, 0])];
    parts.extend(more.iter().filter(|part| part.0 == 12));
    parts.push((10, &code));
    parts.extend(more.iter().filter(|part| part.0 == 11));
    sections(&parts)
}

/// Loads, and calls `f`: validation may be late. The error that one of both ends with.
fn refusal(wasm: &[u8]) -> Vec<Option<String>> {
    let run = |engine| {
        let module = Module::new(&engine, wasm)?;
        let mut store = store(&engine, ());
        let f = Instance::new(&mut store, &module, &[])?.get_typed_func::<(), ()>(&store, "f")?;
        f.call(&mut store, ())
    };
    engines()
        .map(|engine| run(engine).err())
        .map(|error| {
            error.filter(|error| matches!(error.kind(), ErrorKind::Wasm { .. })).map(|error| error.to_string())
        })
        .collect()
}

/// The same refusal on every machine and in every mode, which names `what`.
fn refused(wasm: &[u8], what: &str) {
    let all = refusal(wasm);
    assert!(all.iter().all(|error| error.as_ref().is_some_and(|error| error.contains(what))), "{what}: {all:?}");
    assert!(all.iter().all(|error| *error == all[0]), "{all:?}");
}

#[test]
fn the_frame_of_these_modules_is_valid() {
    assert!(refusal(&with_body(&[0, 0x0b], &[])).iter().all(Option::is_none));
    assert!(refusal(&with_body(&[0, 0x41, 1, 0x04, 0x40, 0x05, 0x0b, 0x0b], &[])).iter().all(Option::is_none));
    let counted = with_body(&[0, 0xfc, 9, 0, 0x0b], &[(12, &[1]), (11, &[1, 1, 0])]);
    assert!(refusal(&counted).iter().all(Option::is_none));
}

#[test]
fn an_else_has_one_if_and_an_if_one_else() {
    refused(&with_body(&[0, 0x41, 1, 0x04, 0x40, 0x05, 0x05, 0x0b, 0x0b], &[]), "else");
    refused(&with_body(&[0, 0x05, 0x0b], &[]), "else");
    refused(&with_body(&[0, 0x02, 0x40, 0x05, 0x0b, 0x0b], &[]), "else");
}

#[test]
fn a_count_of_data_segments_is_that_of_the_segments() {
    let empty: [&[u8]; 2] = [&[1, 1, 0], &[2, 1, 0, 1, 0]];
    refused(&with_body(&[0, 0x0b], &[(12, &[2]), (11, empty[0])]), "data");
    refused(&with_body(&[0, 0x0b], &[(12, &[1]), (11, empty[1])]), "data");
    refused(&with_body(&[0, 0x0b], &[(12, &[1])]), "data");
    // Without a count, no instruction may name a segment.
    refused(&with_body(&[0, 0xfc, 9, 0, 0x0b], &[(11, empty[0])]), "data");
}

/// The number of entries plus a few more overflows 32 bits; nothing is reserved for entries that are not there.
#[test]
fn a_branch_table_that_claims_four_billion_entries_is_refused() {
    for low in [0xfb_u8, 0xfc, 0xfd, 0xfe, 0xff] {
        refused(&with_body(&[0, 0x41, 0, 0x0e, low, 0xff, 0xff, 0xff, 0x0f, 0, 0, 0x0b], &[]), "br_table");
    }
}

#[test]
fn a_body_ends_where_it_says() {
    // No `end`; an immediate, a block, a branch table that the end cuts; bytes behind the end.
    let bodies: [&[u8]; 7] = [
        &[0, 0x01],
        &[0, 0x41],
        &[0, 0x41, 0x80],
        &[0, 0x02, 0x40],
        &[0, 0x41, 0, 0x0e, 2, 0],
        &[0, 0xfc],
        &[0, 0x0b, 0x01],
    ];
    for body in bodies {
        let all = refusal(&with_body(body, &[]));
        assert!(all.iter().all(Option::is_some), "{body:x?}: {all:?}");
    }
}

/// A module that has something of everything.
const EVERYTHING: &str = r#"(module
  (type $t (func (param i32) (result i32)))
  (import "a" "f" (func (type $t))) (import "a" "g" (global i32))
  (table 3 funcref) (memory 1 2) (global (mut i64) (i64.add (i64.const 1) (i64.const 2)))
  (export "run" (func $run)) (start $start) (elem (i32.const 1) $run) (elem declare func $run)
  (func $start)
  (func $run (type $t) (local i64 f64)
    (block (block (br_table 0 1 0 (local.get 0))) (local.set 2 (f64.const 1.5)))
    (memory.init $d (i32.const 0) (i32.const 0) (i32.const 3)) (data.drop $d)
    (if (result i32) (local.get 0) (then (call 0 (i32.load offset=70000 (local.get 0)))) (else (i32.const -1))))
  (data $d "abc") (data (i32.const 5) "de"))"#;

#[test]
fn no_beginning_of_a_module_is_more_than_an_error() {
    let wasm = binary(EVERYTHING);
    let engines: Vec<_> = engines().collect();
    for end in 0..wasm.len() {
        for engine in &engines {
            // A part that ends with a section may be a module.
            let _ = Module::new(engine, &wasm[..end]);
        }
    }
    assert!(engines.iter().all(|engine| Module::new(engine, &wasm).is_ok()));
}

/// Each byte replaced by each of a few: loading never panics, and what loads still does when it is called.
#[test]
fn no_changed_byte_is_more_than_an_error() {
    let wasm = binary(EVERYTHING);
    let engines: Vec<_> = engines().filter(|engine| !engine.config().get_consume_fuel()).collect();
    let mut loaded = 0;
    for at in 8..wasm.len() {
        for byte in [0x00, 0x01, 0x05, 0x0b, 0x40, 0x7f, 0x80, 0xff] {
            let mut changed = wasm.clone();
            changed[at] = byte;
            loaded += engines
                .iter()
                .filter(|engine| {
                    Module::new(engine, &changed).is_ok_and(|module| {
                        module.exports().for_each(|export| drop(export.ty().clone()));
                        (0..4).for_each(|func| drop(module.disassemble(func)));
                        true
                    })
                })
                .count();
        }
    }
    assert!(loaded > MODES.len(), "{loaded}");
}

/// A function that could not be translated stays an error, and takes nothing with it.
#[test]
fn a_function_that_cannot_be_translated_never_blocks_the_others() {
    let mut wasm = binary(
        "(module (func (export \"good\") (result i32) (i32.const 7)) (func (export \"bad\") (result i32) (i32.const 77)))",
    );
    let at = wasm.windows(3).position(|bytes| bytes == [0x41, 0xcd, 0]).expect("the constant");
    wasm[at..at + 3].fill(0x01);
    for engine in engines() {
        let Ok(module) = Module::new(&engine, &wasm) else { continue };
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let mut store = store(&engine, ());
                    let instance = Instance::new(&mut store, &module, &[]).unwrap();
                    let [good, bad] =
                        ["good", "bad"].map(|name| instance.get_typed_func::<(), i32>(&store, name).unwrap());
                    for _ in 0..50 {
                        assert!(bad.call(&mut store, ()).is_err());
                        assert_eq!(good.call(&mut store, ()).unwrap(), 7);
                    }
                });
            }
        });
    }
}

/// A constant expression keeps as many values as it likes: a hundred thousand, first all of them, then one after the other.
#[test]
fn constant_expressions_of_a_hundred_thousand_operators_are_computed() {
    const COUNT: usize = 100_000;
    // Each of them may be as long as a function's body.
    let all_first = format!("{} {}", "i64.const 3 ".repeat(COUNT), "i64.add ".repeat(COUNT - 1));
    let in_turn = format!("i64.const 3 {}", "i64.const 3 i64.add ".repeat(COUNT - 1));
    let wasm = binary(&format!(
        "(module (global (export \"a\") i64 {all_first}) (global (export \"b\") i64 {in_turn})
           (memory 5) (data (offset {}) \"x\"))",
        all_first.replace("i64", "i32")
    ));
    ermine_tests::on_stack(crate::native_stack(), || {
        for engine in engines() {
            let module = Module::new(&engine, &wasm).unwrap();
            let again = Module::deserialize(&engine, module.serialize().unwrap()).unwrap();
            for module in [module, again] {
                let mut store = store(&engine, ());
                let instance = Instance::new(&mut store, &module, &[]).unwrap();
                for name in ["a", "b"] {
                    assert_eq!(instance.get_global(&store, name).unwrap().get(&store).i64(), Some(300_000), "{name}");
                }
            }
        }
    });
}
