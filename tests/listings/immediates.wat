;; Constants are part of the instruction: 16 bits signed, else 32 bits signed, else 64 bits. What has no such form goes through a slot.
(module
  (func $small (param i32) (result i32) (i32.add (local.get 0) (i32.const -5)))
  (func $wide (param i32) (result i32) (i32.mul (local.get 0) (i32.const 1000003)))
  (func $commuted (param i32) (result i32) (i32.and (i32.const 255) (local.get 0)))
  (func $subtraction_is_addition (param i32) (result i32) (i32.sub (local.get 0) (i32.const 7)))
  (func $constant_first (param i32) (result i32) (i32.sub (i32.const 7) (local.get 0)))
  (func $shift_counts_are_reduced (param i32) (result i32) (i32.shl (local.get 0) (i32.const 35)))
  (func $i64 (param i64) (result i64) (i64.add (local.get 0) (i64.const 100000)))
  (func $i64_wide (param i64) (result i64) (i64.xor (local.get 0) (i64.const 0x123456789abcdef0)))
  (func $division (param i32) (result i32) (i32.div_u (local.get 0) (i32.const 10))))

;; func 0 $small
;;   0000 function #28, #20, #0, #0
;;   0009 i32.add acc, s0, #-5
;;   0012 return.i32 acc, link s1
;; func 1 $wide
;;   0000 function #28, #20, #0, #0
;;   0009 i32.mul acc, s0, #1000003
;;   0013 return.i32 acc, link s1
;; func 2 $commuted
;;   0000 function #28, #20, #0, #0
;;   0009 i32.and acc, s0, #255
;;   0012 return.i32 acc, link s1
;; func 3 $subtraction_is_addition
;;   0000 function #28, #20, #0, #0
;;   0009 i32.add acc, s0, #-7
;;   0012 return.i32 acc, link s1
;; func 4 $constant_first
;;   0000 function #28, #20, #0, #0
;;   0009 i32.sub acc, #7, s0
;;   0012 return.i32 acc, link s1
;; func 5 $shift_counts_are_reduced
;;   0000 function #28, #20, #0, #0
;;   0009 i32.shl acc, s0, #3
;;   0012 return.i32 acc, link s1
;; func 6 $i64
;;   0000 function #40, #24, #0, #0
;;   0009 i64.add acc, s0, #100000
;;   0013 return.i64 acc, link s2
;; func 7 $i64_wide
;;   0000 function #40, #24, #0, #0
;;   0009 i64.xor acc, s0, #0x123456789abcdef0
;;   0015 return.i64 acc, link s2
;; func 8 $division
;;   0000 function #28, #20, #0, #0
;;   0009 i32.div_u acc, s0, #10
;;   0012 return.i32 acc, link s1
