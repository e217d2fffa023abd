;; Computes for ever.
(module
  (memory (export "memory") 1)
  (func (export "room") (param $bytes i32) (result i32) (i32.const 1024))
  (func $spin (loop $again (br $again)))
  (func $consider (export "consider") (param $order i32) (call $spin)))
