;; Temporaries beyond what a u16 field reaches live at 64 KiB; instructions work in near scratch slots then.
;;! only far function
(module
  (func $deep (param i32) (result i32)
    {16371: (i32.mul (local.get 0) (local.get 0))}
    {16370: i32.add}))

;; func 0 $deep
;;   0000 function #65552, #20, #0, #0
;;   65485 far.set.32 s16384, s16378
;;   65493 far.set.32 s16385, s16376
;;   65501 far.set.32 s16386, s16374
;;   65505 far.get.32 s16380, s16385
;;   65509 far.get.32 s16378, s16386
;;   65517 far.set.32 s16385, s16376
;;   65521 far.get.32 s16374, s16384
;;   65525 far.get.32 s16380, s16385
;;   65533 far.set.32 s16384, s16378
;;   65537 far.get.32 s16376, s16384
