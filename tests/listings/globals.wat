;; Globals are read and written through the accumulator where a neighbour makes or takes the value.
(module
  (global $i (mut i32) (i32.const 0))
  (global $l (mut i64) (i64.const 0))
  (global $d (mut f64) (f64.const 0))
  (global $r (mut funcref) (ref.null func))
  (func $increment (global.set $i (i32.add (global.get $i) (i32.const 1))))
  (func $stack_pointer (result i32) (local i32)
    (global.set $i (local.tee 0 (i32.sub (global.get $i) (i32.const 16))))
    local.get 0)
  (func $i64 (param i64) (global.set $l (i64.mul (global.get $l) (local.get 0))))
  (func $f64 (param f64) (global.set $d (f64.add (global.get $d) (local.get 0))))
  (func $reference (global.set $r (ref.func $reference)))
  (func $constant (global.set $i (i32.const 1024)))
  (elem declare func $reference))

;; func 0 $increment
;;   0000 function #24, #16, #0, #0
;;   0009 global.add.32 s4, #1, global 0
;;   0014 return link s0
;; func 1 $stack_pointer
;;   0000 function #32, #20, #4, #0
;;   0009 global.add.32 s5, #-16, global 0
;;   0014 return.i32 acc, link s1
;; func 2 $i64
;;   0000 function #40, #24, #0, #0
;;   0009 global.get.64 acc, global 1
;;   0012 i64.mul acc, acc, s0
;;   0014 global.set.64 acc, global 1
;;   0017 return link s2
;; func 3 $f64
;;   0000 function #40, #24, #0, #0
;;   0009 global.get.64 s6, global 2
;;   0013 f64.add s6, s6, s0
;;   0017 global.set.64 s6, global 2
;;   0021 return link s2
;; func 4 $reference
;;   0000 function #20, #16, #0, #0
;;   0009 ref.func s4, func 4
;;   0013 global.set.32 s4, global 3
;;   0017 return link s0
;; func 5 $constant
;;   0000 function #20, #16, #0, #0
;;   0009 const.32 s4, #1024
;;   0012 global.set.32 s4, global 0
;;   0016 return link s0
