//! The examples do what their heads say: each is run as `cargo run --example` does, and what it prints is looked at, but for times.

#![cfg(feature = "translate")]

macro_rules! example {
    ($name:ident, $path:literal) => {
        #[allow(dead_code, reason = "`main`, which calls what is called here")]
        #[path = $path]
        mod $name;
    };
}

example!(game_loop, "../examples/game_loop.rs");
example!(minimal, "../examples/minimal.rs");
example!(plugin_host, "../examples/plugin_host.rs");
example!(udf, "../examples/udf.rs");

use std::error::Error;
use std::io::Write;

fn output(example: impl FnOnce(&mut dyn Write) -> Result<(), Box<dyn Error>>) -> String {
    let mut out = Vec::new();
    example(&mut out).expect("the example runs");
    String::from_utf8(out).expect("a text")
}

#[test]
fn the_script_of_the_game_loop_pauses_where_it_thinks() {
    let out = output(|out| game_loop::play(out, false));
    assert!(out.contains("600 frames; the script used up its fuel in "), "{out}");
    assert!(!out.contains("in 0 of them"), "{out}");
    assert!(out.ends_with("the guard is at 6, has shouted 150 times, last: \"who is there?\"\n"), "{out}");
}

#[test]
fn the_minimal_host_takes_modules_and_images() {
    let wasm = wat::parse_str("(module (func (export \"run\") (result i32) (i32.const 7)))").expect("a module");
    let image = ermine::Engine::default().precompile_module(&wasm).expect("an image");
    assert_eq!((minimal::run(&wasm).ok(), minimal::run(&image).ok()), (Some(7), Some(7)));
}

#[test]
fn each_way_to_call_a_udf_gives_the_same() {
    let out = output(|out| udf::demonstrate(out, 5_000));
    let sums: Vec<_> = out.lines().filter_map(|line| Some(line.split_once("sum ")?.1.split_once(',')?.0)).collect();
    assert_eq!(sums.len(), 3, "{out}");
    assert!(sums[0] != "0" && sums.iter().all(|sum| *sum == sums[0]), "{out}");
}

/// What the plug-ins do to their host, and what it says of them.
#[test]
fn plug_ins_that_misbehave_are_stopped_and_the_others_go_on() {
    let out = output(plugin_host::demonstrate);
    let parts: Vec<_> = out.split("-- an order: ").collect();
    assert_eq!(parts.len(), 3, "{out}");
    let [loaded, first, second] = parts[..] else { panic!("{out}") };
    for name in ["bulk", "dawdler", "greedy", "liar", "spinner", "stock"] {
        assert!(loaded.contains(&format!("{name}: loaded\n")), "{out}");
    }
    for line in [
        "bulk: says \"tea cosy\"\nbulk: 5 % off, \"many pieces\"",
        "dawdler: stopped: interrupt\n   0: dawdle (function 2)",
        "greedy: stopped: unreachable\n   0: hoard (function 1)",
        "liar: stopped: out of bounds memory access by the host\n   0: cheat (function 2)",
        "spinner: stopped: all fuel consumed\n   0: spin (function 1)",
        "stock: 10 % off, \"clearance\"",
    ] {
        assert!(first.contains(line), "{line:?} is missing:\n{out}");
    }
    assert!(first.ends_with("spinner: loaded again\n"), "{out}");
    // Who was stopped is silent; who was mended considers again, and has nothing to say.
    assert_eq!(second, "3 of \"teapot\"\nbulk: says \"teapot\"\n", "{out}");
}
