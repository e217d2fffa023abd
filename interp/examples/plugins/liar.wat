;; Makes an offer that lies half outside of its memory.
(module
  (import "desk" "offer" (func $offer (param i32)))
  (memory (export "memory") 1 1)
  (func (export "room") (param $bytes i32) (result i32) (i32.const 1024))
  (func $cheat (param $at i32) (call $offer (local.get $at)))
  (func $consider (export "consider") (param $order i32) (call $cheat (i32.const 65530))))
