;; Turns the LED on and off, a quarter of a second each.
;;
;; ermine compile blinky.wat --fuel
(module
  (import "ermine:grant@1" "led" (func $led (result i32)))
  (import "ermine:gpio@1" "write" (func $write (param i32 i32) (result i32)))
  (import "ermine:delay@1" "ns" (func $delay (param i64)))
  (func (export "_start")
    (loop $forever
      (drop (call $write (call $led) (i32.const 1)))
      (call $delay (i64.const 250_000_000))
      (drop (call $write (call $led) (i32.const 0)))
      (call $delay (i64.const 250_000_000))
      (br $forever))))
