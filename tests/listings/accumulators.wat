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

;; func 0 $chain
;;   0000 function #36, #28, #0, #0
;;   0009 i32.add acc, s0, s1
;;   0012 i32.shl acc, acc, #3
;;   0014 i32.xor acc, acc, s2
;;   0016 return.i32 acc, link s3
;; func 1 $second_operand
;;   0000 function #40, #28, #0, #0
;;   0009 i32.and acc, s1, s2
;;   0012 i32.sub acc, s0, acc
;;   0014 return.i32 acc, link s3
;; func 2 $floats
;;   0000 function #56, #40, #0, #0
;;   0009 f64.mul.add acc, s0, s2, s4
;;   0013 return.f64 acc, link s6
;; func 3 $single
;;   0000 function #36, #24, #0, #0
;;   0009 f32.mul s6, s0, s0
;;   0013 f32.add.mul acc, s1, s1, s6
;;   0017 f32.sqrt acc, acc
;;   0018 return.f32 acc, link s2
;; func 4 $converted
;;   0000 function #40, #24, #0, #0
;;   0009 f64.convert_i32_s s6, s0
;;   0012 f64.convert_i32_s acc, s0
;;   0014 f64.mul acc, s6, acc
;;   0016 return.f64 acc, link s2
