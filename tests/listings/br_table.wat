;; The targets follow the instruction, the default last. Values are moved at stubs only where targets expect them elsewhere.
(module
  (func $plain (param i32) (result i32)
    (block (block (block (br_table 0 1 2 (local.get 0)))
      (return (i32.const 10)))
      (return (i32.const 20)))
    i32.const 30)
  (func $accumulator (param i32) (result i32)
    (block (block (br_table 0 1 (i32.and (local.get 0) (i32.const 1))))
      (return (i32.const 10)))
    i32.const 20)
  (func $with_a_value (param i32) (result i32)
    (i32.add (i32.const 1) (block (result i32) (block (result i32) (br_table 0 1 (i32.const 7) (local.get 0))))))
  (func $back_to_a_loop (param i32)
    (loop (block (br_table 0 1 (local.get 0))))))

;; func 0 $plain
;;   0000 function #24, #20, #0, #0
;;   0009 br_table s0, [0019 0022 0025]
;;   0019 return.i32 #10, link s1
;;   0022 return.i32 #20, link s1
;;   0025 return.i32 #30, link s1
;; func 1 $accumulator
;;   0000 function #28, #20, #0, #0
;;   0009 i32.and acc, s0, #1
;;   0012 br_table acc, [0019 0022]
;;   0019 return.i32 #10, link s1
;;   0022 return.i32 #20, link s1
;; func 2 $with_a_value
;;   0000 function #32, #20, #0, #0
;;   0009 br_table s0, [0017 0022]
;;   0017 const.32 s6, #7
;;   0020 br -> 0027
;;   0022 const.32 s6, #7
;;   0025 br -> 0027
;;   0027 i32.add acc, s6, #1
;;   0030 return.i32 acc, link s1
;; func 3 $back_to_a_loop
;;   0000 function #24, #20, #0, #0
;;   0009 br_table s0, [0017 0009]
;;   0017 return link s1
