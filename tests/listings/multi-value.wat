;; Several results lie side by side from the frame's start; a block's from its base.
(module
  (func $swap (param i32 i32) (result i32 i32) (local.get 1) (local.get 0))
  (func $mixed (param i32 i64) (result i64 f32 i32) (local.get 1) (f32.const 1) (local.get 0))
  (func $call (param i32 i32) (result i32) (call $swap (local.get 0) (local.get 1)) (i32.sub))
  (func $block (param i32) (result i32)
    (block (result i32 i32) (i32.const 1) (local.get 0))
    i32.add)
  (func $loop_with_parameters (param i32) (result i32)
    i32.const 0
    local.get 0
    (loop (param i32 i32) (result i32)
      local.set 0
      local.get 0
      i32.add
      (local.get 0)
      (i32.const -1)
      i32.add
      local.tee 0
      (br_if 0 (local.get 0))
      drop)))
