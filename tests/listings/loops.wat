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

;; func 0 $test_at_the_top
;;   0000 function #32, #20, #4, #0
;;   0009 br_if.i32.eq s0, #0, -> 0022
;;   0013 i32.add s5, s5, s0
;;   0017 i32.add.br s0, s0, #-1, -> 0009
;;   0022 return.i32 s5, link s1
;; func 1 $sum_of_words
;;   0000 function #36, #24, #4, #0
;;   0009 i32.load acc, s0, +0
;;   0012 i32.add s6, acc, s6
;;   0015 step.i32.lt_u s0, #4, s1, -> 0009
;;   0020 return.i32 s6, link s2
;; func 2 $nested
;;   0000 function #40, #24, #8, #0
;;   0009 const.32 s7, #0
;;   0012 step.i32.lt_s s7, #1, s1, -> 0012
;;   0017 step.i32.lt_s s6, #1, s0, -> 0009
;;   0022 return link s2
;; func 3 $with_a_parameter
;;   0000 function #32, #20, #0, #0
;;   0009 copy.32 s5, s0
;;   0012 i32.shr_u s0, s5, #1
;;   0016 br_if.i32.le_u acc, #100, -> 0024
;;   0019 copy.32 s5, s0
;;   0022 br -> 0012
;;   0024 copy.32 s5, s0
;;   0027 return.i32 s5, link s1
