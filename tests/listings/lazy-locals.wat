;; local.get emits nothing: operands are read where they live. A pending read is copied only when its local changes before it is used.
(module
  (func $read_in_place (param i32 i32) (result i32) (i32.sub (local.get 0) (local.get 1)))
  (func $changed_before_use (param i32) (result i32)
    local.get 0
    (local.set 0 (i32.const 1))
    local.get 0
    i32.sub)
  (func $changed_after_use (param i32) (result i32)
    (i32.mul (local.get 0) (i32.const 3))
    (local.set 0 (i32.const 1)))
  (func $settled_before_a_block (param i32 i32) (result i32)
    local.get 0
    (if (local.get 1) (then (local.set 0 (i32.const 9)))))
  (func $set_to_itself (param i32) (local.set 0 (local.get 0))))
