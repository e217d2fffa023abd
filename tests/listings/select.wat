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

;; func 0 $locals
;;   0000 function #40, #28, #0, #0
;;   0009 select.32 s7, s0, s1, s2
;;   0014 return.i32 acc, link s3
;; func 1 $minimum
;;   0000 function #40, #24, #0, #0
;;   0009 i32.lt_s acc, s0, s1
;;   0012 select.32 s6, s0, s1, acc
;;   0016 return.i32 acc, link s2
;; func 2 $constants
;;   0000 function #32, #20, #0, #0
;;   0009 const.32 s5, #1
;;   0012 select.32 s5, s5, #-1, s0
;;   0017 return.i32 acc, link s1
;; func 3 $floats
;;   0000 function #56, #36, #0, #0
;;   0009 select.64 s9, s0, s2, s4
;;   0014 return.f64 s9, link s5
;; func 4 $computed
;;   0000 function #40, #24, #0, #0
;;   0009 i32.add s6, s0, #1
;;   0013 i32.eq acc, s0, s1
;;   0016 select.32 s6, s6, s0, acc
;;   0020 return.i32 acc, link s2
;; func 5 $nested
;;   0000 function #32, #20, #0, #0
;;   0009 const.32 s5, #0
;;   0012 select.32 s5, s5, #1, s0
;;   0017 const.32 s7, #3
;;   0020 select.32 s5, s5, #2, s7
;;   0025 return.i32 acc, link s1
;; func 6 $references
;;   0000 function #40, #28, #0, #0
;;   0009 select.32 s7, s0, s1, s2
;;   0014 return.i32 acc, link s3
