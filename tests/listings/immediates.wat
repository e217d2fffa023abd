;; Constants are part of the instruction: 16 bits signed, else 32 bits. Beyond that they go through a slot.
(module
  (func $small (param i32) (result i32) (i32.add (local.get 0) (i32.const -5)))
  (func $wide (param i32) (result i32) (i32.mul (local.get 0) (i32.const 1000003)))
  (func $commuted (param i32) (result i32) (i32.and (i32.const 255) (local.get 0)))
  (func $subtraction_is_addition (param i32) (result i32) (i32.sub (local.get 0) (i32.const 7)))
  (func $constant_first (param i32) (result i32) (i32.sub (i32.const 7) (local.get 0)))
  (func $shift_counts_are_reduced (param i32) (result i32) (i32.shl (local.get 0) (i32.const 35)))
  (func $i64 (param i64) (result i64) (i64.add (local.get 0) (i64.const 100000)))
  (func $too_wide (param i64) (result i64) (i64.xor (local.get 0) (i64.const 0x123456789abcdef0)))
  (func $division (param i32) (result i32) (i32.div_u (local.get 0) (i32.const 10))))
