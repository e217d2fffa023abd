;; The index stays in its slot; type and table go by the module's own numbers.
(module
  (type $unary (func (param i32) (result i32)))
  (table $first 4 funcref)
  (table $second 4 funcref)
  (func $call (param i32 i32) (result i32)
    (call_indirect (type $unary) (local.get 1) (local.get 0)))
  (func $second (param i32) (result i32)
    (call_indirect $second (type $unary) (i32.const 5) (i32.and (local.get 0) (i32.const 3))))
  (func $tail (param i32 i32) (result i32)
    (return_call_indirect (type $unary) (local.get 1) (local.get 0))))

;; func 0 $call
;;   0000 function #32, #24, #0, #0
;;   0009 copy.32 s6, s1
;;   0012 call_indirect s0, frame s6, type 0, table 0
;;   0019 return.i32 acc, link s2
;; func 1 $second
;;   0000 function #32, #20, #0, #0
;;   0009 i32.and s6, s0, #3
;;   0013 const.32 s5, #5
;;   0016 call_indirect s6, frame s5, type 0, table 1
;;   0023 return.i32 acc, link s1
;; func 2 $tail
;;   0000 function #32, #24, #0, #0
;;   0009 copy.32 s6, s1
;;   0012 return_call_indirect s0, frame s6, 4, link s2, type 0, table 0
