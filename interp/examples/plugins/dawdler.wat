;; Computes nothing, and takes for ever: it waits in a function of the host, which costs no fuel to speak of.
(module
  (import "desk" "wait" (func $wait (param i32)))
  (memory (export "memory") 1)
  (func (export "room") (param $bytes i32) (result i32) (i32.const 1024))
  (func $dawdle (loop $again (call $wait (i32.const 5)) (br $again)))
  (func $consider (export "consider") (param $order i32) (call $dawdle)))
