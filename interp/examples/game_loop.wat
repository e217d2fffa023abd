;; A guard on patrol, scripted as a program of its own: it walks from end to end and looks around, for ever. It never
;; returns to the host; `wait` gives the frame back, and running out of fuel does so, too.
(module
  (import "game" "wait" (func $wait))
  (import "game" "move" (func $move (param f32)))
  (import "game" "distance" (func $distance (result f32)))
  (import "game" "shout" (func $shout (param i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "who is there?")

  ;; Goes on in steps until the end of the patrol is reached, a step a frame.
  (func $walk (param $step f32) (param $frames i32)
    (loop $next
      (call $move (local.get $step))
      (if (f32.lt (call $distance) (f32.const 3)) (then (call $shout (i32.const 0) (i32.const 13))))
      (call $wait)
      (local.set $frames (i32.sub (local.get $frames) (i32.const 1)))
      (br_if $next (local.get $frames))))

  ;; A search of the surroundings that does not fit in one frame: nobody has told the script how long a frame is.
  (func $think (result i32)
    (local $i i32) (local $best i32)
    (loop $next
      (local.set $best
        (i32.xor (i32.rotl (local.get $best) (i32.const 5)) (i32.mul (local.get $i) (i32.const 0x9e3779b1))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $i) (i32.const 200000))))
    (local.get $best))

  (func (export "patrol")
    (loop $again
      (call $walk (f32.const 0.25) (i32.const 40))
      (drop (call $think))
      (call $walk (f32.const -0.25) (i32.const 40))
      (br $again))))
