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
