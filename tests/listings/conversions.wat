;; Conversions, sign extensions and the like: one operand, which may be in the accumulator of its own type.
(module
  (func $wrap (param i64) (result i32) (i32.wrap_i64 (i64.shr_u (local.get 0) (i64.const 32))))
  (func $extend (param i32) (result i64) (i64.extend_i32_u (i32.add (local.get 0) (i32.const 1))))
  (func $sign (param i32) (result i32) (i32.extend8_s (local.get 0)))
  (func $bits (param f64) (result i64) (i64.reinterpret_f64 (f64.abs (local.get 0))))
  (func $trapping (param f32) (result i32) (i32.trunc_f32_s (local.get 0)))
  (func $saturating (param f64) (result i64) (i64.trunc_sat_f64_u (local.get 0)))
  (func $counts (param i32) (result i32) (i32.clz (i32.popcnt (i32.ctz (local.get 0))))))

;; func 0 $wrap
;;   0000 function #40, #24, #0, #0
;;   0009 return.i32 s1, link s2
;; func 1 $extend
;;   0000 function #32, #24, #0, #0
;;   0009 i32.add acc, s0, #1
;;   0012 i64.extend_i32_u acc, acc
;;   0013 return.i64 acc, link s2
;; func 2 $sign
;;   0000 function #24, #20, #0, #0
;;   0009 i32.extend8_s acc, s0
;;   0011 return.i32 acc, link s1
;; func 3 $bits
;;   0000 function #32, #24, #0, #0
;;   0009 f64.abs s6, s0
;;   0012 return.i64 s6, link s2
;; func 4 $trapping
;;   0000 function #24, #20, #0, #0
;;   0009 i32.trunc_f32_s acc, s0
;;   0011 return.i32 acc, link s1
;; func 5 $saturating
;;   0000 function #32, #24, #0, #0
;;   0009 i64.trunc_sat_f64_u acc, s0
;;   0011 return.i64 acc, link s2
;; func 6 $counts
;;   0000 function #24, #20, #0, #0
;;   0009 i32.ctz acc, s0
;;   0011 i32.popcnt acc, acc
;;   0012 i32.clz acc, acc
;;   0013 return.i32 acc, link s1
