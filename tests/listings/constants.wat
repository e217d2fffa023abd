;; A constant costs an instruction only where it has to be in a slot; a float's bits are copied as an integer's.
(module
  (func $returned (result i32) (i32.const 42))
  (func $set (result i32) (local i32) (local.set 0 (i32.const 70000)) (local.get 0))
  (func $float (param f64) (result f64) (f64.mul (local.get 0) (f64.const 0.5)))
  (func $float_zero (result f32) (f32.const 0))
  (func $dropped (drop (i32.const 1)))
  (func $null (result funcref) (ref.null func)))
