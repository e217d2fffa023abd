(module
  (import "env" "f" (func (param i64 externref) (result f32)))
  (import "env" "gü" (global i32))
  (func (export "func") (result i32) (i32.const 1))
  (table (export "table") 3 funcref)
  (memory (export "memory") 1)
  (global (export "global") f64 (f64.const 0)))
