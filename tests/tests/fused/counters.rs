//! Counters in a row, before branches, at the heads and ends of loops; steps by constants and by slots.

use super::{agree, agree_metered, all_calls, pairs};

/// Bodies over parameters 0 and 1, and locals `$i $j $k`, `$n` (a limit of 9) and `$m` (0). They end.
const BODIES: &[&str] = &[
    // Two sums in a row: of each other's results, to the same local, from elsewhere.
    "(local.set $i (i32.add (local.get $i) (i32.const 3))) (local.set $j (i32.add (local.get $j) (i32.const 5)))",
    "(local.set $i (i32.add (local.get $i) (i32.const 3))) (local.set $j (i32.add (local.get $i) (i32.const 5)))",
    "(local.set $i (i32.add (local.get $i) (i32.const 3))) (local.set $i (i32.add (local.get $i) (i32.const 5)))",
    "(local.set $i (i32.add (local.get $j) (i32.const 3))) (local.set $j (i32.add (local.get $i) (i32.const 5)))",
    "(local.set $i (i32.add (local.get $j) (i32.const 3))) (local.set $i (i32.add (local.get $j) (i32.const 5)))",
    "(local.set $i (i32.add (local.get 0) (i32.const 3))) (local.set $j (i32.add (local.get 0) (i32.const 5))) (local.set $k (i32.add (local.get $j) (i32.const 7)))",
    "(local.set $i (i32.add (local.get 0) (i32.const 3))) (local.set $j (i32.add (local.get 0) (i32.const 5))) (local.set $k (i32.mul (local.get $j) (local.get $i)))",
    "(local.set $i (i32.add (local.get 0) (i32.const 3))) (local.set $j (i32.mul (local.get $i) (local.get $i)))",
    "(local.set $i (i32.add (local.get 0) (i32.const 3))) (local.set $j (i32.add (local.get $i) (local.get $i)))",
    "(local.set $k (i32.mul (i32.add (local.get 0) (i32.const 3)) (i32.add (local.get 1) (i32.const 5))))",
    "(local.set $k (i32.sub (i32.add (local.get 0) (i32.const 3)) (local.tee $i (i32.add (local.get 1) (i32.const 5)))))",
    "(local.set $k (i32.sub (local.tee $i (i32.add (local.get 0) (i32.const 3))) (local.tee $i (i32.add (local.get $i) (i32.const 5)))))",
    "(local.get $i) (local.set $i (i32.add (local.get $i) (i32.const 3))) (local.get $j) (local.set $j (i32.add (local.get $j) (i32.const 5))) (local.set $i) (local.set $k)",
    "(local.get $i) (local.set $i (i32.add (local.get $i) (i32.const 3))) (local.set $j (i32.add (local.get $j) (i32.const 5))) (local.set $j)",
    "(local.set $i (i32.add (local.get $i) (i32.const 32767))) (local.set $j (i32.add (local.get $j) (i32.const -32768)))",
    "(local.set $i (i32.add (local.get $i) (i32.const 32768))) (local.set $j (i32.add (local.get $j) (i32.const -32769)))",
    "(local.set $i (i32.add (local.get $i) (i32.const 1))) (block (local.set $j (i32.add (local.get $j) (i32.const 2))))",
    "(local.set $i (i32.add (local.get $i) (i32.const 1))) (block (br_if 0 (local.get 0)) (local.set $j (i32.add (local.get $j) (i32.const 2)))) (local.set $k (i32.add (local.get $k) (i32.const 3)))",
    "(if (local.get 0) (then (local.set $i (i32.add (local.get $i) (i32.const 1)))) (else (local.set $i (i32.add (local.get $i) (i32.const 2))))) (local.set $j (i32.add (local.get $j) (i32.const 3)))",
    // A counter, then a step ahead: of another local, of the same, with the one as the other's limit.
    "(block (local.set $i (i32.add (local.get $i) (i32.const 1))) (br_if 0 (i32.lt_s (local.tee $j (i32.add (local.get $j) (i32.const 2))) (local.get $n))) (local.set $k (i32.const 1)))",
    "(block (local.set $i (i32.add (local.get $i) (i32.const 1))) (br_if 0 (i32.lt_s (local.tee $j (i32.add (local.get $j) (i32.const 2))) (local.get $i))) (local.set $k (i32.const 1)))",
    "(block (local.set $i (i32.add (local.get $i) (i32.const 1))) (br_if 0 (i32.ge_u (local.tee $i (i32.add (local.get $i) (i32.const 2))) (local.get $n))) (local.set $k (i32.const 1)))",
    "(block (local.set $i (i32.add (local.get $i) (i32.const 1))) (br_if 0 (i32.ge_u (local.tee $i (i32.add (local.get $i) (i32.const 2))) (local.get $i))) (local.set $k (i32.const 1)))",
    "(block (local.set $i (i32.add (local.get $j) (i32.const 1))) (br_if 0 (i32.ge_u (local.tee $i (i32.add (local.get $i) (i32.const 2))) (local.get 0))) (local.set $k (i32.const 1)))",
    "(block (local.set $i (i32.add (local.get $i) (i32.const 1))) (br_if 0 (i32.ne (local.tee $j (i32.add (local.get $j) (i32.const 2))) (i32.const 6))) (local.set $k (i32.const 1)))",
    "(block (local.set $i (i32.add (local.get $i) (i32.const 1))) (br_if 0 (local.tee $j (i32.add (local.get $j) (i32.const -4)))) (local.set $k (i32.const 1)))",
    "(block (local.set $i (i32.add (local.get $i) (i32.const 1))) (br_if 0 (i32.eqz (local.tee $j (i32.add (local.get $j) (i32.const -4))))) (local.set $k (i32.const 1)))",
    "(block (local.set $i (i32.add (local.get $i) (i32.const 1))) (br_if 0 (i32.lt_s (local.tee $j (i32.add (local.get $j) (i32.const 2))) (i32.const 70000))) (local.set $k (i32.const 1)))",
    // Steps by a slot: of itself, limited by the step, by itself.
    "(block (br_if 0 (i32.lt_s (local.tee $j (i32.add (local.get $j) (local.get 0))) (local.get 1))) (local.set $k (i32.const 1)))",
    "(block (br_if 0 (i32.lt_s (local.tee $j (i32.add (local.get 0) (local.get $j))) (local.get 1))) (local.set $k (i32.const 1)))",
    "(block (br_if 0 (i32.lt_s (local.tee $j (i32.add (local.get $j) (local.get $j))) (local.get 1))) (local.set $k (i32.const 1)))",
    "(block (br_if 0 (i32.lt_s (local.tee $j (i32.add (local.get $j) (local.get 0))) (local.get 0))) (local.set $k (i32.const 1)))",
    "(block (br_if 0 (i32.gt_u (local.tee $j (i32.add (local.get $j) (local.get 0))) (local.get $j))) (local.set $k (i32.const 1)))",
    "(block (br_if 0 (i32.ge_u (local.tee $j (i32.add (local.get $j) (local.get $j))) (local.get $j))) (local.set $k (i32.const 1)))",
    "(block (br_if 0 (i32.lt_u (local.get 0) (local.tee $j (i32.add (local.get $j) (local.get 0))))) (local.set $k (i32.const 1)))",
    "(block (br_if 0 (i32.lt_u (local.get $j) (local.tee $j (i32.add (local.get $j) (local.get 0))))) (local.set $k (i32.const 1)))",
    "(block (br_if 0 (i32.lt_s (local.tee $j (i32.add (local.get 0) (local.get 1))) (local.get $j))) (local.set $k (i32.const 1)))",
    "(block (br_if 0 (i32.lt_s (local.tee $j (i32.sub (local.get $j) (local.get 0))) (local.get 1))) (local.set $k (i32.const 1)))",
    "(block (br_if 0 (i32.ne (local.tee $j (i32.add (local.get $j) (local.get 0))) (i32.const 5))) (local.set $k (i32.const 1)))",
    "(block (br_if 0 (local.tee $j (i32.add (local.get $j) (local.get 0)))) (local.set $k (i32.const 1)))",
    "(block (local.set $i (i32.add (local.get $i) (i32.const 1))) (br_if 0 (i32.lt_s (local.tee $j (i32.add (local.get $j) (local.get $i))) (local.get $n))) (local.set $k (i32.const 1)))",
    "(loop $l (br_if $l (i32.lt_s (local.tee $i (i32.add (local.get $i) (local.get $n))) (i32.const 100))))",
    "(loop $l (local.set $k (i32.add (local.get $k) (i32.const 2))) (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (local.get $n))) (i32.const 100))))",
    "(loop $l (local.set $k (i32.add (local.get $k) (i32.const 2))) (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))",
    "(loop $l (local.set $k (i32.add (local.get $k) (i32.const 2))) (br_if $l (i32.gt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $k))) (br_if $l (i32.lt_u (local.get $k) (i32.const 40))))",
    // A counter, then a branch: ahead, back, out of arms.
    "(block (local.set $i (i32.add (local.get $i) (i32.const 1))) (br 0))",
    "(block (local.set $i (i32.add (local.get $j) (i32.const 1))) (br 0))",
    "(block (local.set $i (i32.add (local.get $i) (i32.const 1))) (local.set $j (i32.add (local.get $j) (i32.const 1))) (br 0))",
    "(local.set $w (block (result i64) (local.set $i (i32.add (local.get $i) (i32.const 1))) (br 0 (i64.extend_i32_u (local.get $i)))))",
    "(local.set $k (block (result i32) (local.set $i (i32.add (local.get $i) (i32.const 1))) (br 0 (local.get $i))))",
    "(local.set $k (block (result i32) (br 0 (i32.add (local.get $i) (i32.const 1)))))",
    "(local.set $k (block (result i32) (br 0 (local.tee $i (i32.add (local.get $i) (i32.const 1))))))",
    "(if (local.get 0) (then (local.set $i (i32.add (local.get $i) (i32.const 1)))) (else (local.set $i (i32.const 8))))",
    "(local.set $k (if (result i32) (local.get 0) (then (i32.add (local.get $i) (i32.const 1))) (else (i32.add (local.get $i) (i32.const 2)))))",
    "(block (loop $l (br_if 1 (i32.gt_u (local.get $i) (local.get $n))) (local.set $i (i32.add (local.get $i) (i32.const 1))) (br $l)))",
    "(block (loop $l (br_if 1 (i32.gt_u (local.get $i) (local.get $n))) (local.set $j (i32.add (local.get $j) (i32.const 2))) (local.set $i (i32.add (local.get $i) (i32.const 1))) (br $l)))",
    // The head of a loop is a counter.
    "(block (loop $l (local.set $i (i32.add (local.get $i) (i32.const 1))) (br_if 1 (i32.gt_u (local.get $i) (local.get $n))) (br $l)))",
    "(block (loop $l (local.set $i (i32.add (local.get $i) (i32.const 1))) (local.set $k (i32.mul (local.get $i) (local.get $i))) (br_if 1 (i32.gt_u (local.get $i) (local.get $n))) (br $l)))",
    "(block (loop $l (local.set $i (i32.add (local.get $i) (i32.const 1))) (br_if 1 (i32.gt_u (local.get $j) (local.get $n))) (local.set $j (i32.add (local.get $j) (i32.const 1))) (br $l)))",
    "(block (loop $l (local.set $i (i32.add (local.get $i) (i32.const 1))) (local.set $j (i32.add (local.get $j) (i32.const 1))) (br_if 1 (i32.gt_u (local.get $j) (local.get $n))) (br $l)))",
    "(block (loop $l (local.set $i (i32.add (local.get $j) (i32.const 1))) (br_if 1 (i32.gt_u (local.get $j) (local.get $n))) (local.set $j (i32.add (local.get $i) (i32.const 1))) (br $l)))",
    "(block (loop $l (local.set $i (i32.add (local.get $i) (i32.const 70000))) (br_if 1 (i32.gt_u (local.get $i) (i32.const 500000))) (br $l)))",
    "(block (loop $l (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))) (br_if 1 (i32.gt_u (local.get $i) (i32.const 30))) (br $l)))",
    "(block (loop $l (local.set $i (i32.add (local.get $i) (i32.const 1))) (br_if $l (i32.and (local.get $i) (i32.const 3))) (br_if 1 (i32.gt_u (local.get $i) (i32.const 30))) (br $l)))",
    "(block (loop $l (local.set $i (i32.add (local.get $i) (i32.const 1))) (local.set $k (i32.xor (local.get $k) (local.get $i))) (br_if $l (i32.and (local.get $i) (i32.const 3))) (br_if 1 (i32.gt_u (local.get $i) (i32.const 30))) (br $l)))",
    "(block $out (loop $l (local.set $i (i32.add (local.get $i) (i32.const 1))) (local.set $k (i32.xor (local.get $k) (i32.shl (local.get $i) (local.get 0)))) \
       (block $a (block $b (br_table $l $a $l $b $out (i32.and (local.get $i) (i32.const 7)))) (local.set $j (i32.add (local.get $j) (i32.const 1))) (br $l)) (local.set $j (i32.add (local.get $j) (i32.const 16))) (br $l)))",
    "(block $out (loop $l (local.set $i (i32.add (local.get $i) (i32.const 1))) (br_if $out (i32.gt_u (local.get $i) (i32.const 30))) \
       (if (i32.and (local.get $i) (i32.const 1)) (then (local.set $j (i32.add (local.get $j) (i32.const 1))) (br $l)) (else (local.set $k (i32.add (local.get $k) (i32.const 1))) (br $l)))))",
    "(block $out (loop $o (local.set $j (i32.add (local.get $j) (i32.const 1))) (local.set $i (i32.const 0)) (br_if $out (i32.gt_u (local.get $j) (local.get $n))) \
       (loop $l (local.set $i (i32.add (local.get $i) (i32.const 1))) (local.set $k (i32.add (local.get $k) (local.get $j))) (br_if $o (i32.gt_u (local.get $i) (local.get $n))) (br $l))))",
    "(block $out (loop $o (loop $l (local.set $i (i32.add (local.get $i) (i32.const 1))) (br_if $out (i32.gt_u (local.get $i) (i32.const 50))) (br_if $l (i32.and (local.get $i) (i32.const 1))) (local.set $k (i32.add (local.get $k) (i32.const 3))) (br $o))))",
    "(i32.const 5) (loop $l (param i32) (local.set $i) (local.set $i (i32.add (local.get $i) (i32.const 1))) (br_if 1 (i32.gt_u (local.get $i) (i32.const 50))) (br $l (local.get $i)))",
    "(i32.const 5) (loop $l (param i32) (local.set $i (i32.add (i32.const 1))) (br_if 1 (i32.gt_u (local.get $i) (i32.const 50))) (br $l (local.get $i)))",
    "(i32.const 5) (loop $l (param i32) (local.tee $k (i32.add (i32.const 1))) (local.set $j) (br_if 1 (i32.gt_u (local.get $j) (i32.const 50))) (br $l (local.get $j)))",
    "(i32.const 5) (i32.const 6) (loop $l (param i32 i32) (local.set $i (i32.add (i32.const 1))) (local.set $j (i32.add (i32.const 2))) (br_if 1 (i32.gt_u (local.get $i) (i32.const 50))) (br $l (local.get $j) (local.get $i)))",
    "(i32.const 5) (i32.const 6) (loop $l (param i32 i32) (local.set $i (i32.add)) (br_if 1 (i32.gt_u (local.get $i) (i32.const 50))) (br $l (local.get $i) (i32.add (local.get $i) (i32.const 1))))",
    // The sum at the head is read from the accumulator behind it.
    "(block (loop $l (local.set $k (i32.mul (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $i))) (br_if 1 (i32.gt_u (local.get $i) (local.get $n))) (br $l)))",
    "(block (loop $l (i32.store8 offset=64 (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $i)) (br_if 1 (i32.gt_u (local.get $i) (local.get $n))) (br $l)))",
    "(block (loop $l (local.set $k (i32.mul (local.get $k) (i32.add (local.get $i) (i32.const 1)))) (local.set $i (i32.add (local.get $i) (i32.const 1))) (br_if 1 (i32.gt_u (local.get $i) (local.get $n))) (br $l)))",
    "(block (loop $l (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $j) (local.set $j (i32.add (local.get $j) (i32.const 5))) (local.set $k (i32.sub)) (br_if 1 (i32.gt_u (local.get $i) (local.get $n))) (br $l)))",
    "(block (loop $l (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.set $k (select (i32.const 70000) (i32.const 70001) (i32.and (i32.const 1)))) (br_if 1 (i32.gt_u (local.get $i) (local.get $n))) (br $l)))",
];

const BEHIND: &str =
    "(i32.store offset=256 (i32.const 0) (local.get 0)) (i32.store offset=260 (i32.const 0) (local.get 1))
    (i32.store offset=264 (i32.const 0) (local.get $i)) (i32.store offset=268 (i32.const 0) (local.get $j))
    (i32.store offset=272 (i32.const 0) (local.get $k)) (i32.store offset=276 (i32.const 0) (local.get $n))
    (i64.store offset=280 (i32.const 0) (local.get $w))";

const LOCALS: &str = "(local $i i32) (local $j i32) (local $k i32) (local $n i32) (local $w i64)";

fn sheet(bodies: &[&str], before: &str) -> String {
    let mut text = String::from("(module (memory (export \"memory\") 1)\n");
    for body in bodies {
        text += &format!(
            "(func (export \"{body}\") (param i32 i32) {LOCALS}
               (local.set $j (i32.const 4)) (local.set $n (i32.const 9)) (block {before} {body}) {BEHIND})\n"
        );
    }
    text + ")"
}

#[test]
fn counters_count_before_branches_and_each_other() {
    agree(&sheet(BODIES, ""), &all_calls(BODIES, &pairs(&[0, 1, 5, -4, i32::MIN])));
}

#[test]
fn counters_count_where_branches_are_far() {
    // The bodies lie between two stretches that no near branch crosses; a branch ahead goes over the second, one back over the first.
    let filler = "(local.set $w (i64.const 0x123456789abcdef))".repeat(5_600);
    let loops: Vec<&str> = BODIES.iter().copied().filter(|body| body.contains("(loop")).step_by(2).collect();
    for part in loops.chunks(5) {
        let far: Vec<String> = part
            .iter()
            .map(|body| {
                let skip = format!("(if (i32.eq (local.get 0) (i32.const 5)) (then {filler}))");
                format!(
                    "(block $far (block $near (br_if $near (local.get 1)) (local.set 1 (i32.add (local.get 1) (i32.const 1))) (br $far)) {skip})
                     (loop $again (local.set $k (i32.add (local.get $k) (i32.const 1))) (br_if 0 (i32.lt_u (local.get $k) (i32.const 3))) (block {body})
                       (local.set $m (i32.add (local.get $m) (i32.const 1))) {skip}
                       (block $end (br_if $end (i32.gt_u (local.get $m) (i32.const 2))) (br $again)))"
                )
            })
            .collect();
        let names: Vec<String> = (0..far.len()).map(|n| n.to_string()).collect();
        let mut text = String::from("(module (memory (export \"memory\") 1)\n");
        for (name, body) in names.iter().zip(&far) {
            text += &format!(
                "(func (export \"{name}\") (param i32 i32) {LOCALS} (local $m i32)
                   (local.set $j (i32.const 4)) (local.set $n (i32.const 9)) (block {body}) {BEHIND})\n"
            );
        }
        text.push(')');
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        agree(&text, &all_calls(&names, &pairs(&[0, 5])));
    }
}

/// Loops that only the end of the fuel ends.
const ENDLESS: &[&str] = &[
    "(loop $l (local.set $i (i32.add (local.get $i) (i32.const 1))) (br $l))",
    "(loop $l (local.set $i (i32.add (local.get $j) (i32.const 1))) (br $l))",
    "(loop $l (local.set $i (i32.add (local.get $i) (i32.const 1))) (local.set $j (i32.add (local.get $j) (i32.const 1))) (br $l))",
    "(loop $l (local.set $i (i32.add (local.get $i) (i32.const 1))) (i32.store (i32.const 0) (local.get $i)) (br $l))",
    "(loop $l (loop $m (local.set $i (i32.add (local.get $i) (i32.const 1))) (br_if $m (i32.and (local.get $i) (i32.const 7)))) (i32.store (i32.const 0) (local.get $i)) (br $l))",
    "(loop $l (local.set $i (i32.add (local.get $i) (i32.const 1))) (i32.store (i32.const 0) (local.get $i)) (loop $m (local.set $j (i32.add (local.get $j) (i32.const 1))) (br_if $l (i32.and (local.get $j) (i32.const 7))) (br $m)))",
    "(loop $l (br_if $l (i32.ge_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 0))))",
    "(loop $l (local.set $j (i32.add (local.get $j) (i32.const 1))) (br_if $l (i32.ge_u (local.tee $i (i32.add (local.get $i) (local.get 0))) (i32.const 0))))",
    "(loop $l (br_table $l $l (local.tee $i (i32.add (local.get $i) (i32.const 1)))))",
];

#[test]
fn endless_counters_end_with_the_fuel() {
    agree_metered(&sheet(ENDLESS, ""), &all_calls(ENDLESS, &pairs(&[0, 1])));
}
