;; Base and offset, base and constant, base and index, and an absolute address are part of the load.
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
  (func $added_constant (param i32) (result i32) (i32.load (i32.add (local.get 0) (i32.const 16))))
  (func $f32 (param i32) (result f32) (f32.add (f32.load (local.get 0)) (f32.load offset=4 (local.get 0)))))

;; func 0 $offset
;;   0000 function #24, #20, #0, #0
;;   0009 i32.load acc, s0, +8
;;   0012 return.i32 acc, link s1
;; func 1 $long_offset
;;   0000 function #24, #20, #0, #0
;;   0009 i32.load acc, s0, +100000
;;   0013 return.i32 acc, link s1
;; func 2 $index
;;   0000 function #32, #24, #0, #0
;;   0009 i32.load8_u acc, s0, s1, +4
;;   0013 return.i32 acc, link s2
;; func 3 $scaled_index
;;   0000 function #36, #24, #0, #0
;;   0009 i64.load acc, s1, #3, s0, +0
;;   0014 return.i64 acc, link s2
;; func 4 $absolute
;;   0000 function #32, #24, #0, #0
;;   0009 f64.load acc, +1024
;;   0012 return.f64 acc, link s2
;; func 5 $absolute_sum
;;   0000 function #24, #20, #0, #0
;;   0009 i32.load16_s acc, +1048
;;   0012 return.i32 acc, link s1
;; func 6 $chased
;;   0000 function #24, #20, #0, #0
;;   0009 i32.load acc, s0, +0
;;   0012 i32.load acc, acc, +4
;;   0014 return.i32 acc, link s1
;; func 7 $added_constant
;;   0000 function #28, #20, #0, #0
;;   0009 i32.load acc, s0, #16
;;   0013 return.i32 acc, link s1
;; func 8 $f32
;;   0000 function #28, #20, #0, #0
;;   0009 f32.load s5, s0, +0
;;   0013 f32.load acc, s0, +4
;;   0016 f32.add acc, s5, acc
;;   0018 return.f32 acc, link s1
