(module
  (import "" "greet" (func $greet))
  (func (export "run") (call $greet) (call $greet)))
