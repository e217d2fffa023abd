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
