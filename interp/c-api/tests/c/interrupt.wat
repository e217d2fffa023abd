(module
  (func (export "spin") (loop (br_if 0 (global.get $go_on))))
  (global $go_on (export "go_on") (mut i32) (i32.const 1)))
