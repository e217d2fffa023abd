;; Code for the project's own counts: the operators of each straight line are added up where it begins.
;;! count
;;! unfused
(module
  (func $f (param i32) (result i32) (local i32)
    (loop
      (local.set 1 (i32.add (local.get 1) (local.get 0)))
      (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
    local.get 1))
