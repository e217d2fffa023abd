;; local.get emits nothing: operands are read where they live. A pending read is copied only when its local changes before it is used.
(module
  (func $read_in_place (param i32 i32) (result i32) (i32.sub (local.get 0) (local.get 1)))
  (func $changed_before_use (param i32) (result i32)
    local.get 0
    (local.set 0 (i32.const 1))
    local.get 0
    i32.sub)
  (func $changed_after_use (param i32) (result i32)
    (i32.mul (local.get 0) (i32.const 3))
    (local.set 0 (i32.const 1)))
  (func $settled_before_a_block (param i32 i32) (result i32)
    local.get 0
    (if (local.get 1) (then (local.set 0 (i32.const 9)))))
  (func $set_to_itself (param i32) (local.set 0 (local.get 0))))

;; func 0 $read_in_place
;;   0000 function #32, #24, #0, #0
;;   0009 i32.sub acc, s0, s1
;;   0012 return.i32 acc, link s2
;; func 1 $changed_before_use
;;   0000 function #28, #20, #0, #0
;;   0009 copy.32 s5, s0
;;   0012 const.32 s0, #1
;;   0015 i32.sub acc, s5, s0
;;   0018 return.i32 acc, link s1
;; func 2 $changed_after_use
;;   0000 function #28, #20, #0, #0
;;   0009 i32.mul s5, s0, #3
;;   0013 const.32 s0, #1
;;   0016 return.i32 s5, link s1
;; func 3 $settled_before_a_block
;;   0000 function #32, #24, #0, #0
;;   0009 copy.32 s6, s0
;;   0012 br_if.i32.eq s1, #0, -> 0019
;;   0016 const.32 s0, #9
;;   0019 return.i32 s6, link s2
;; func 4 $set_to_itself
;;   0000 function #24, #20, #0, #0
;;   0009 return link s1
