;; A tail call moves its arguments to the frame's start and reuses the frame.
(module
  (import "host" "f" (func $host (param i32) (result i32)))
  (func $count (param i32 i32) (result i32)
    (if (result i32) (local.get 0)
      (then (return_call $count (i32.sub (local.get 0) (i32.const 1)) (i32.add (local.get 1) (i32.const 1))))
      (else (local.get 1))))
  (func $to_import (param i32) (result i32) (return_call $host (local.get 0)))
  (func $more_arguments (param i32) (result i32) (return_call $count (local.get 0) (i32.const 0))))
