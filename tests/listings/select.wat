;; The condition of select may be in the accumulator. Selection is by width: floats and references are their bits.
(module
  (func $locals (param i32 i32 i32) (result i32) (select (local.get 0) (local.get 1) (local.get 2)))
  (func $minimum (param i32 i32) (result i32)
    (select (local.get 0) (local.get 1) (i32.lt_s (local.get 0) (local.get 1))))
  (func $constants (param i32) (result i32) (select (i32.const 1) (i32.const -1) (local.get 0)))
  (func $floats (param f64 f64 i32) (result f64) (select (local.get 0) (local.get 1) (local.get 2)))
  (func $computed (param i32 i32) (result i32)
    (select (i32.add (local.get 0) (i32.const 1)) (local.get 0) (i32.eq (local.get 0) (local.get 1))))
  (func $nested (param i32) (result i32)
    (select (select (i32.const 0) (i32.const 1) (local.get 0)) (i32.const 2) (i32.const 3)))
  (func $references (param externref externref i32) (result externref)
    (select (result externref) (local.get 0) (local.get 1) (local.get 2))))
