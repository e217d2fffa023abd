;; Code for the project's own counts: the operators of each straight line are added up where it begins.
;;! count
;;! unfused
(module
  (func $f (param i32) (result i32) (local i32)
    (loop
      (local.set 1 (i32.add (local.get 1) (local.get 0)))
      (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
    local.get 1))

;; func 0 $f
;;   0000 function #32, #20, #4, #0
;;   0009 count #0
;;   0012 count #9
;;   0015 i32.add s6, s5, s0
;;   0019 copy.32 s5, s6
;;   0022 i32.add s6, s0, #-1
;;   0026 copy.32 s0, s6
;;   0029 br_if.i32.ne s0, #0, -> 0012
;;   0033 count #0
;;   0036 count #1
;;   0039 return.i32 s5, link s1
