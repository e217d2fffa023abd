;; Loops: a counted loop with its test at the top, one with its test at the bottom, and two nested ones.
(module
  (memory 1)
  (func $test_at_the_top (param i32) (result i32) (local i32)
    (block
      (loop
        (br_if 1 (i32.eqz (local.get 0)))
        (local.set 1 (i32.add (local.get 1) (local.get 0)))
        (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
        (br 0)))
    local.get 1)
  (func $sum_of_words (param $at i32) (param $end i32) (result i32) (local $sum i32)
    (loop
      (local.set $sum (i32.add (local.get $sum) (i32.load (local.get $at))))
      (br_if 0 (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 4))) (local.get $end))))
    local.get $sum)
  (func $nested (param i32 i32) (local i32 i32)
    (loop
      (local.set 3 (i32.const 0))
      (loop
        (br_if 0 (i32.lt_s (local.tee 3 (i32.add (local.get 3) (i32.const 1))) (local.get 1))))
      (br_if 0 (i32.lt_s (local.tee 2 (i32.add (local.get 2) (i32.const 1))) (local.get 0)))))
  (func $with_a_parameter (param i32) (result i32)
    local.get 0
    (loop (param i32) (result i32)
      i32.const 1
      i32.shr_u
      local.tee 0
      (br_if 0 (i32.gt_u (local.get 0) (i32.const 100))))))
