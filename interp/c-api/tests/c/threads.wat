(module
  (import "host" "add" (func $add (param i32)))
  (import "host" "id" (global $id i32))
  (func (export "run") (call $add (global.get $id))))
