;; Metered code: a call pays for all operators of the function (last number of the header), a branch back for the loop's body.
;;! fuel
(module
  (memory 1)
  (func $straight (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
  (func $counted (param i32) (local i32)
    (loop (br_if 0 (i32.lt_u (local.tee 1 (i32.add (local.get 1) (i32.const 1))) (local.get 0)))))
  (func $branch_back (param i32)
    (block (loop (br_if 1 (i32.eqz (local.get 0))) (local.set 0 (i32.shr_u (local.get 0) (i32.const 1))) (br 0))))
  (func $nested (param i32) (local i32)
    (loop
      (loop (br_if 0 (i32.lt_u (local.tee 1 (i32.add (local.get 1) (i32.const 1))) (local.get 0))))
      (br_if 0 (i64.ne (i64.extend_i32_u (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))) (i64.const 0)))))
  (func $by_table (param i32) (loop (block (br_table 0 1 (local.get 0)))))
  (func $floats (param f64) (loop (br_if 0 (f64.gt (local.tee 0 (f64.mul (local.get 0) (f64.const 0.5))) (f64.const 1)))))
  (func $calls (param i32) (result i32) (call $straight (call $straight (local.get 0))))
  (func $bulk (memory.fill (i32.const 0) (i32.const 0) (i32.const 64))))
