(module
  (type $unary (func (param i32) (result i32)))
  (table (export "table") 2 10 funcref)
  (elem (i32.const 1) $same)
  (func (export "call") (param i32 i32) (result i32) (call_indirect (type $unary) (local.get 0) (local.get 1)))
  (func $same (export "same") (param i32) (result i32) (local.get 0))
  (memory (export "memory") 1))
