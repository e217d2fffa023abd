;; The value of a store is a slot, an accumulator or an immediate.
(module
  (memory 1)
  (func $slot (param i32 i32) (i32.store offset=8 (local.get 0) (local.get 1)))
  (func $immediate (param i32) (i32.store offset=8 (local.get 0) (i32.const -1)))
  (func $immediate_i64 (param i32) (i64.store (local.get 0) (i64.const 0)))
  (func $wide_constant (param i32) (i32.store (local.get 0) (i32.const 100000)))
  (func $float_constant (param i32) (f64.store (local.get 0) (f64.const 1.5)))
  (func $accumulator (param i32 i32 i32) (i32.store (local.get 0) (i32.add (local.get 1) (local.get 2))))
  (func $accumulated_address (param i32 i32) (i32.store8 (i32.mul (local.get 0) (i32.const 12)) (local.get 1)))
  (func $index (param i32 i32 i32) (i32.store16 (i32.add (local.get 0) (local.get 1)) (local.get 2)))
  (func $absolute (param i32) (i32.store offset=2048 (i32.const 0) (local.get 0)))
  (func $float (param i32 f32 f32) (f32.store offset=4 (local.get 0) (f32.mul (local.get 1) (local.get 2))))
  (func $read_modify_write (param i32)
    (i32.store (local.get 0) (i32.add (i32.load (local.get 0)) (i32.const 1)))))

;; func 0 $slot
;;   0000 function #32, #24, #0, #0
;;   0009 i32.store s0, +8, s1
;;   0013 return link s2
;; func 1 $immediate
;;   0000 function #28, #20, #0, #0
;;   0009 i32.store s0, +8, #-1
;;   0013 return link s1
;; func 2 $immediate_i64
;;   0000 function #32, #20, #0, #0
;;   0009 i64.store s0, +0, #0
;;   0013 return link s1
;; func 3 $wide_constant
;;   0000 function #28, #20, #0, #0
;;   0009 const.32 s6, #100000
;;   0013 i32.store s0, +0, s6
;;   0017 return link s1
;; func 4 $float_constant
;;   0000 function #32, #20, #0, #0
;;   0009 const.64 s6, #0x3ff8000000000000
;;   0015 f64.store s0, +0, s6
;;   0019 return link s1
;; func 5 $accumulator
;;   0000 function #40, #28, #0, #0
;;   0009 i32.add acc, s1, s2
;;   0012 i32.store s0, +0, acc
;;   0015 return link s3
;; func 6 $accumulated_address
;;   0000 function #32, #24, #0, #0
;;   0009 i32.mul acc, s0, #12
;;   0012 i32.store8 acc, +0, s1
;;   0015 return link s2
;; func 7 $index
;;   0000 function #36, #28, #0, #0
;;   0009 i32.store16 s0, s1, +0, s2
;;   0014 return link s3
;; func 8 $absolute
;;   0000 function #28, #20, #0, #0
;;   0009 i32.store +2048, s0
;;   0013 return link s1
;; func 9 $float
;;   0000 function #40, #28, #0, #0
;;   0009 f32.mul acc, s1, s2
;;   0012 f32.store s0, +4, acc
;;   0015 return link s3
;; func 10 $read_modify_write
;;   0000 function #32, #20, #0, #0
;;   0009 i32.load acc, s0, +0
;;   0012 i32.add acc, acc, #1
;;   0014 i32.store s0, +0, acc
;;   0017 return link s1
