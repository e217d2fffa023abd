;; A constant costs an instruction only where it has to be in a slot and nothing takes it as an immediate.
(module
  (func $returned (result i32) (i32.const 42))
  (func $set (result i32) (local i32) (local.set 0 (i32.const 70000)) (local.get 0))
  (func $float (param f64) (result f64) (f64.mul (local.get 0) (f64.const 0.5)))
  (func $float_zero (result f32) (f32.const 0))
  (func $dropped (drop (i32.const 1)))
  (func $null (result funcref) (ref.null func)))

;; func 0 $returned
;;   0000 function #24, #20, #0, #0
;;   0009 return.i32 #42, link s1
;; func 1 $set
;;   0000 function #28, #20, #4, #0
;;   0009 const.32 s5, #70000
;;   0013 return.i32 s5, link s1
;; func 2 $float
;;   0000 function #40, #24, #0, #0
;;   0009 f64.mul acc, s0, #0x3fe0000000000000
;;   0015 return.f64 acc, link s2
;; func 3 $float_zero
;;   0000 function #24, #20, #0, #0
;;   0009 const.32 s5, #0
;;   0012 return.f32 s5, link s1
;; func 4 $dropped
;;   0000 function #20, #16, #0, #0
;;   0009 return link s0
;; func 5 $null
;;   0000 function #24, #20, #0, #0
;;   0009 return.i32 #0, link s1
