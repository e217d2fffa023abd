;; Both arms leave their result in the same slot; a branch skips the second arm. An arm that ends in a jump needs none.
(module
  (func $value (param i32) (result i32)
    (if (result i32) (local.get 0) (then (i32.const 1)) (else (i32.const 2))))
  (func $local (param i32 i32 i32) (result i32)
    (if (result i32) (local.get 0) (then (local.get 1)) (else (local.get 2))))
  (func $no_else (param i32) (if (local.get 0) (then (local.set 0 (i32.const 5)))))
  (func $only_else (param i32) (if (local.get 0) (then) (else (local.set 0 (i32.const 5)))))
  (func $returns (param i32) (result i32)
    (if (local.get 0) (then (return (i32.const 1))) (else (local.set 0 (i32.const 5))))
    local.get 0)
  (func $nested (param i32 i32) (result i32)
    (if (result i32) (local.get 0)
      (then (if (result i32) (local.get 1) (then (i32.const 1)) (else (i32.const 2))))
      (else (i32.const 3)))))

;; func 0 $value
;;   0000 function #24, #20, #0, #0
;;   0009 br_if.i32.eq s0, #0, -> 0018
;;   0013 const.32 s5, #1
;;   0016 br -> 0021
;;   0018 const.32 s5, #2
;;   0021 return.i32 s5, link s1
;; func 1 $local
;;   0000 function #32, #28, #0, #0
;;   0009 br_if.i32.eq s0, #0, -> 0018
;;   0013 copy.32 s7, s1
;;   0016 br -> 0021
;;   0018 copy.32 s7, s2
;;   0021 return.i32 s7, link s3
;; func 2 $no_else
;;   0000 function #24, #20, #0, #0
;;   0009 br_if.i32.eq s0, #0, -> 0016
;;   0013 const.32 s0, #5
;;   0016 return link s1
;; func 3 $only_else
;;   0000 function #24, #20, #0, #0
;;   0009 br_if.i32.eq s0, #0, -> 0015
;;   0013 br -> 0018
;;   0015 const.32 s0, #5
;;   0018 return link s1
;; func 4 $returns
;;   0000 function #24, #20, #0, #0
;;   0009 br_if.i32.eq s0, #0, -> 0016
;;   0013 return.i32 #1, link s1
;;   0016 const.32 s0, #5
;;   0019 return.i32 s0, link s1
;; func 5 $nested
;;   0000 function #28, #24, #0, #0
;;   0009 br_if.i32.eq s0, #0, -> 0027
;;   0013 br_if.i32.eq s1, #0, -> 0022
;;   0017 const.32 s6, #1
;;   0020 br -> 0025
;;   0022 const.32 s6, #2
;;   0025 br -> 0030
;;   0027 const.32 s6, #3
;;   0030 return.i32 s6, link s2
