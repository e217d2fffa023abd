(module
  (func $recurse (export "recurse") (call $recurse))
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
  (memory (export "memory") 1))
