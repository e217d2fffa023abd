;; The value of a block is brought to the block's slot on each way out; on the last one by re-targeting. Unreachable code leaves nothing.
(module
  (func $two_ways_out (param i32) (result i32)
    (block (result i32)
      (drop (br_if 0 (i32.const 7) (local.get 0)))
      (i32.add (local.get 0) (i32.const 1))))
  (func $unreachable_code (param i32) (result i32)
    (return (local.get 0))
    (i32.add (i32.const 1) (i32.const 2)))
  (func $trap (unreachable))
  (func $forever (loop (br 0)))
  (func $out_of_two (param i32) (result i32)
    (i32.mul (i32.const 3)
      (block (result i32) (block (result i32) (br 1 (local.get 0)))))))

;; func 0 $two_ways_out
;;   0000 function #28, #20, #0, #0
;;   0009 br_if.i32.eq s0, #0, -> 0018
;;   0013 const.32 s5, #7
;;   0016 br -> 0022
;;   0018 i32.add s5, s0, #1
;;   0022 return.i32 s5, link s1
;; func 1 $unreachable_code
;;   0000 function #24, #20, #0, #0
;;   0009 return.i32 s0, link s1
;; func 2 $trap
;;   0000 function #16, #16, #0, #0
;;   0009 unreachable
;; func 3 $forever
;;   0000 function #16, #16, #0, #0
;;   0009 br -> 0009
;; func 4 $out_of_two
;;   0000 function #28, #20, #0, #0
;;   0009 copy.32 s6, s0
;;   0012 br -> 0014
;;   0014 i32.mul acc, s6, #3
;;   0017 return.i32 acc, link s1
