;; What is instantiated: one page of memory with some data, a table with two functions, a global.
(module
  (type $next (func (param i32) (result i32)))
  (memory (export "memory") 1)
  (table 4 funcref)
  (global $sum (mut i64) (i64.const 0))
  (elem (i32.const 0) $next $twice)
  (data (i32.const 1024) "a page of memory, with a little in it")
  (func $next (export "next") (type $next) (i32.add (local.get 0) (i32.const 1)))
  (func $twice (type $next) (i32.mul (local.get 0) (i32.const 2)))
  (func (export "run") (param $n i32) (result i64)
    (global.set $sum (i64.add (global.get $sum)
      (i64.extend_i32_s (call_indirect (type $next) (local.get $n) (i32.and (local.get $n) (i32.const 1))))))
    (global.get $sum)))
