;; A branch reaches 32,767 units. One that must go farther goes to an island of far branches, which code in between jumps over.
;;! only br function
(module
  (func $forward (param i32)
    (block
      (br_if 0 (local.get 0))
      {12000: (local.set 0 (i32.mul (local.get 0) (i32.const 3)))}))
  (func $backward (param i32)
    (loop
      {12000: (local.set 0 (i32.mul (local.get 0) (i32.const 3)))}
      (br_if 0 (local.get 0)))))

;; func 0 $forward
;;   0000 function #28, #20, #0, #0
;;   0009 br_if.i32.ne s0, #0, -> 19946
;;   19944 br -> 19949
;;   19946 br.far -> 36068
;; func 1 $backward
;;   0000 function #28, #20, #0, #0
;;   36010 br_if.i32.ne acc, #0, -> 36015
;;   36015 br.far -> 0009
