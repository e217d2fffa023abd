;; Memory 0 is in registers; others go by their number. Pages may be one byte.
(module
  (memory 1)
  (memory $other 1)
  (memory $bytes 100 (pagesize 1))
  (func $load (param i32) (result i32) (i32.load $other offset=4 (local.get 0)))
  (func $store (param i32) (i32.store8 $bytes (local.get 0) (i32.const 1)))
  (func $sizes (result i32) (i32.add (memory.size) (memory.size $bytes)))
  (func $grow (param i32) (result i32) (memory.grow (local.get 0)))
  (func $copy (param i32 i32 i32) (memory.copy $other 0 (local.get 0) (local.get 1) (local.get 2)))
  (func $fill (param i32) (memory.fill (local.get 0) (i32.const 0) (i32.const 64)))
  (func $init (memory.init $d (i32.const 0) (i32.const 0) (i32.const 3)) (data.drop $d))
  (data $d "abc"))
