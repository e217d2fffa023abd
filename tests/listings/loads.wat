;; Base and offset, base and index, and an absolute address are part of the load.
(module
  (memory 1)
  (func $offset (param i32) (result i32) (i32.load offset=8 (local.get 0)))
  (func $long_offset (param i32) (result i32) (i32.load offset=100000 (local.get 0)))
  (func $index (param i32 i32) (result i32) (i32.load8_u offset=4 (i32.add (local.get 0) (local.get 1))))
  (func $scaled_index (param i32 i32) (result i64)
    (i64.load (i32.add (local.get 0) (i32.shl (local.get 1) (i32.const 3)))))
  (func $absolute (result f64) (f64.load offset=1024 (i32.const 0)))
  (func $absolute_sum (result i32) (i32.load16_s offset=1024 (i32.const 24)))
  (func $chased (param i32) (result i32) (i32.load offset=4 (i32.load (local.get 0))))
  (func $added_constant_stays (param i32) (result i32) (i32.load (i32.add (local.get 0) (i32.const 16))))
  (func $f32 (param i32) (result f32) (f32.add (f32.load (local.get 0)) (f32.load offset=4 (local.get 0)))))
