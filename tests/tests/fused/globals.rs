//! Sums that go into globals: stack pointers that go down at the start of a function and up at its end.

use ermine::{Linker, Store, Val};
use ermine_tests::{MACHINES, engine, module};

use super::{agree, all_calls, pairs};

/// Bodies over two i32 parameters, a local `$l` between others, and globals `$g $h` (i32) and `$w` (i64).
const BODIES: &[&str] = &[
    "(global.set $g (i32.add (global.get $g) (i32.const -16)))",
    "(global.set $g (i32.sub (global.get $g) (i32.const 16)))",
    "(global.set $g (local.tee $l (i32.sub (global.get $g) (i32.const 16)))) (i32.store (local.get $l) (local.get 0))",
    "(global.set $g (local.tee 0 (i32.sub (global.get $g) (i32.const 16)))) (local.set $l (i32.mul (local.get 0) (local.get 1)))",
    "(global.set $g (local.tee 0 (i32.sub (global.get $g) (i32.const 16)))) (local.set $l (i32.add (local.get 0) (local.get 0)))",
    "(global.set $g (local.tee $l (i32.sub (global.get $g) (i32.const -32768))))",
    "(global.set $g (local.tee $l (i32.sub (global.get $g) (i32.const 32768))))",
    "(global.set $g (local.tee $l (i32.sub (global.get $g) (i32.const 32769))))",
    "(global.set $g (local.tee $l (i32.add (global.get $g) (i32.const 32768))))",
    "(global.set $g (local.tee $l (i32.add (i32.const 70000) (global.get $g))))",
    "(global.set $g (local.tee $l (i32.add (i32.const 7) (global.get $g))))",
    "(global.set $g (local.tee $l (i32.sub (i32.const 7) (global.get $g))))",
    // Another global, another operation, another operand.
    "(global.set $h (local.tee $l (i32.add (global.get $g) (i32.const 4))))",
    "(global.set $h (i32.add (global.get $g) (i32.const 4)))",
    "(global.set $g (local.tee $l (i32.add (global.get $g) (local.get 0))))",
    "(global.set $g (i32.and (global.get $g) (i32.const 6)))",
    "(global.set $g (i32.add (global.get $g) (global.get $h)))",
    "(global.set $g (i32.add (global.get $g) (global.get $g)))",
    "(global.set $g (i32.add (i32.add (global.get $g) (i32.const 4)) (i32.const 5)))",
    "(global.set $g (i32.add (i32.add (global.get $h) (i32.const 4)) (global.get $g)))",
    "(global.set $w (i64.add (global.get $w) (i64.const 4)))",
    "(global.set $w (i64.add (global.get $w) (i64.extend_i32_u (local.get 0))))",
    "(global.set $g (i32.wrap_i64 (i64.add (global.get $w) (i64.const 4))))",
    "(global.set $g (i32.add (i32.wrap_i64 (global.get $w)) (i32.const 4)))",
    "(global.set $g (i32.add (i32.wrap_i64 (i64.add (global.get $w) (i64.const 4))) (i32.const 4)))",
    // The way back up.
    "(global.set $g (i32.add (local.get 0) (i32.const 16)))",
    "(global.set $g (i32.add (call $same (local.get 0)) (i32.const 16)))",
    "(global.set $g (i32.add (i32.load (i32.const 64)) (i32.const 16)))",
    "(global.set $g (i32.add (local.get 0) (i32.const 32768)))",
    "(global.set $g (i32.add (local.get 0) (i32.const -32768)))",
    "(local.set $l (i32.add (local.get 0) (i32.const 16))) (global.set $g (local.get $l))",
    "(global.set $g (local.tee $l (i32.add (local.get 0) (i32.const 16))))",
    "(global.set $g (local.tee 0 (i32.add (local.get 0) (i32.const 16))))",
    "(global.set $g (local.tee $l (local.tee 1 (i32.add (local.get 0) (i32.const 16)))))",
    "(global.set $g (i32.add (i32.wrap_i64 (i64.shr_u (i64.mul (i64.extend_i32_u (local.get 0)) (i64.const 77)) (i64.const 32))) (i32.const 16)))",
    // The global's value is used as well, or it changes on the way.
    "(global.get $g) (global.set $g (i32.sub (global.get $g) (i32.const 16))) (local.set $l)",
    "(local.set $l (global.get $g)) (global.set $g (i32.sub (local.get $l) (i32.const 16)))",
    "(global.set $g (i32.sub (local.tee $l (global.get $g)) (i32.const 16)))",
    "(i32.sub (global.get $g) (i32.const 16)) (global.set $h (i32.sub (global.get $g) (i32.const 8))) (global.set $g)",
    "(i32.sub (global.get $g) (i32.const 16)) (global.set $g (i32.const 5)) (global.set $g)",
    "(global.set $g (local.tee $l (i32.sub (global.get $g) (i32.const 16)))) (global.set $h (local.tee $l (i32.sub (global.get $h) (i32.const 16))))",
    "(global.set $g (i32.sub (global.get $g) (i32.const 16))) (global.set $g (i32.sub (global.get $g) (i32.const 16)))",
    // Between counters, before branches, in loops.
    "(local.set 0 (i32.add (local.get 0) (i32.const 1))) (global.set $g (i32.add (local.get 0) (i32.const 16))) (local.set 1 (i32.add (local.get 1) (i32.const 1)))",
    "(local.set 0 (i32.add (local.get 0) (i32.const 1))) (global.set $g (local.tee $l (i32.add (global.get $g) (i32.const 16)))) (local.set $l (i32.add (local.get $l) (i32.const 1)))",
    "(block (br_if 0 (local.tee $l (i32.sub (global.get $g) (i32.const 16)))) (global.set $g (local.get $l)))",
    "(global.set $g (local.tee $l (i32.sub (global.get $g) (i32.const 16)))) (block (br_if 0 (i32.lt_u (local.get $l) (local.get 0))) (local.set 1 (i32.const 77)))",
    "(loop $l (global.set $g (i32.add (global.get $g) (i32.const -1))) (br_if $l (i32.gt_s (global.get $g) (i32.const 990))))",
    "(loop $l (global.set $g (local.tee $l (i32.add (global.get $g) (i32.const -1)))) (br_if $l (i32.gt_s (local.get $l) (i32.const 990))))",
    "(global.set $g (select (i32.add (global.get $g) (i32.const 1)) (i32.const 9) (local.get 0)))",
    "(global.set $g (block (result i32) (i32.add (global.get $g) (i32.const 1))))",
    "(global.set $g (block (result i32) (br_if 0 (i32.add (global.get $g) (i32.const 1)) (local.get 0))))",
];

const BEHIND: &str = "(i32.store offset=256 (i32.const 0) (local.get 0)) (i32.store offset=260 (i32.const 0) (local.get 1))
    (i32.store offset=264 (i32.const 0) (local.get $k)) (i32.store offset=268 (i32.const 0) (local.get $l))
    (i32.store offset=272 (i32.const 0) (local.get $m)) (i32.store offset=276 (i32.const 0) (global.get $g))
    (i32.store offset=280 (i32.const 0) (global.get $h)) (i64.store offset=284 (i32.const 0) (global.get $w))
    (global.set $g (i32.const 1000)) (global.set $h (i32.const 0x80000000)) (global.set $w (i64.const 0xfffffffffffffffe))";

#[test]
fn sums_go_into_globals() {
    let mut text = String::from(
        "(module (memory (export \"memory\") 1)
           (global $before (mut i32) (i32.const 7)) (global $g (mut i32) (i32.const 1000)) (global $h (mut i32) (i32.const 0x80000000))
           (global $w (mut i64) (i64.const 0xfffffffffffffffe))
           (func $same (param i32) (result i32) (local.get 0))\n",
    );
    for body in BODIES {
        text += &format!(
            "(func (export \"{body}\") (param i32 i32) (local $k i32) (local $l i32) (local $m i32)
               (local.set $k (i32.const 0x11111111)) (local.set $m (i32.const 0x22222222)) {body} {BEHIND})\n"
        );
    }
    text.push(')');
    agree(&text, &all_calls(BODIES, &pairs(&[0, 3, -1, i32::MAX])));
}

#[test]
fn sums_go_into_globals_of_other_instances() {
    for machine in MACHINES {
        let engine = engine(machine);
        let mut store = Store::new(&engine, ());
        let mut linker = Linker::new(&engine);
        let owner = module(&engine, "(module (global (export \"sp\") (mut i32) (i32.const 1024)))").expect("the owner");
        let owner = linker.instantiate_and_start(&mut store, &owner).expect("an instance");
        linker.instance(&mut store, "owner", owner).expect("a name");
        let user = "(module (import \"owner\" \"sp\" (global $sp (mut i32))) (global $own (mut i32) (i32.const 5))
            (func (export \"down\") (result i32) (local i32)
              (global.set $sp (local.tee 0 (i32.sub (global.get $sp) (i32.const 16)))) (local.get 0))
            (func (export \"up\") (param i32) (global.set $sp (i32.add (local.get 0) (i32.const 16)))))";
        let user = module(&engine, user).expect("the user");
        let users = [(); 2].map(|()| linker.instantiate_and_start(&mut store, &user).expect("an instance"));
        let sp = owner.get_global(&store, "sp").expect("an export");
        for (user, expected) in users.into_iter().zip([1008, 992]) {
            let down = user.get_typed_func::<(), i32>(&store, "down").expect("an export");
            assert_eq!(down.call(&mut store, ()).expect("no trap"), expected);
            assert!(matches!(sp.get(&store), Val::I32(value) if value == expected), "{machine:?}");
        }
        let up = users[0].get_typed_func::<i32, ()>(&store, "up").expect("an export");
        up.call(&mut store, 1000).expect("no trap");
        assert!(matches!(sp.get(&store), Val::I32(1016)), "{machine:?}");
    }
}
