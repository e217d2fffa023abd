(module
  (import "host" "look" (func $look (param externref) (result externref)))
  (global (export "global") (mut externref) (ref.null extern))
  (table (export "table") 10 externref)
  (func (export "pass") (param externref) (result externref) (call $look (local.get 0))))
