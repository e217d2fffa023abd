;; Tables hold references, which are numbers: index plus one, 0 for null.
(module
  (table $f 4 funcref)
  (table $x 4 externref)
  (elem $e func $get)
  (func $get (param i32) (result externref) (table.get $x (local.get 0)))
  (func $set (param i32 externref) (table.set $x (local.get 0) (local.get 1)))
  (func $clear (param i32) (table.set $f (local.get 0) (ref.null func)))
  (func $size_and_grow (param externref i32) (result i32 i32)
    (table.size $x) (table.grow $x (local.get 0) (local.get 1)))
  (func $fill (param i32 externref i32) (table.fill $x (local.get 0) (local.get 1) (local.get 2)))
  (func $copy (table.copy $f $f (i32.const 0) (i32.const 1) (i32.const 2)))
  (func $init (table.init $f $e (i32.const 0) (i32.const 0) (i32.const 1)) (elem.drop $e))
  (func $is_null (param i32) (result i32) (ref.is_null (table.get $x (local.get 0))))
  (func $reference (result funcref) (ref.func $get)))

;; func 0 $get
;;   0000 function #24, #20, #0, #0
;;   0009 table.get s5, s0, table 1
;;   0014 return.i32 s5, link s1
;; func 1 $set
;;   0000 function #32, #24, #0, #0
;;   0009 table.set s0, s1, table 1
;;   0014 return link s2
;; func 2 $clear
;;   0000 function #28, #20, #0, #0
;;   0009 const.32 s6, #0
;;   0012 table.set s0, s6, table 0
;;   0017 return link s1
;; func 3 $size_and_grow
;;   0000 function #36, #24, #0, #0
;;   0009 table.size s6, table 1
;;   0013 table.grow s7, s0, s1, table 1
;;   0019 copy.32.32 s0, s6, s1, s7
;;   0024 return link s2
;; func 4 $fill
;;   0000 function #40, #28, #0, #0
;;   0009 table.fill s0, s1, s2, table 1
;;   0015 return link s3
;; func 5 $copy
;;   0000 function #28, #16, #0, #0
;;   0009 const.32 s6, #2
;;   0012 const.32 s5, #1
;;   0015 const.32 s4, #0
;;   0018 table.copy s4, s5, s6, table 0, table 0
;;   0026 return link s0
;; func 6 $init
;;   0000 function #28, #16, #0, #0
;;   0009 const.32 s6, #1
;;   0012 const.32 s5, #0
;;   0015 const.32 s4, #0
;;   0018 table.init s4, s5, s6, elem 0, table 0
;;   0026 elem.drop elem 0
;;   0029 return link s0
;; func 7 $is_null
;;   0000 function #28, #20, #0, #0
;;   0009 table.get s5, s0, table 1
;;   0014 i32.eq acc, s5, #0
;;   0017 return.i32 acc, link s1
;; func 8 $reference
;;   0000 function #24, #20, #0, #0
;;   0009 ref.func s5, func 0
;;   0013 return.i32 s5, link s1
