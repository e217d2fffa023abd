;; Locals beyond 32 KiB of frame live at 64 KiB and are copied to and from there; all others stay as they are.
(module
  (func $f (param i32) (result i32)
    (local {8200: i32}) (local $far i32) (local $wide i64)
    (local.set $far (i32.add (local.get 0) (i32.const 1)))
    (local.set $wide (i64.extend_i32_u (local.get $far)))
    (i32.add (local.get $far) (i32.wrap_i64 (local.get $wide)))))
