;; Wants all memory there is.
(module
  (memory (export "memory") 1)
  (func (export "room") (param $bytes i32) (result i32) (i32.const 1024))
  (func $hoard
    (loop $more
      (br_if $more (i32.ne (memory.grow (i32.const 16)) (i32.const -1))))
    unreachable)
  (func $consider (export "consider") (param $order i32) (call $hoard)))
