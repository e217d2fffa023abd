;; A callee's frame starts at the caller's outgoing arguments: what is there already is not copied. One result is in the accumulator, too.
(module
  (import "host" "f" (func $host (param i32) (result i32)))
  (func $leaf (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
  (func $arguments (param i32) (result i32) (call $leaf (local.get 0) (i32.const 1)))
  (func $computed_argument (param i32) (result i32)
    (call $leaf (i32.mul (local.get 0) (local.get 0)) (local.get 0)))
  (func $result_used (param i32) (result i32)
    (i32.add (call $leaf (local.get 0) (local.get 0)) (i32.const 1)))
  (func $nested (param i32) (result i32)
    (call $leaf (call $leaf (local.get 0) (i32.const 1)) (call $leaf (local.get 0) (i32.const 2))))
  (func $import (param i32) (result i32) (call $host (local.get 0)))
  (func $fib (param i32) (result i32)
    (if (result i32) (i32.lt_u (local.get 0) (i32.const 2))
      (then (local.get 0))
      (else (i32.add
        (call $fib (i32.sub (local.get 0) (i32.const 1)))
        (call $fib (i32.sub (local.get 0) (i32.const 2)))))))
  (func $nothing (call $nothing)))

;; func 1 $leaf
;;   0000 function #32, #24, #0, #0
;;   0009 i32.add acc, s0, s1
;;   0012 return.i32 acc, link s2
;; func 2 $arguments
;;   0000 function #28, #20, #0, #0
;;   0009 const.32 s6, #1
;;   0012 copy.32 s5, s0
;;   0015 call frame s5, func 0
;;   0019 return.i32 acc, link s1
;; func 3 $computed_argument
;;   0000 function #28, #20, #0, #0
;;   0009 i32.mul s5, s0, s0
;;   0013 copy.32 s6, s0
;;   0016 call frame s5, func 0
;;   0020 return.i32 acc, link s1
;; func 4 $result_used
;;   0000 function #28, #20, #0, #0
;;   0009 copy.32.32 s6, s0, s5, s0
;;   0014 call frame s5, func 0
;;   0018 i32.add acc, acc, #1
;;   0020 return.i32 acc, link s1
;; func 5 $nested
;;   0000 function #32, #20, #0, #0
;;   0009 const.32 s6, #1
;;   0012 copy.32 s5, s0
;;   0015 call frame s5, func 0
;;   0019 const.32 s7, #2
;;   0022 copy.32 s6, s0
;;   0025 call frame s6, func 0
;;   0029 call frame s5, func 0
;;   0033 return.i32 acc, link s1
;; func 6 $import
;;   0000 function #24, #20, #0, #0
;;   0009 copy.32 s5, s0
;;   0012 call.import frame s5, func 0
;;   0016 return.i32 acc, link s1
;; func 7 $fib
;;   0000 function #32, #20, #0, #0
;;   0009 br_if.i32.ge_u s0, #2, -> 0018
;;   0013 copy.32 s5, s0
;;   0016 br -> 0037
;;   0018 i32.add s5, s0, #-1
;;   0022 call frame s5, func 6
;;   0026 i32.add s6, s0, #-2
;;   0030 call frame s6, func 6
;;   0034 i32.add s5, acc, s5
;;   0037 return.i32 s5, link s1
;; func 8 $nothing
;;   0000 function #16, #16, #0, #0
;;   0009 call frame s4, func 7
;;   0013 return link s0
