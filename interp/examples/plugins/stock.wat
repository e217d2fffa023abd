;; Ten percent off of what lies about in the store. Well-behaved.
(module
  (import "desk" "stock" (func $stock (param i32 i32) (result i32)))
  (import "desk" "offer" (func $offer (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "clearance")
  (data (i32.const 32) "\00\00\20\41\10\00\00\00\09\00\00\00")

  (func (export "room") (param $bytes i32) (result i32) (i32.const 1024))
  (func $consider (export "consider") (param $order i32)
    (if (i32.gt_u (call $stock (i32.load (local.get $order)) (i32.load offset=4 (local.get $order))) (i32.const 1000))
      (then (call $offer (i32.const 32))))))
