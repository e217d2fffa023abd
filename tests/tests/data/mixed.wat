;; What programs do beside arithmetic: bulk memory, tables, indirect calls, and ways to end badly. 8 KB of memory.
(module
  (memory (export "memory") 8192 8192 (pagesize 1))
  (table $calls 8 16 funcref)
  (table $others 4 12 funcref)
  (type $binary (func (param i32 i32) (result i32)))
  (global $seed (mut i32) (i32.const 12345))
  (global $wide (mut i64) (i64.const 0x1234_5678_9abc_def0))
  (elem (table $calls) (i32.const 0) func $add $sub $mul $mix)
  (elem $passive func $mix $sub $add $leave $forever)
  (data (i32.const 16) "the quick brown fox jumps over the lazy dog")
  (data $text "pack my box with five dozen liquor jugs. \00\01\02\7f\80\ff")

  (func $add (type $binary) (i32.add (local.get 0) (local.get 1)))
  (func $sub (type $binary) (i32.sub (local.get 0) (local.get 1)))
  (func $mul (type $binary) (i32.mul (local.get 0) (i32.or (local.get 1) (i32.const 1))))
  (func $mix (type $binary) (i32.rotl (i32.xor (local.get 0) (local.get 1)) (i32.const 7)))
  (func $leave)
  (func $forever (param i32) (result i32) (i32.add (call $forever (i32.add (local.get 0) (i32.const 1))) (i32.const 1)))

  (func $next (result i32)
    (global.set $seed (i32.add (i32.mul (global.get $seed) (i32.const 1664525)) (i32.const 1013904223)))
    (global.set $wide (i64.rotl (i64.xor (global.get $wide) (i64.extend_i32_u (global.get $seed))) (i64.const 13)))
    (global.get $seed))

  ;; Calls through a table, with numbers that go to memory.
  (func (export "indirect") (param $n i32) (result i32)
    (local $sum i32)
    (loop $again
      (local.set $sum (call_indirect $calls (type $binary) (local.get $sum) (call $next) (i32.and (local.get $n) (i32.const 3))))
      (i32.store offset=4096 (i32.shl (i32.and (local.get $n) (i32.const 0xff)) (i32.const 2)) (local.get $sum))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (i32.xor (local.get $sum) (i32.wrap_i64 (global.get $wide))))

  ;; Everything that handles many bytes or elements at once, overlapping and not.
  (func (export "bulk") (param $n i32) (result i32)
    (local $at i32)
    (loop $again
      (local.set $at (i32.and (call $next) (i32.const 0x7ff)))
      (memory.init $text (i32.add (local.get $at) (i32.const 128)) (i32.const 5) (i32.const 41))
      (memory.copy (i32.add (local.get $at) (i32.const 301)) (local.get $at) (i32.const 1500))
      (memory.copy (local.get $at) (i32.add (local.get $at) (i32.const 77)) (i32.const 999))
      (memory.fill (i32.add (local.get $at) (i32.const 3000)) (local.get $at) (i32.const 65))
      (table.init $calls $passive (i32.and (local.get $at) (i32.const 3)) (i32.const 0) (i32.const 3))
      (table.copy $others $calls (i32.const 1) (i32.and (local.get $at) (i32.const 3)) (i32.const 3))
      (table.copy $calls $calls (i32.const 0) (i32.const 2) (i32.const 4))
      (table.fill $others (i32.const 0) (table.get $calls (i32.const 1)) (i32.const 2))
      (table.set $calls (i32.const 7) (table.get $others (i32.const 3)))
      (drop (table.grow $others (ref.null func) (i32.const 1)))
      (drop (table.grow $calls (ref.func $add) (i32.const 2)))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (data.drop $text)
    (elem.drop $passive)
    (i32.add (i32.mul (i32.const 1000) (table.size $calls)) (table.size $others)))

  ;; Many kinds of loads and stores, a branch table, locals of both widths.
  (func (export "shuffle") (param $n i32) (result i64)
    (local $at i32) (local $sum i64)
    (loop $again
      (local.set $at (i32.and (call $next) (i32.const 0xfff)))
      (block $done (block $three (block $two (block $one
        (br_table $one $two $three $done (i32.and (i32.shr_u (call $next) (i32.const 5)) (i32.const 3))))
          (i64.store16 (local.get $at) (i64.mul (local.get $sum) (i64.const 0x9e37_79b9_7f4a_7c15)))
          (local.set $sum (i64.add (local.get $sum) (i64.load8_s (local.get $at))))
          (br $done))
        (i32.store8 offset=3 (local.get $at) (i32.wrap_i64 (i64.shr_u (local.get $sum) (i64.const 29))))
        (local.set $sum (i64.sub (local.get $sum) (i64.load32_u offset=1 align=1 (local.get $at))))
        (br $done))
      (local.set $sum (i64.rem_u (local.get $sum) (i64.extend_i32_u (i32.or (call $next) (i32.const 1)))))
      (i64.store offset=5 align=1 (local.get $at) (i64.div_s (local.get $sum) (i64.const -7))))
      (local.set $sum (i64.xor (i64.rotr (local.get $sum) (i64.const 3)) (i64.load offset=2 align=2 (local.get $at))))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))

  ;; Ways to end badly, in a function that is called.
  (func $worse (param $how i32) (result i32)
    (block $stop (block $range (block $zero (block $null (block $type (block $far
      (br_table $far $type $null $zero $range $stop (local.get $how)))
        (return (i32.load (i32.const 8189))))
      (return (call_indirect $calls (result i32) (i32.const 1))))
      (return (call_indirect $calls (type $binary) (i32.const 1) (i32.const 2) (i32.const 6))))
      (return (i32.div_u (local.get $how) (i32.const 0))))
      (memory.fill (i32.const 8000) (i32.const 1) (i32.const 193)))
    (unreachable))
  (func (export "trap") (param $how i32) (result i32)
    (i32.store (i32.const 8) (i32.add (local.get $how) (i32.const 1)))
    (i32.add (call $worse (local.get $how)) (i32.const 1)))
  (func (export "overflow") (result i32) (call $forever (i32.const 0)))
  (func (export "spin") (result i32)
    (local $i i32)
    (loop $again
      (i32.store (i32.const 12) (local.tee $i (i32.add (local.get $i) (i32.const 1))))
      (br $again))
    (unreachable)))
