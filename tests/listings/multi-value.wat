;; Several results lie side by side from the frame's start; a block's from its base.
(module
  (func $swap (param i32 i32) (result i32 i32) (local.get 1) (local.get 0))
  (func $mixed (param i32 i64) (result i64 f32 i32) (local.get 1) (f32.const 1) (local.get 0))
  (func $call (param i32 i32) (result i32) (call $swap (local.get 0) (local.get 1)) (i32.sub))
  (func $block (param i32) (result i32)
    (block (result i32 i32) (i32.const 1) (local.get 0))
    i32.add)
  (func $loop_with_parameters (param i32) (result i32)
    i32.const 0
    local.get 0
    (loop (param i32 i32) (result i32)
      local.set 0
      local.get 0
      i32.add
      (local.get 0)
      (i32.const -1)
      i32.add
      local.tee 0
      (br_if 0 (local.get 0))
      drop)))

;; func 0 $swap
;;   0000 function #32, #24, #0, #0
;;   0009 copy.32.32 s7, s0, s6, s1
;;   0014 copy.32.32 s0, s6, s1, s7
;;   0019 return link s2
;; func 1 $mixed
;;   0000 function #48, #32, #0, #0
;;   0009 copy.32 s11, s0
;;   0012 const.32 s10, #1065353216
;;   0016 copy.64.64 s8, s1, s0, s8
;;   0021 copy.32.32 s2, s10, s3, s11
;;   0026 return link s4
;; func 2 $call
;;   0000 function #32, #24, #0, #0
;;   0009 copy.32.32 s7, s1, s6, s0
;;   0014 call frame s6, func 0
;;   0018 i32.sub acc, s6, s7
;;   0021 return.i32 acc, link s2
;; func 3 $block
;;   0000 function #28, #20, #0, #0
;;   0009 const.32 s5, #1
;;   0012 copy.32 s6, s0
;;   0015 i32.add acc, s5, s6
;;   0018 return.i32 acc, link s1
;; func 4 $loop_with_parameters
;;   0000 function #32, #20, #0, #0
;;   0009 copy.32 s6, s0
;;   0012 const.32 s5, #0
;;   0015 copy.32 s0, s6
;;   0018 i32.add s5, s5, s0
;;   0022 step.i32.eq s0, #-1, #0, -> 0032
;;   0027 copy.32 s6, s0
;;   0030 br -> 0015
;;   0032 return.i32 s5, link s1
