;; Calls between host and guest: `run` calls a host function n times, `next` is what the host calls.
(module
  (import "host" "next" (func $host (param i32) (result i32)))
  (func (export "next") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
  (func (export "run") (param $n i32) (result i64)
    (local $x i32)
    (block $done
      (br_if $done (i32.le_s (local.get $n) (i32.const 0)))
      (loop $again
        (local.set $x (call $host (local.get $x)))
        (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
    (i64.extend_i32_u (local.get $x))))
