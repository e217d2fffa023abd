;; Five percent off from a hundred pieces on. Well-behaved.
(module
  (import "desk" "log" (func $log (param i32 i32)))
  (import "desk" "offer" (func $offer (param i32)))
  (memory (export "memory") 1 4)
  (data (i32.const 16) "many pieces")
  ;; struct offer { float percent; char *reason; size_t len; }
  (data (i32.const 32) "\00\00\a0\40\10\00\00\00\0b\00\00\00")

  (func (export "room") (param $bytes i32) (result i32) (i32.const 1024))
  (func $consider (export "consider") (param $order i32)
    ;; The article's name is the host's string, in the order.
    (call $log (i32.load (local.get $order)) (i32.load offset=4 (local.get $order)))
    (if (i32.ge_u (i32.load offset=8 (local.get $order)) (i32.const 100))
      (then (call $offer (i32.const 32))))))
