(module
  (import "host" "ask" (func $ask (param i32) (result i32)))
  (func (export "count") (param i32) (result i32)
    (loop (local.set 0 (i32.sub (local.get 0) (i32.const 1))) (br_if 0 (local.get 0)))
    (i32.const 7))
  (func (export "sum") (param i32) (result i32)
    (i32.add (call $ask (local.get 0)) (call $ask (i32.add (local.get 0) (i32.const 1)))))
  (func (export "fail") (param i32) (unreachable)))
