;; Add an immediate to a local, compare, branch back: one instruction.
(module
  (func $up_to_local (param i32) (local i32)
    (loop (br_if 0 (i32.lt_u (local.tee 1 (i32.add (local.get 1) (i32.const 1))) (local.get 0)))))
  (func $up_to_constant (local i32)
    (loop (br_if 0 (i32.ne (local.tee 0 (i32.add (local.get 0) (i32.const 4))) (i32.const 400)))))
  (func $down_to_zero (param i32)
    (loop (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))
  (func $with_a_body (param i32) (result i32) (local i32)
    (loop
      (local.set 1 (i32.mul (local.get 1) (local.get 0)))
      (br_if 0 (local.tee 0 (i32.add (local.get 0) (i32.const -1)))))
    local.get 1)
  (func $not_its_own_limit (param i32)
    (loop (br_if 0 (i32.lt_u (local.tee 0 (i32.add (local.get 0) (i32.const 1))) (local.get 0))))))
