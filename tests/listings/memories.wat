;; Memory 0 is in registers; others go by their number. Pages may be one byte.
(module
  (memory 1)
  (memory $other 1)
  (memory $bytes 100 (pagesize 1))
  (func $load (param i32) (result i32) (i32.load $other offset=4 (local.get 0)))
  (func $store (param i32) (i32.store8 $bytes (local.get 0) (i32.const 1)))
  (func $sizes (result i32) (i32.add (memory.size) (memory.size $bytes)))
  (func $grow (param i32) (result i32) (memory.grow (local.get 0)))
  (func $copy (param i32 i32 i32) (memory.copy $other 0 (local.get 0) (local.get 1) (local.get 2)))
  (func $fill (param i32) (memory.fill (local.get 0) (i32.const 0) (i32.const 64)))
  (func $init (memory.init $d (i32.const 0) (i32.const 0) (i32.const 3)) (data.drop $d))
  (data $d "abc"))

;; func 0 $load
;;   0000 function #24, #20, #0, #0
;;   0009 i32.load s5, s0, memory 1, +4
;;   0015 return.i32 acc, link s1
;; func 1 $store
;;   0000 function #28, #20, #0, #0
;;   0009 const.32 s6, #1
;;   0012 i32.store8 s0, memory 2, +0, s6
;;   0018 return link s1
;; func 2 $sizes
;;   0000 function #28, #20, #0, #0
;;   0009 memory.size s5, memory 0, 16
;;   0013 memory.size s6, memory 2, 0
;;   0017 i32.add acc, s5, s6
;;   0020 return.i32 acc, link s1
;; func 3 $grow
;;   0000 function #24, #20, #0, #0
;;   0009 memory.grow s5, s0, memory 0
;;   0013 return.i32 s5, link s1
;; func 4 $copy
;;   0000 function #40, #28, #0, #0
;;   0009 memory.copy s0, s1, s2, memory 1, memory 0
;;   0015 return link s3
;; func 5 $fill
;;   0000 function #32, #20, #0, #0
;;   0009 const.32 s7, #64
;;   0012 const.32 s6, #0
;;   0015 memory.fill s0, s6, s7, memory 0
;;   0020 return link s1
;; func 6 $init
;;   0000 function #28, #16, #0, #0
;;   0009 const.32 s6, #3
;;   0012 const.32 s5, #0
;;   0015 const.32 s4, #0
;;   0018 memory.init s4, s5, s6, data 0, memory 0
;;   0025 data.drop data 0
;;   0028 return link s0
