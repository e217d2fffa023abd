;; A result that the very next instruction uses travels in the accumulator; it goes to its slot only if there is no such form.
(module
  (func $chain (param i32 i32 i32) (result i32)
    (i32.xor (i32.shl (i32.add (local.get 0) (local.get 1)) (i32.const 3)) (local.get 2)))
  (func $second_operand (param i32 i32 i32) (result i32)
    (i32.sub (local.get 0) (i32.and (local.get 1) (local.get 2))))
  (func $floats (param f64 f64 f64) (result f64)
    (f64.add (f64.mul (local.get 0) (local.get 1)) (local.get 2)))
  (func $single (param f32 f32) (result f32)
    (f32.sqrt (f32.add (f32.mul (local.get 0) (local.get 0)) (f32.mul (local.get 1) (local.get 1)))))
  (func $converted (param i32) (result f64)
    (f64.mul (f64.convert_i32_s (local.get 0)) (f64.convert_i32_s (local.get 0)))))
