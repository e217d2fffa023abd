;; local.set and local.tee send the result of the instruction before them to the local, instead of copying it.
(module
  (func $set (param i32 i32) (local i32) (local.set 2 (i32.add (local.get 0) (local.get 1))))
  (func $tee (param i32 i32) (result i32)
    (i32.mul (local.tee 0 (i32.add (local.get 0) (local.get 1))) (local.get 1)))
  (func $copied (param i32 i32) (local.set 0 (local.get 1)))
  (func $swapped (param i32 i32)
    local.get 0
    local.get 1
    local.set 0
    local.set 1)
  (func $wide (param i64 i64) (local.set 0 (local.get 1)))
  (func $pair (param i32 i32 i32 i32)
    (local.set 0 (local.get 1))
    (local.set 2 (local.get 3))))

;; func 0 $set
;;   0000 function #36, #24, #4, #0
;;   0009 i32.add s6, s0, s1
;;   0013 return link s2
;; func 1 $tee
;;   0000 function #32, #24, #0, #0
;;   0009 i32.add s0, s0, s1
;;   0013 i32.mul acc, acc, s1
;;   0015 return.i32 acc, link s2
;; func 2 $copied
;;   0000 function #28, #24, #0, #0
;;   0009 copy.32 s0, s1
;;   0012 return link s2
;; func 3 $swapped
;;   0000 function #32, #24, #0, #0
;;   0009 copy.32.32 s6, s0, s0, s1
;;   0014 copy.32 s1, s6
;;   0017 return link s2
;; func 4 $wide
;;   0000 function #40, #32, #0, #0
;;   0009 copy.64 s0, s2
;;   0012 return link s4
;; func 5 $pair
;;   0000 function #36, #32, #0, #0
;;   0009 copy.32.32 s0, s1, s2, s3
;;   0014 return link s4
