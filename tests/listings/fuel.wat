;; Metered code: a call pays for all operators of the function (last number of the header), a branch back for the loop's body.
;;! fuel
(module
  (memory 1)
  (func $straight (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
  (func $counted (param i32) (local i32)
    (loop (br_if 0 (i32.lt_u (local.tee 1 (i32.add (local.get 1) (i32.const 1))) (local.get 0)))))
  (func $branch_back (param i32)
    (block (loop (br_if 1 (i32.eqz (local.get 0))) (local.set 0 (i32.shr_u (local.get 0) (i32.const 1))) (br 0))))
  (func $nested (param i32) (local i32)
    (loop
      (loop (br_if 0 (i32.lt_u (local.tee 1 (i32.add (local.get 1) (i32.const 1))) (local.get 0))))
      (br_if 0 (i64.ne (i64.extend_i32_u (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))) (i64.const 0)))))
  (func $by_table (param i32) (loop (block (br_table 0 1 (local.get 0)))))
  (func $floats (param f64) (loop (br_if 0 (f64.gt (local.tee 0 (f64.mul (local.get 0) (f64.const 0.5))) (f64.const 1)))))
  (func $calls (param i32) (result i32) (call $straight (call $straight (local.get 0))))
  (func $bulk (memory.fill (i32.const 0) (i32.const 0) (i32.const 64))))

;; func 0 $straight
;;   0000 function #28, #20, #0, #3
;;   0009 i32.add acc, s0, #1
;;   0012 return.i32 acc, link s1
;; func 1 $counted
;;   0000 function #32, #20, #4, #8
;;   0009 step.metered.i32.lt_u s5, #1, s0, -> 0009, fuel 7
;;   0015 return link s1
;; func 2 $branch_back
;;   0000 function #28, #20, #0, #8
;;   0009 br_if.i32.eq s0, #0, -> 0020
;;   0013 i32.shr_u s0, s0, #1
;;   0017 br.metered -> 0009, fuel 8
;;   0020 return link s1
;; func 3 $nested
;;   0000 function #40, #20, #4, #16
;;   0009 step.metered.i32.lt_u s5, #1, s0, -> 0009, fuel 7
;;   0015 i32.add s0, s0, #-1
;;   0019 i64.extend_i32_u acc, acc
;;   0020 br_if.metered.i64.ne acc, #0, -> 0009, fuel 15
;;   0024 return link s1
;; func 4 $by_table
;;   0000 function #24, #20, #0, #2
;;   0009 br_table s0, [0020 0017]
;;   0017 br.metered -> 0009, fuel 2
;;   0020 return link s1
;; func 5 $floats
;;   0000 function #40, #24, #0, #7
;;   0009 f64.mul s0, s0, #0x3fe0000000000000
;;   0016 br_if.f64.not_gt acc, #0x3ff0000000000000, -> 0025
;;   0022 br.metered -> 0009, fuel 7
;;   0025 return link s2
;; func 6 $calls
;;   0000 function #24, #20, #0, #3
;;   0009 copy.32 s5, s0
;;   0012 call.metered frame s5, func 0
;;   0016 call.metered frame s5, func 0
;;   0020 return.i32 acc, link s1
;; func 7 $bulk
;;   0000 function #28, #16, #0, #4
;;   0009 const.32 s6, #64
;;   0012 const.32 s5, #0
;;   0015 const.32 s4, #0
;;   0018 memory.fill s4, s5, s6, memory 0
;;   0023 return link s0
