;; Reads a temperature sensor (LM75, TMP105 and their like) ten times a second, with integers only, and lights the LED from 30 °C on.
(module
    (import "ermine:grant@1" "sensor" (func $sensor (result i32)))
    (import "ermine:grant@1" "led" (func $led (result i32)))
    (import "ermine:i2c@1" "write_read" (func $ask (param i32 i32 i32 i32 i32 i32) (result i32)))
    (import "ermine:gpio@1" "write" (func $write (param i32 i32) (result i32)))
    (import "ermine:log@1" "write" (func $log (param i32 i32 i32) (result i32)))
    (import "ermine:delay@1" "ns" (func $delay (param i64)))
    (memory 64 (pagesize 1))
    ;; The register to read, its value, and what is said.
    (data (i32.const 0) "\00")
    (data (i32.const 4) "00 degrees")
    (data (i32.const 16) "no sensor")
    (func (export "_start")
        (loop $again
            (call $look)
            (call $delay (i64.const 100_000_000))
            (br $again)))
    (func $look (local $celsius i32)
        (if (call $ask (call $sensor) (i32.const 0x48) (i32.const 0) (i32.const 1) (i32.const 1) (i32.const 2))
            (then
                (drop (call $log (i32.const 0) (i32.const 16) (i32.const 9)))
                (return)))
        (local.set $celsius (i32.load8_s (i32.const 1)))
        (drop (call $write (call $led) (i32.ge_s (local.get $celsius) (i32.const 30))))
        (i32.store8 (i32.const 4) (i32.add (i32.const 48) (i32.div_u (local.get $celsius) (i32.const 10))))
        (i32.store8 (i32.const 5) (i32.add (i32.const 48) (i32.rem_u (local.get $celsius) (i32.const 10))))
        (drop (call $log (i32.const 2) (i32.const 4) (i32.const 10)))))
