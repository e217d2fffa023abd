;; A tail call moves its arguments to the frame's start and reuses the frame.
(module
  (import "host" "f" (func $host (param i32) (result i32)))
  (func $count (param i32 i32) (result i32)
    (if (result i32) (local.get 0)
      (then (return_call $count (i32.sub (local.get 0) (i32.const 1)) (i32.add (local.get 1) (i32.const 1))))
      (else (local.get 1))))
  (func $to_import (param i32) (result i32) (return_call $host (local.get 0)))
  (func $more_arguments (param i32) (result i32) (return_call $count (local.get 0) (i32.const 0))))

;; func 1 $count
;;   0000 function #36, #24, #0, #0
;;   0009 br_if.i32.eq s0, #0, -> 0026
;;   0013 i32.add.i32.add s6, s0, #-1, s7, s1, #1
;;   0020 return_call frame s6, 8, link s2, func 0
;;   0026 copy.32 s6, s1
;;   0029 return.i32 s6, link s2
;; func 2 $to_import
;;   0000 function #24, #20, #0, #0
;;   0009 copy.32 s5, s0
;;   0012 return_call.import frame s5, 4, link s1, func 0
;; func 3 $more_arguments
;;   0000 function #28, #20, #0, #0
;;   0009 const.32 s6, #0
;;   0012 copy.32 s5, s0
;;   0015 return_call frame s5, 8, link s1, func 0
