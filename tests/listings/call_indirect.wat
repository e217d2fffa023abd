;; The index stays in its slot; type and table go by the module's own numbers.
(module
  (type $unary (func (param i32) (result i32)))
  (table $first 4 funcref)
  (table $second 4 funcref)
  (func $call (param i32 i32) (result i32)
    (call_indirect (type $unary) (local.get 1) (local.get 0)))
  (func $second (param i32) (result i32)
    (call_indirect $second (type $unary) (i32.const 5) (i32.and (local.get 0) (i32.const 3))))
  (func $tail (param i32 i32) (result i32)
    (return_call_indirect (type $unary) (local.get 1) (local.get 0))))
