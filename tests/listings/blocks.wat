;; The value of a block is brought to the block's slot on each way out; on the last one by re-targeting. Unreachable code leaves nothing.
(module
  (func $two_ways_out (param i32) (result i32)
    (block (result i32)
      (drop (br_if 0 (i32.const 7) (local.get 0)))
      (i32.add (local.get 0) (i32.const 1))))
  (func $unreachable_code (param i32) (result i32)
    (return (local.get 0))
    (i32.add (i32.const 1) (i32.const 2)))
  (func $trap (unreachable))
  (func $forever (loop (br 0)))
  (func $out_of_two (param i32) (result i32)
    (i32.mul (i32.const 3)
      (block (result i32) (block (result i32) (br 1 (local.get 0)))))))
