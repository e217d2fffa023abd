;; Locals beyond 32 KiB of frame live at 64 KiB and are copied to and from there; all others stay as they are.
(module
  (func $f (param i32) (result i32)
    (local {8200: i32}) (local $far i32) (local $wide i64)
    (local.set $far (i32.add (local.get 0) (i32.const 1)))
    (local.set $wide (i64.extend_i32_u (local.get $far)))
    (i32.add (local.get $far) (i32.wrap_i64 (local.get $wide)))))

;; func 0 $f
;;   0000 function #65600, #20, #65580, #0
;;   0009 i32.add s8192, s0, #1
;;   0013 far.set.32 s16397, s8192
;;   0017 far.get.32 s8192, s16397
;;   0021 i64.extend_i32_u s8192, s8192
;;   0024 far.set.64 s16398, s8192
;;   0028 far.get.64 s8193, s16398
;;   0032 i32.wrap_i64 s8193, s8193
;;   0035 far.get.32 s8192, s16397
;;   0039 i32.add acc, s8192, s8193
;;   0042 return.i32 acc, link s1
