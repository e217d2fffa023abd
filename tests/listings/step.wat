;; Add an immediate to a local, compare, branch back: one instruction.
(module
  (func $up_to_local (param i32) (local i32)
    (loop (br_if 0 (i32.lt_u (local.tee 1 (i32.add (local.get 1) (i32.const 1))) (local.get 0)))))
  (func $up_to_constant (local i32)
    (loop (br_if 0 (i32.ne (local.tee 0 (i32.add (local.get 0) (i32.const 4))) (i32.const 400)))))
  (func $down_to_zero (param i32)
    (loop (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))
  (func $with_a_body (param i32) (result i32) (local i32)
    (loop
      (local.set 1 (i32.mul (local.get 1) (local.get 0)))
      (br_if 0 (local.tee 0 (i32.add (local.get 0) (i32.const -1)))))
    local.get 1)
  (func $not_its_own_limit (param i32)
    (loop (br_if 0 (i32.lt_u (local.tee 0 (i32.add (local.get 0) (i32.const 1))) (local.get 0))))))

;; func 0 $up_to_local
;;   0000 function #32, #20, #4, #0
;;   0009 step.i32.lt_u s5, #1, s0, -> 0009
;;   0014 return link s1
;; func 1 $up_to_constant
;;   0000 function #28, #16, #4, #0
;;   0009 step.i32.ne s4, #4, #400, -> 0009
;;   0014 return link s0
;; func 2 $down_to_zero
;;   0000 function #28, #20, #0, #0
;;   0009 step.i32.ne s0, #-1, #0, -> 0009
;;   0014 return link s1
;; func 3 $with_a_body
;;   0000 function #32, #20, #4, #0
;;   0009 i32.mul s5, s5, s0
;;   0013 step.i32.ne s0, #-1, #0, -> 0009
;;   0018 return.i32 s5, link s1
;; func 4 $not_its_own_limit
;;   0000 function #28, #20, #0, #0
;;   0009 i32.add s0, s0, #1
;;   0013 br_if.i32.lt_u acc, s0, -> 0009
;;   0016 return link s1
