(module
  (import "host" "constant" (global f32))
  (import "host" "variable" (global $variable (mut i64)))
  (global (export "half") (mut f64) (f64.const -1.5))
  (export "variable" (global $variable))
  (func $bump (export "bump") (global.set $variable (i64.add (global.get $variable) (i64.const 1))))
  (global (export "chosen") (mut funcref) (ref.func $bump)))
