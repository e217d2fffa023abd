;; A comparison fuses with the branch on it, in both polarities: br_if takes it as it is, if branches on its inverse.
(module
  (func $br_if (param i32 i32)
    (block (br_if 0 (i32.lt_s (local.get 0) (local.get 1))) (local.set 0 (i32.const 1))))
  (func $if (param i32 i32)
    (if (i32.lt_s (local.get 0) (local.get 1)) (then (local.set 0 (i32.const 1)))))
  (func $eqz_inverts (param i32 i32)
    (block (br_if 0 (i32.eqz (i32.gt_u (local.get 0) (local.get 1)))) (local.set 0 (i32.const 1))))
  (func $on_a_value (param i32)
    (block (br_if 0 (local.get 0)) (local.set 0 (i32.const 1))))
  (func $on_zero (param i32)
    (block (br_if 0 (i32.eqz (local.get 0))) (local.set 0 (i32.const 1))))
  (func $immediate (param i32)
    (block (br_if 0 (i32.eq (local.get 0) (i32.const 10))) (local.set 0 (i32.const 1))))
  (func $mask (param i32)
    (block (br_if 0 (i32.and (local.get 0) (i32.const 4))) (local.set 0 (i32.const 1))))
  (func $mask_of_two (param i32 i32)
    (if (i32.and (local.get 0) (local.get 1)) (then (local.set 0 (i32.const 1)))))
  (func $i64 (param i64 i64)
    (if (i64.ge_u (local.get 0) (local.get 1)) (then (local.set 0 (i64.const 1)))))
  (func $float_inverse_holds_for_nan (param f64 f64)
    (if (f64.lt (local.get 0) (local.get 1)) (then (local.set 0 (f64.const 1)))))
  (func $kept (param i32 i32) (result i32) (i32.le_u (local.get 0) (local.get 1))))

;; func 0 $br_if
;;   0000 function #32, #24, #0, #0
;;   0009 br_if.i32.lt_s s0, s1, -> 0016
;;   0013 const.32 s0, #1
;;   0016 return link s2
;; func 1 $if
;;   0000 function #32, #24, #0, #0
;;   0009 br_if.i32.ge_s s0, s1, -> 0016
;;   0013 const.32 s0, #1
;;   0016 return link s2
;; func 2 $eqz_inverts
;;   0000 function #32, #24, #0, #0
;;   0009 br_if.i32.le_u s0, s1, -> 0016
;;   0013 const.32 s0, #1
;;   0016 return link s2
;; func 3 $on_a_value
;;   0000 function #24, #20, #0, #0
;;   0009 br_if.i32.ne s0, #0, -> 0016
;;   0013 const.32 s0, #1
;;   0016 return link s1
;; func 4 $on_zero
;;   0000 function #28, #20, #0, #0
;;   0009 br_if.i32.eq s0, #0, -> 0016
;;   0013 const.32 s0, #1
;;   0016 return link s1
;; func 5 $immediate
;;   0000 function #28, #20, #0, #0
;;   0009 br_if.i32.eq s0, #10, -> 0016
;;   0013 const.32 s0, #1
;;   0016 return link s1
;; func 6 $mask
;;   0000 function #28, #20, #0, #0
;;   0009 br_if.i32.and.ne s0, #4, -> 0016
;;   0013 const.32 s0, #1
;;   0016 return link s1
;; func 7 $mask_of_two
;;   0000 function #32, #24, #0, #0
;;   0009 br_if.i32.and.eq s0, s1, -> 0016
;;   0013 const.32 s0, #1
;;   0016 return link s2
;; func 8 $i64
;;   0000 function #48, #32, #0, #0
;;   0009 br_if.i64.lt_u s0, s2, -> 0016
;;   0013 const.64 s0, #1
;;   0016 return link s4
;; func 9 $float_inverse_holds_for_nan
;;   0000 function #48, #32, #0, #0
;;   0009 br_if.f64.not_lt s0, s2, -> 0019
;;   0013 const.64 s0, #0x3ff0000000000000
;;   0019 return link s4
;; func 10 $kept
;;   0000 function #32, #24, #0, #0
;;   0009 i32.le_u acc, s0, s1
;;   0012 return.i32 acc, link s2
