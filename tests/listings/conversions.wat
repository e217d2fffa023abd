;; Conversions, sign extensions and the like: one operand, which may be in the accumulator of its own type.
(module
  (func $wrap (param i64) (result i32) (i32.wrap_i64 (i64.shr_u (local.get 0) (i64.const 32))))
  (func $extend (param i32) (result i64) (i64.extend_i32_u (i32.add (local.get 0) (i32.const 1))))
  (func $sign (param i32) (result i32) (i32.extend8_s (local.get 0)))
  (func $bits (param f64) (result i64) (i64.reinterpret_f64 (f64.abs (local.get 0))))
  (func $trapping (param f32) (result i32) (i32.trunc_f32_s (local.get 0)))
  (func $saturating (param f64) (result i64) (i64.trunc_sat_f64_u (local.get 0)))
  (func $counts (param i32) (result i32) (i32.clz (i32.popcnt (i32.ctz (local.get 0))))))
