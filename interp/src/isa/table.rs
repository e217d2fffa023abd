//! The op table.
//!
//! ```text
//! section NAME kind (cfg) {
//!     base [forms every build has]
//!     full [more forms, of the `full` profile]
//!     rare [more of them, kept out of the loop machine's main `match`]
//!     Row opcode "name" (operands) -> result [or Trap] [not InverseRow] { what it computes }
//! }
//! ```
//!
//! * A form is a shape and the places of its operands, result last: `Binary(S, I, A)` reads a slot and a 16-bit immediate and leaves its result in
//!   the accumulator. Shapes: [`crate::isa::form::Shape`]; places: `S` slot, `A` accumulator, `I` i16, `W` i32, `K` 64 bits, and for addresses `O` u16
//!   offset, `P` u32 offset, `M` memory number with u32 offset; two operands of an address are added, and an `I` behind one shifts it left.
//! * A form with one place is written as the tuple it is: `Return(S,)`.
//! * Rows of three operands are two operations in one, the first on the first two. Their names have the operations in the order of the wasm operators
//!   (`mul.add`: a product plus something) or, where the first result is the second operand of the other, the other way round (`add.mul`).
//! * A result that goes to a slot is left in the accumulator of its type, too.
//! * An opcode is a wasm byte, `(0xfc, n)` for a prefixed one, or `_` for an operation of the machine alone.
//! * Integers are unsigned; a signed operation says so where it computes.
//! * `kind` says which trait of `exec::row` the rows implement.
//!
//! Instructions are numbered row by row, form by form, section by section: all of the `base` forms, then `full`, then `rare`.

/// Hands the whole table to the macro named first, after the tokens given.
macro_rules! isa_table {
    ($then:ident $($extra:tt)*) => { $then! { $($extra)*

section I32Commutative binary (all()) {
    base [Binary(S, S, S) Binary(S, S, A) Binary(S, I, S) Binary(S, I, A) Binary(A, S, S) Binary(A, S, A) Binary(A, I, S) Binary(A, I, A)]
    full [Binary(S, W, S) Binary(S, W, A) Binary(A, W, S) Binary(A, W, A)]
    rare []

    I32Add 0x6a "i32.add" (a: u32, b: u32) -> u32 { a.wrapping_add(b) }
    I32Mul 0x6c "i32.mul" (a: u32, b: u32) -> u32 { a.wrapping_mul(b) }
    I32And 0x71 "i32.and" (a: u32, b: u32) -> u32 { a & b }
    I32Or  0x72 "i32.or"  (a: u32, b: u32) -> u32 { a | b }
    I32Xor 0x73 "i32.xor" (a: u32, b: u32) -> u32 { a ^ b }
}

section I32Shift binary (all()) {
    base [Binary(S, S, S) Binary(S, I, S) Binary(S, I, A) Binary(A, I, S) Binary(A, I, A)]
    full [Binary(S, S, A) Binary(S, A, S) Binary(S, A, A)]
    rare [Binary(A, S, S) Binary(A, S, A)]

    I32Shl  0x74 "i32.shl"   (a: u32, b: u32) -> u32 { a.wrapping_shl(b) }
    I32ShrS 0x75 "i32.shr_s" (a: u32, b: u32) -> u32 { (a as i32).wrapping_shr(b) as u32 }
    I32ShrU 0x76 "i32.shr_u" (a: u32, b: u32) -> u32 { a.wrapping_shr(b) }
    I32Rotl 0x77 "i32.rotl"  (a: u32, b: u32) -> u32 { a.rotate_left(b % 32) }
    I32Rotr 0x78 "i32.rotr"  (a: u32, b: u32) -> u32 { a.rotate_right(b % 32) }
}

section I32Sub binary (all()) {
    base [Binary(S, S, S) Binary(S, I, S) Binary(A, S, S)]
    full [Binary(S, S, A) Binary(A, S, A) Binary(S, A, S) Binary(S, A, A) Binary(I, S, S) Binary(I, S, A) Binary(I, A, S) Binary(I, A, A)]
    rare [Binary(S, I, A) Binary(A, I, S) Binary(A, I, A)]

    I32Sub  0x6b "i32.sub"   (a: u32, b: u32) -> u32 { a.wrapping_sub(b) }
}

section I32Divide binary (all()) {
    base [Binary(S, S, S) Binary(S, I, S) Binary(A, S, S)]
    full [Binary(A, I, A) Binary(A, I, S) Binary(A, W, S)]
    rare [
        Binary(S, S, A) Binary(A, S, A) Binary(S, A, S) Binary(S, A, A) Binary(I, S, S) Binary(I, S, A) Binary(I, A, S) Binary(I, A, A)
        Binary(S, W, S) Binary(S, W, A) Binary(S, I, A) Binary(A, W, A)
    ]

    I32DivS 0x6d "i32.div_s" (a: u32, b: u32) -> u32 or Trap { num::div_s32(a, b) }
    I32DivU 0x6e "i32.div_u" (a: u32, b: u32) -> u32 or Trap { num::div_u32(a, b) }
    I32RemS 0x6f "i32.rem_s" (a: u32, b: u32) -> u32 or Trap { num::rem_s32(a, b) }
    I32RemU 0x70 "i32.rem_u" (a: u32, b: u32) -> u32 or Trap { num::rem_u32(a, b) }
}

section I64Commutative binary (all()) {
    base [Binary(S, S, S) Binary(S, I, S)]
    full [
        Binary(S, S, A) Binary(S, I, A) Binary(A, S, S) Binary(A, S, A) Binary(A, I, S) Binary(A, I, A) Binary(S, K, S) Binary(S, K, A)
        Binary(A, K, S) Binary(A, W, S)
    ]
    rare [Binary(A, K, A) Binary(S, W, S) Binary(S, W, A) Binary(A, W, A)]

    I64Add 0x7c "i64.add" (a: u64, b: u64) -> u64 { a.wrapping_add(b) }
    I64Mul 0x7e "i64.mul" (a: u64, b: u64) -> u64 { a.wrapping_mul(b) }
    I64And 0x83 "i64.and" (a: u64, b: u64) -> u64 { a & b }
    I64Or  0x84 "i64.or"  (a: u64, b: u64) -> u64 { a | b }
    I64Xor 0x85 "i64.xor" (a: u64, b: u64) -> u64 { a ^ b }
}

section I64Shift binary (all()) {
    base [Binary(S, S, S) Binary(S, I, S)]
    full [Binary(S, I, A) Binary(A, I, S) Binary(A, I, A) Binary(S, S, A) Binary(S, A, S) Binary(S, A, A)]
    rare [Binary(A, S, S) Binary(A, S, A)]

    I64Shl  0x86 "i64.shl"   (a: u64, b: u64) -> u64 { a.wrapping_shl(b as u32) }
    I64ShrS 0x87 "i64.shr_s" (a: u64, b: u64) -> u64 { (a as i64).wrapping_shr(b as u32) as u64 }
    I64ShrU 0x88 "i64.shr_u" (a: u64, b: u64) -> u64 { a.wrapping_shr(b as u32) }
    I64Rotl 0x89 "i64.rotl"  (a: u64, b: u64) -> u64 { a.rotate_left(b as u32 % 64) }
    I64Rotr 0x8a "i64.rotr"  (a: u64, b: u64) -> u64 { a.rotate_right(b as u32 % 64) }
}

section I64Sub binary (all()) {
    base [Binary(S, S, S)]
    full []
    rare [
        Binary(S, I, S) Binary(S, I, A) Binary(A, I, S) Binary(A, I, A) Binary(I, S, S) Binary(I, S, A) Binary(I, A, S) Binary(I, A, A)
        Binary(A, S, S) Binary(A, S, A) Binary(S, A, S) Binary(S, A, A) Binary(S, S, A)
    ]

    I64Sub  0x7d "i64.sub"   (a: u64, b: u64) -> u64 { a.wrapping_sub(b) }
}

section I64Divide binary (all()) shared {
    base [Binary(S, S, S)]
    full []
    rare [
        Binary(S, I, S) Binary(S, I, A) Binary(A, S, S) Binary(A, S, A) Binary(A, I, S) Binary(A, I, A) Binary(S, S, A) Binary(S, A, S)
        Binary(S, A, A) Binary(I, S, S) Binary(I, S, A) Binary(I, A, S) Binary(I, A, A)
    ]

    I64DivS 0x7f "i64.div_s" (a: u64, b: u64) -> u64 or Trap { num::div_s64(a, b) }
    I64DivU 0x80 "i64.div_u" (a: u64, b: u64) -> u64 or Trap { num::div_u64(a, b) }
    I64RemS 0x81 "i64.rem_s" (a: u64, b: u64) -> u64 or Trap { num::rem_s64(a, b) }
    I64RemU 0x82 "i64.rem_u" (a: u64, b: u64) -> u64 or Trap { num::rem_u64(a, b) }
}

section F32Binary binary (feature = "f32") {
    base [Binary(S, S, S) Binary(A, S, S)]
    full [Binary(S, S, A) Binary(A, S, A) Binary(S, A, S) Binary(S, A, A)]
    rare [Binary(W, S, S) Binary(W, S, A) Binary(W, A, S) Binary(W, A, A) Binary(S, W, S) Binary(S, W, A) Binary(A, W, S) Binary(A, W, A)]

    F32Add 0x92 "f32.add" (a: f32, b: f32) -> f32 { a + b }
    F32Sub 0x93 "f32.sub" (a: f32, b: f32) -> f32 { a - b }
    F32Mul 0x94 "f32.mul" (a: f32, b: f32) -> f32 { a * b }
    F32Div 0x95 "f32.div" (a: f32, b: f32) -> f32 { a / b }
    F32Min 0x96 "f32.min" (a: f32, b: f32) -> f32 { num::min_f32(a, b) }
    F32Max 0x97 "f32.max" (a: f32, b: f32) -> f32 { num::max_f32(a, b) }
    F32Copysign 0x98 "f32.copysign" (a: f32, b: f32) -> f32 { num::copysign_f32(a, b) }
}

section F64Binary binary (feature = "f64") shared {
    base [Binary(S, S, S)]
    full [
        Binary(S, S, A) Binary(A, S, S) Binary(A, S, A) Binary(S, A, S) Binary(S, A, A) Binary(S, K, S) Binary(S, K, A) Binary(A, K, S)
        Binary(K, A, S) Binary(K, A, A)
    ]
    rare [Binary(A, K, A) Binary(K, S, S) Binary(K, S, A)]

    F64Add 0xa0 "f64.add" (a: f64, b: f64) -> f64 { a + b }
    F64Sub 0xa1 "f64.sub" (a: f64, b: f64) -> f64 { a - b }
    F64Mul 0xa2 "f64.mul" (a: f64, b: f64) -> f64 { a * b }
    F64Div 0xa3 "f64.div" (a: f64, b: f64) -> f64 { a / b }
    F64Min 0xa4 "f64.min" (a: f64, b: f64) -> f64 { num::min_f64(a, b) }
    F64Max 0xa5 "f64.max" (a: f64, b: f64) -> f64 { num::max_f64(a, b) }
    F64Copysign 0xa6 "f64.copysign" (a: f64, b: f64) -> f64 { num::copysign_f64(a, b) }
}

section I32Sums ternary (all()) {
    base []
    full [Ternary(S, S, S, S) Ternary(S, S, S, A) Ternary(A, S, S, S) Ternary(A, S, S, A) Ternary(A, S, I, A) Ternary(S, S, I, A)]
    rare [Ternary(S, S, I, S) Ternary(A, S, I, S)]

    I32AddAdd _ "i32.add.add" (a: u32, b: u32, c: u32) -> u32 { a.wrapping_add(b).wrapping_add(c) }
    I32XorAdd _ "i32.xor.add" (a: u32, b: u32, c: u32) -> u32 { (a ^ b).wrapping_add(c) }
    I32XorAnd _ "i32.xor.and" (a: u32, b: u32, c: u32) -> u32 { (a ^ b) & c }
    I32XorXor _ "i32.xor.xor" (a: u32, b: u32, c: u32) -> u32 { a ^ b ^ c }
}

section I32Shifted ternary (all()) {
    base []
    full [Ternary(S, I, S, S) Ternary(S, I, S, A) Ternary(A, I, S, A)]
    rare [Ternary(A, I, S, S)]

    I32ShlOr   _ "i32.shl.or"    (a: u32, b: u32, c: u32) -> u32 { a.wrapping_shl(b) | c }
    I32ShrUXor _ "i32.shr_u.xor" (a: u32, b: u32, c: u32) -> u32 { a.wrapping_shr(b) ^ c }
    I32RotlXor _ "i32.rotl.xor"  (a: u32, b: u32, c: u32) -> u32 { a.rotate_left(b % 32) ^ c }
}

section I32Scaled ternary (all()) {
    base []
    full [
        Ternary(S, I, S, S) Ternary(S, I, S, A) Ternary(A, I, S, S) Ternary(A, I, S, A) Ternary(S, I, I, S) Ternary(A, I, I, A)
        Ternary(S, I, I, A)
    ]
    rare [Ternary(A, I, I, S)]

    I32ShlAdd _ "i32.shl.add" (a: u32, b: u32, c: u32) -> u32 { a.wrapping_shl(b).wrapping_add(c) }
    I32AndAdd _ "i32.and.add" (a: u32, b: u32, c: u32) -> u32 { (a & b).wrapping_add(c) }
}

section I32Product ternary (all()) {
    base []
    full [Ternary(S, W, W, S) Ternary(S, W, W, A) Ternary(A, I, S, S) Ternary(A, I, S, A) Ternary(S, I, S, S) Ternary(S, I, S, A)]
    rare [
        Ternary(S, I, I, S) Ternary(S, I, I, A) Ternary(S, I, W, S) Ternary(S, I, W, A) Ternary(A, W, W, S) Ternary(A, W, W, A)
        Ternary(S, S, S, S) Ternary(A, S, S, S)
    ]

    I32MulAdd _ "i32.mul.add" (a: u32, b: u32, c: u32) -> u32 { a.wrapping_mul(b).wrapping_add(c) }
}

section I32Masked ternary (all()) {
    base []
    full [Ternary(S, I, I, S) Ternary(S, I, I, A) Ternary(A, I, I, S) Ternary(A, I, I, A)]
    rare []

    I32AndShl  _ "i32.and.shl"   (a: u32, b: u32, c: u32) -> u32 { (a & b).wrapping_shl(c) }
    I32ShrUAnd _ "i32.shr_u.and" (a: u32, b: u32, c: u32) -> u32 { a.wrapping_shr(b) & c }
    I32AddShrU _ "i32.add.shr_u" (a: u32, b: u32, c: u32) -> u32 { a.wrapping_add(b).wrapping_shr(c) }
}

section I64Shifted ternary (all()) {
    base []
    full [Ternary(S, I, S, S) Ternary(S, I, S, A) Ternary(A, I, S, S) Ternary(A, I, S, A)]
    rare []

    I64ShlXor  _ "i64.shl.xor"   (a: u64, b: u64, c: u64) -> u64 { a.wrapping_shl(b as u32) ^ c }
    I64ShrUXor _ "i64.shr_u.xor" (a: u64, b: u64, c: u64) -> u64 { a.wrapping_shr(b as u32) ^ c }
    I64RotlAdd _ "i64.rotl.add"  (a: u64, b: u64, c: u64) -> u64 { a.rotate_left(b as u32 % 64).wrapping_add(c) }
}

section I64Mixed ternary (all()) {
    base []
    full [Ternary(S, S, K, S) Ternary(A, S, K, S)]
    rare [Ternary(S, S, K, A) Ternary(A, S, K, A)]

    I64XorMul _ "i64.xor.mul" (a: u64, b: u64, c: u64) -> u64 { (a ^ b).wrapping_mul(c) }
}

section F32Product ternary (feature = "f32") {
    base []
    full [Ternary(S, A, S, S) Ternary(S, A, S, A) Ternary(A, S, S, S)]
    rare [Ternary(S, S, S, S) Ternary(S, S, S, A) Ternary(A, S, S, A)]

    F32MulAdd _ "f32.mul.add" (a: f32, b: f32, c: f32) -> f32 { a * b + c }
    F32AddMul _ "f32.add.mul" (a: f32, b: f32, c: f32) -> f32 { c + a * b }
    F32MulSub _ "f32.mul.sub" (a: f32, b: f32, c: f32) -> f32 { a * b - c }
    F32SubMul _ "f32.sub.mul" (a: f32, b: f32, c: f32) -> f32 { c - a * b }
}

section F64Product ternary (feature = "f64") {
    base []
    full [Ternary(S, S, S, A) Ternary(S, A, S, S) Ternary(S, A, S, A) Ternary(A, S, S, S) Ternary(A, S, S, A) Ternary(A, K, S, S)]
    rare [Ternary(S, S, S, S) Ternary(A, K, S, A)]

    F64MulAdd _ "f64.mul.add" (a: f64, b: f64, c: f64) -> f64 { a * b + c }
    F64AddMul _ "f64.add.mul" (a: f64, b: f64, c: f64) -> f64 { c + a * b }
    F64MulSub _ "f64.mul.sub" (a: f64, b: f64, c: f64) -> f64 { a * b - c }
    F64SubMul _ "f64.sub.mul" (a: f64, b: f64, c: f64) -> f64 { c - a * b }
    F64MulSum _ "f64.mul.sum" (a: f64, b: f64, c: f64) -> f64 { c * (a + b) }
}

section I32Compare compare (all()) {
    base [Compare(S, S, S) Compare(S, I, S) Branch(S, S) Branch(S, I) Branch(A, I)]
    full [
        Branch(A, S) Branch(S, A) Step(S,) Step(I,) AddStep(S,) AddStep(I,) StepBy(S,) Branch(A, W) Compare(S, S, A) Compare(S, I, A)
        Compare(A, I, S) Compare(A, I, A)
    ]
    rare [
        Compare(A, S, S) Compare(A, S, A) Compare(S, A, S) Compare(S, A, A) BranchMetered(S, S) BranchMetered(S, I) BranchMetered(A, S)
        BranchMetered(A, I) BranchMetered(S, A) StepMetered(S,) StepMetered(I,) Compare(S, W, S) Compare(S, W, A) Compare(A, W, S)
        Compare(A, W, A) Branch(S, W)
    ]

    I32Eq  0x46 "i32.eq"   (a: u32, b: u32) -> bool not I32Ne  { a == b }
    I32Ne  0x47 "i32.ne"   (a: u32, b: u32) -> bool not I32Eq  { a != b }
    I32LtS 0x48 "i32.lt_s" (a: u32, b: u32) -> bool not I32GeS { (a as i32) < b as i32 }
    I32LtU 0x49 "i32.lt_u" (a: u32, b: u32) -> bool not I32GeU { a < b }
    I32GtS 0x4a "i32.gt_s" (a: u32, b: u32) -> bool not I32LeS { a as i32 > b as i32 }
    I32GtU 0x4b "i32.gt_u" (a: u32, b: u32) -> bool not I32LeU { a > b }
    I32LeS 0x4c "i32.le_s" (a: u32, b: u32) -> bool not I32GtS { a as i32 <= b as i32 }
    I32LeU 0x4d "i32.le_u" (a: u32, b: u32) -> bool not I32GtU { a <= b }
    I32GeS 0x4e "i32.ge_s" (a: u32, b: u32) -> bool not I32LtS { a as i32 >= b as i32 }
    I32GeU 0x4f "i32.ge_u" (a: u32, b: u32) -> bool not I32LtU { a >= b }
}

section I32Test compare (all()) {
    base []
    full [Branch(S, I) Branch(A, I) Branch(A, S)]
    rare [Branch(S, S) BranchMetered(S, S) BranchMetered(S, I) BranchMetered(A, S) BranchMetered(A, I)]

    I32AnySet  _ "i32.and.ne" (a: u32, b: u32) -> bool not I32NoneSet { a & b != 0 }
    I32NoneSet _ "i32.and.eq" (a: u32, b: u32) -> bool not I32AnySet  { a & b == 0 }
}

section I64Compare compare (all()) shared {
    base [Compare(S, S, S) Branch(S, S) Branch(S, I)]
    full [Branch(A, I) Branch(S, K) Compare(S, I, A)]
    rare [
        Compare(S, S, A) Compare(S, I, S) Compare(A, S, S) Compare(A, S, A) Compare(A, I, S) Compare(A, I, A) Compare(S, A, S)
        Compare(S, A, A) Branch(S, A) BranchMetered(S, S) BranchMetered(S, I) BranchMetered(A, S) BranchMetered(A, I) BranchMetered(S, A)
        Compare(S, K, S) Branch(A, S)
    ]

    I64Eq  0x51 "i64.eq"   (a: u64, b: u64) -> bool not I64Ne  { a == b }
    I64Ne  0x52 "i64.ne"   (a: u64, b: u64) -> bool not I64Eq  { a != b }
    I64LtS 0x53 "i64.lt_s" (a: u64, b: u64) -> bool not I64GeS { (a as i64) < b as i64 }
    I64LtU 0x54 "i64.lt_u" (a: u64, b: u64) -> bool not I64GeU { a < b }
    I64GtS 0x55 "i64.gt_s" (a: u64, b: u64) -> bool not I64LeS { a as i64 > b as i64 }
    I64GtU 0x56 "i64.gt_u" (a: u64, b: u64) -> bool not I64LeU { a > b }
    I64LeS 0x57 "i64.le_s" (a: u64, b: u64) -> bool not I64GtS { a as i64 <= b as i64 }
    I64LeU 0x58 "i64.le_u" (a: u64, b: u64) -> bool not I64GtU { a <= b }
    I64GeS 0x59 "i64.ge_s" (a: u64, b: u64) -> bool not I64LtS { a as i64 >= b as i64 }
    I64GeU 0x5a "i64.ge_u" (a: u64, b: u64) -> bool not I64LtU { a >= b }
}

section F32Compare compare (feature = "f32") shared {
    base [Compare(S, S, S) Branch(S, S)]
    full []
    rare [
        Compare(S, S, A) Compare(A, S, S) Compare(A, S, A) Compare(S, A, S) Compare(S, A, A) Branch(A, S) Branch(S, A) Branch(S, W)
        Branch(A, W) Compare(S, W, S) Compare(A, W, S)
    ]

    F32Eq 0x5b "f32.eq" (a: f32, b: f32) -> bool not F32Ne { a == b }
    F32Ne 0x5c "f32.ne" (a: f32, b: f32) -> bool not F32Eq { a != b }
    F32Lt 0x5d "f32.lt" (a: f32, b: f32) -> bool not F32NotLt { a < b }
    F32Gt 0x5e "f32.gt" (a: f32, b: f32) -> bool not F32NotGt { a > b }
    F32Le 0x5f "f32.le" (a: f32, b: f32) -> bool not F32NotLe { a <= b }
    F32Ge 0x60 "f32.ge" (a: f32, b: f32) -> bool not F32NotGe { a >= b }
    F32NotLt _ "f32.not_lt" (a: f32, b: f32) -> bool not F32Lt { !matches!(a.partial_cmp(&b), Some(Ordering::Less)) }
    F32NotGt _ "f32.not_gt" (a: f32, b: f32) -> bool not F32Gt { !matches!(a.partial_cmp(&b), Some(Ordering::Greater)) }
    F32NotLe _ "f32.not_le" (a: f32, b: f32) -> bool not F32Le { matches!(a.partial_cmp(&b), None | Some(Ordering::Greater)) }
    F32NotGe _ "f32.not_ge" (a: f32, b: f32) -> bool not F32Ge { matches!(a.partial_cmp(&b), None | Some(Ordering::Less)) }
}

section F64Compare compare (feature = "f64") shared {
    base [Compare(S, S, S) Branch(S, S)]
    full [Branch(A, K)]
    rare [
        Compare(S, S, A) Compare(A, S, S) Compare(A, S, A) Compare(S, A, S) Compare(S, A, A) Compare(S, K, S) Compare(A, K, S) Branch(A, S)
        Branch(S, A) Branch(S, K)
    ]

    F64Eq 0x61 "f64.eq" (a: f64, b: f64) -> bool not F64Ne { num::eq_f64(a, b) }
    F64Ne 0x62 "f64.ne" (a: f64, b: f64) -> bool not F64Eq { !num::eq_f64(a, b) }
    F64Lt 0x63 "f64.lt" (a: f64, b: f64) -> bool not F64NotLt { num::lt_f64(a, b) }
    F64Gt 0x64 "f64.gt" (a: f64, b: f64) -> bool not F64NotGt { num::gt_f64(a, b) }
    F64Le 0x65 "f64.le" (a: f64, b: f64) -> bool not F64NotLe { num::le_f64(a, b) }
    F64Ge 0x66 "f64.ge" (a: f64, b: f64) -> bool not F64NotGe { num::ge_f64(a, b) }
    F64NotLt _ "f64.not_lt" (a: f64, b: f64) -> bool not F64Lt { !num::lt_f64(a, b) }
    F64NotGt _ "f64.not_gt" (a: f64, b: f64) -> bool not F64Gt { !num::gt_f64(a, b) }
    F64NotLe _ "f64.not_le" (a: f64, b: f64) -> bool not F64Le { !num::le_f64(a, b) }
    F64NotGe _ "f64.not_ge" (a: f64, b: f64) -> bool not F64Ge { !num::ge_f64(a, b) }
}

section IntUnary unary (all()) shared {
    base [Unary(S, S) Unary(A, S)]
    full [Unary(S, A) Unary(A, A)]
    rare []

    I32Clz    0x67 "i32.clz"    (a: u32) -> u32 { num::clz32(a) }
    I32Ctz    0x68 "i32.ctz"    (a: u32) -> u32 { num::ctz32(a) }
    I32Popcnt 0x69 "i32.popcnt" (a: u32) -> u32 { num::popcnt32(a) }
    I64Clz    0x79 "i64.clz"    (a: u64) -> u64 { num::clz64(a).into() }
    I64Ctz    0x7a "i64.ctz"    (a: u64) -> u64 { num::ctz64(a).into() }
    I64Popcnt 0x7b "i64.popcnt" (a: u64) -> u64 { num::popcnt64(a).into() }
    I32WrapI64    0xa7 "i32.wrap_i64"     (a: u64) -> u32 { a as u32 }
    I64ExtendI32S 0xac "i64.extend_i32_s" (a: u32) -> u64 { i64::from(a as i32) as u64 }
    I64ExtendI32U 0xad "i64.extend_i32_u" (a: u32) -> u64 { u64::from(a) }
    I32Extend8S   0xc0 "i32.extend8_s"    (a: u32) -> u32 { i32::from(a as i8) as u32 }
    I32Extend16S  0xc1 "i32.extend16_s"   (a: u32) -> u32 { i32::from(a as i16) as u32 }
    I64Extend8S   0xc2 "i64.extend8_s"    (a: u64) -> u64 { i64::from(a as i8) as u64 }
    I64Extend16S  0xc3 "i64.extend16_s"   (a: u64) -> u64 { i64::from(a as i16) as u64 }
    I64Extend32S  0xc4 "i64.extend32_s"   (a: u64) -> u64 { i64::from(a as i32) as u64 }
}

section F32UnaryCommon unary (feature = "f32") shared {
    base [Unary(S, S)]
    full []
    rare [Unary(A, S) Unary(S, A) Unary(A, A)]

    F32Abs     0x8b "f32.abs"     (a: f32) -> f32 { num::abs_f32(a) }
    F32Neg     0x8c "f32.neg"     (a: f32) -> f32 { num::neg_f32(a) }
    F32Sqrt    0x91 "f32.sqrt"    (a: f32) -> f32 { num::sqrt_f32(a) }
    F32ConvertI32S 0xb2 "f32.convert_i32_s" (a: u32) -> f32 { a as i32 as f32 }
    F32ConvertI32U 0xb3 "f32.convert_i32_u" (a: u32) -> f32 { a as f32 }
}

section F32Unary unary (feature = "f32") shared {
    base [Unary(S, S)]
    full []
    rare [Unary(A, S) Unary(S, A) Unary(A, A)]

    F32Ceil    0x8d "f32.ceil"    (a: f32) -> f32 { num::ceil_f32(a) }
    F32Floor   0x8e "f32.floor"   (a: f32) -> f32 { num::floor_f32(a) }
    F32Trunc   0x8f "f32.trunc"   (a: f32) -> f32 { num::trunc_f32(a) }
    F32Nearest 0x90 "f32.nearest" (a: f32) -> f32 { num::nearest_f32(a) }
    I32TruncF32S 0xa8 "i32.trunc_f32_s" (a: f32) -> u32 or Trap { num::i32_trunc_f32_s(a) }
    I32TruncF32U 0xa9 "i32.trunc_f32_u" (a: f32) -> u32 or Trap { num::i32_trunc_f32_u(a) }
    I64TruncF32S 0xae "i64.trunc_f32_s" (a: f32) -> u64 or Trap { num::i64_trunc_f32_s(a) }
    I64TruncF32U 0xaf "i64.trunc_f32_u" (a: f32) -> u64 or Trap { num::i64_trunc_f32_u(a) }
    F32ConvertI64S 0xb4 "f32.convert_i64_s" (a: u64) -> f32 { num::f32_convert_i64_s(a) }
    F32ConvertI64U 0xb5 "f32.convert_i64_u" (a: u64) -> f32 { num::f32_convert_i64_u(a) }
    I32ReinterpretF32 0xbc "i32.reinterpret_f32" (a: f32) -> u32 { a.to_bits() }
    F32ReinterpretI32 0xbe "f32.reinterpret_i32" (a: u32) -> f32 { f32::from_bits(a) }
    I32TruncSatF32S (0xfc, 0) "i32.trunc_sat_f32_s" (a: f32) -> u32 { num::i32_trunc_sat_f32_s(a) }
    I32TruncSatF32U (0xfc, 1) "i32.trunc_sat_f32_u" (a: f32) -> u32 { num::i32_trunc_sat_f32_u(a) }
    I64TruncSatF32S (0xfc, 4) "i64.trunc_sat_f32_s" (a: f32) -> u64 { num::i64_trunc_sat_f32_s(a) }
    I64TruncSatF32U (0xfc, 5) "i64.trunc_sat_f32_u" (a: f32) -> u64 { num::i64_trunc_sat_f32_u(a) }
}

section F64UnaryCommon unary (feature = "f64") shared {
    base [Unary(S, S)]
    full [Unary(A, A)]
    rare [Unary(A, S) Unary(S, A)]

    F64Abs     0x99 "f64.abs"     (a: f64) -> f64 { num::abs_f64(a) }
    F64Neg     0x9a "f64.neg"     (a: f64) -> f64 { num::neg_f64(a) }
    F64Sqrt    0x9f "f64.sqrt"    (a: f64) -> f64 { num::sqrt_f64(a) }
    F32DemoteF64   0xb6 "f32.demote_f64"    (a: f64) -> f32 { a as f32 }
    F64ConvertI32S 0xb7 "f64.convert_i32_s" (a: u32) -> f64 { num::f64_convert_i32_s(a) }
    F64ConvertI32U 0xb8 "f64.convert_i32_u" (a: u32) -> f64 { num::f64_convert_i32_u(a) }
    F64PromoteF32  0xbb "f64.promote_f32"   (a: f32) -> f64 { num::promote(a) }
}

section F64Unary unary (feature = "f64") shared {
    base [Unary(S, S)]
    full []
    rare [Unary(A, S) Unary(S, A) Unary(A, A)]

    F64Ceil    0x9b "f64.ceil"    (a: f64) -> f64 { num::ceil_f64(a) }
    F64Floor   0x9c "f64.floor"   (a: f64) -> f64 { num::floor_f64(a) }
    F64Trunc   0x9d "f64.trunc"   (a: f64) -> f64 { num::trunc_f64(a) }
    F64Nearest 0x9e "f64.nearest" (a: f64) -> f64 { num::nearest_f64(a) }
    I32TruncF64S 0xaa "i32.trunc_f64_s" (a: f64) -> u32 or Trap { num::i32_trunc_f64_s(a) }
    I32TruncF64U 0xab "i32.trunc_f64_u" (a: f64) -> u32 or Trap { num::i32_trunc_f64_u(a) }
    I64TruncF64S 0xb0 "i64.trunc_f64_s" (a: f64) -> u64 or Trap { num::i64_trunc_f64_s(a) }
    I64TruncF64U 0xb1 "i64.trunc_f64_u" (a: f64) -> u64 or Trap { num::i64_trunc_f64_u(a) }
    F64ConvertI64S 0xb9 "f64.convert_i64_s" (a: u64) -> f64 { num::f64_convert_i64_s(a) }
    F64ConvertI64U 0xba "f64.convert_i64_u" (a: u64) -> f64 { num::f64_convert_i64_u(a) }
    I64ReinterpretF64 0xbd "i64.reinterpret_f64" (a: f64) -> u64 { a.to_bits() }
    F64ReinterpretI64 0xbf "f64.reinterpret_i64" (a: u64) -> f64 { f64::from_bits(a) }
    I32TruncSatF64S (0xfc, 2) "i32.trunc_sat_f64_s" (a: f64) -> u32 { num::i32_trunc_sat_f64_s(a) }
    I32TruncSatF64U (0xfc, 3) "i32.trunc_sat_f64_u" (a: f64) -> u32 { num::i32_trunc_sat_f64_u(a) }
    I64TruncSatF64S (0xfc, 6) "i64.trunc_sat_f64_s" (a: f64) -> u64 { num::i64_trunc_sat_f64_s(a) }
    I64TruncSatF64U (0xfc, 7) "i64.trunc_sat_f64_u" (a: f64) -> u64 { num::i64_trunc_sat_f64_u(a) }
}

section I32Load load (all()) {
    base [Load((S, O), S) Load((S, O), A) Load((A, O), S) Load((A, O), A) Load((S, M), S)]
    full [
        Load((S, P), S) Load((A, P), S) Load((A, P), A) Load((S, S, O), S) Load((S, S, O), A) Load((A, S, O), S) Load((A, S, O), A)
        Load(W, S) Load(W, A) Load((S, W), S) Load((S, W), A) Load((A, W), A) Load((S, I, S, O), S) Load((S, I, S, O), A) Load((A, I, P), S)
        Load((A, I, P), A) Load((A, I, S, O), S)
    ]
    rare [Load((S, P), A) Load((A, W), S) Load((A, I, S, O), A) Load((S, I, P), S) Load((S, I, P), A)]

    I32Load    0x28 "i32.load"     (a: u32) -> u32 { a }
    I32Load8S  0x2c "i32.load8_s"  (a: u8)  -> u32 { i32::from(a as i8) as u32 }
    I32Load8U  0x2d "i32.load8_u"  (a: u8)  -> u32 { u32::from(a) }
    I32Load16S 0x2e "i32.load16_s" (a: u16) -> u32 { i32::from(a as i16) as u32 }
    I32Load16U 0x2f "i32.load16_u" (a: u16) -> u32 { u32::from(a) }
}

section I64Load load (all()) {
    base [Load((S, O), S) Load((S, M), S)]
    full [Load((S, O), A) Load((A, O), S) Load((A, O), A) Load((S, W), A)]
    rare [
        Load((S, P), S) Load((S, P), A) Load((A, P), S) Load((A, P), A) Load((S, S, O), S) Load((S, S, O), A) Load((A, S, O), S)
        Load((A, S, O), A) Load(W, S) Load(W, A) Load((S, W), S) Load((A, W), S) Load((A, W), A) Load((S, I, S, O), S) Load((S, I, S, O), A)
    ]

    I64Load    0x29 "i64.load"     (a: u64) -> u64 { a }
    I64Load8S  0x30 "i64.load8_s"  (a: u8)  -> u64 { i64::from(a as i8) as u64 }
    I64Load8U  0x31 "i64.load8_u"  (a: u8)  -> u64 { u64::from(a) }
    I64Load16S 0x32 "i64.load16_s" (a: u16) -> u64 { i64::from(a as i16) as u64 }
    I64Load16U 0x33 "i64.load16_u" (a: u16) -> u64 { u64::from(a) }
    I64Load32S 0x34 "i64.load32_s" (a: u32) -> u64 { i64::from(a as i32) as u64 }
    I64Load32U 0x35 "i64.load32_u" (a: u32) -> u64 { u64::from(a) }
}

section F32Load load (feature = "f32") {
    base [Load((S, O), S) Load((S, M), S)]
    full [
        Load((S, O), A) Load((A, O), A) Load((S, S, O), A) Load((S, W), S) Load((S, W), A) Load((A, W), S) Load((S, I, S, O), S)
        Load((S, I, S, O), A)
    ]
    rare [
        Load((A, O), S) Load((S, P), S) Load((S, P), A) Load((A, P), S) Load((A, P), A) Load((S, S, O), S) Load((A, S, O), S)
        Load((A, S, O), A) Load(W, S) Load(W, A) Load((A, W), A)
    ]

    F32Load 0x2a "f32.load" (a: u32) -> f32 { f32::from_bits(a) }
}

section F64Load load (feature = "f64") {
    base [Load((S, O), S) Load((S, M), S)]
    full [
        Load((S, O), A) Load((A, O), A) Load((S, S, O), A) Load(W, A) Load((S, W), S) Load((S, W), A) Load((A, W), S) Load((S, I, S, O), S)
        Load((S, I, S, O), A)
    ]
    rare [
        Load((A, O), S) Load((S, P), S) Load((S, P), A) Load((A, P), S) Load((A, P), A) Load((S, S, O), S) Load((A, S, O), S)
        Load((A, S, O), A) Load(W, S) Load((A, W), A)
    ]

    F64Load 0x2b "f64.load" (a: u64) -> f64 { f64::from_bits(a) }
}

section I32Store store (all()) {
    base [Store((S, O), S) Store((S, O), A) Store((S, O), I) Store((A, O), S) Store((S, M), S)]
    full [
        Store((S, S, O), S) Store((S, S, O), A) Store((A, S, O), S) Store(W, S) Store((S, W), S) Store((S, W), I) Store(W, A)
        Store((S, I, S, O), S) Store((A, S, O), I)
    ]
    rare [
        Store((S, P), A) Store((S, P), I) Store((A, P), S) Store((S, S, O), I) Store(W, I) Store((A, W), S) Store((S, P), S)
        Store((S, W), A) Store((S, I, S, O), A) Store((A, O), I)
    ]

    I32Store   0x36 "i32.store"   (a: u32) -> u32 { a }
    I32Store8  0x3a "i32.store8"  (a: u32) -> u8  { a as u8 }
    I32Store16 0x3b "i32.store16" (a: u32) -> u16 { a as u16 }
}

section I64Store store (all()) {
    base [Store((S, O), S) Store((S, O), I) Store((S, M), S)]
    full [Store((S, O), A) Store((S, W), S) Store((S, W), I)]
    rare [
        Store((A, O), S) Store((S, P), S) Store((S, P), A) Store((S, P), I) Store((A, P), S) Store((S, S, O), S) Store((A, S, O), S)
        Store((A, S, O), I) Store((S, S, O), I) Store(W, S) Store(W, A) Store(W, I) Store((S, W), A) Store((A, W), S) Store((S, S, O), A)
        Store((A, O), I)
    ]

    I64Store   0x37 "i64.store"   (a: u64) -> u64 { a }
    I64Store8  0x3c "i64.store8"  (a: u64) -> u8  { a as u8 }
    I64Store16 0x3d "i64.store16" (a: u64) -> u16 { a as u16 }
    I64Store32 0x3e "i64.store32" (a: u64) -> u32 { a as u32 }
}

section F32Store store (feature = "f32") {
    base [Store((S, O), S) Store((S, M), S)]
    full [Store((S, O), A)]
    rare [
        Store((A, O), S) Store((S, P), S) Store((S, P), A) Store((A, P), S) Store((S, S, O), S) Store((A, S, O), S) Store(W, S) Store(W, A)
        Store((A, W), S) Store((S, S, O), A) Store((S, W), S) Store((S, W), A) Store((S, I, S, O), A) Store((S, I, S, O), S)
    ]

    F32Store 0x38 "f32.store" (a: f32) -> u32 { a.to_bits() }
}

section F64Store store (feature = "f64") {
    base [Store((S, O), S) Store((S, M), S)]
    full [Store((S, O), A) Store(W, A)]
    rare [
        Store((A, O), S) Store((S, P), S) Store((S, P), A) Store((A, P), S) Store((S, S, O), S) Store((A, S, O), S) Store(W, S)
        Store((A, W), S) Store((S, S, O), A) Store((S, W), S) Store((S, W), A) Store((S, I, S, O), A) Store((S, I, S, O), S)
    ]

    F64Store 0x39 "f64.store" (a: f64) -> u64 { a.to_bits() }
}

section Select select (all()) {
    base [Select(S, S)]
    full [Select(A, S) Select(S, I, S, S) Select(S, I, A, S) Select(I, S, A, S)]
    rare [Select(I, S, S, S)]

    Select32 _ "select.32" () -> u32 {}
    Select64 _ "select.64" () -> u64 {}
}

section GlobalGet global (all()) {
    base [GlobalGet(S,)]
    full []
    rare [GlobalGet(A,)]

    GlobalGet32 _ "global.get.32" () -> u32 {}
    GlobalGet64 _ "global.get.64" () -> u64 {}
}

section GlobalSet global (all()) {
    base [GlobalSet(S,)]
    full []
    rare [GlobalSet(A,)]

    GlobalSet32 _ "global.set.32" () -> u32 {}
    GlobalSet64 _ "global.set.64" () -> u64 {}
}

section ReturnInt result (all()) {
    base [Return(S,) Return(A,)]
    full []
    rare [Return(I,)]

    ReturnI32 _ "return.i32" () -> u32 {}
    ReturnI64 _ "return.i64" () -> u64 {}
}

section ReturnF32 result (feature = "f32") {
    base [Return(S,)]
    full []
    rare [Return(A,)]

    ReturnF32 _ "return.f32" () -> f32 {}
}

section ReturnF64 result (feature = "f64") {
    base [Return(S,)]
    full [Return(A,)]
    rare []

    ReturnF64 _ "return.f64" () -> f64 {}
}

section Move plain (all()) {
    base [Plain()]
    full []
    rare []

    Copy32  _ "copy.32"  (to: To32, from: From32) { moves::copy32 }
    Copy64  _ "copy.64"  (to: To64, from: From64) { moves::copy64 }
    Const32 _ "const.32" (to: To32, value: Imm16) { moves::const32 }
    Const64 _ "const.64" (to: To64, value: Imm16) { moves::const64 }
    Const32Wide _ "const.32" (to: To32, value: Imm32) { moves::const32_wide }
    Const64Wide _ "const.64" (to: To64, value: Imm64) { moves::const64_wide }
    FarGet32 _ "far.get.32" (to: To32, from: FarFrom32) { moves::far_get32 }
    FarGet64 _ "far.get.64" (to: To64, from: FarFrom64) { moves::far_get64 }
    FarSet32 _ "far.set.32" (to: FarTo32, from: From32) { moves::far_set32 }
    FarSet64 _ "far.set.64" (to: FarTo64, from: From64) { moves::far_set64 }
}

section CopyPair plain (all()) {
    base []
    full [Plain()]
    rare []

    CopyPair32 _ "copy.32.32" (to: To32, from: From32, to2: To32, from2: From32) { moves::copy_pair32 }
    CopyPair64 _ "copy.64.64" (to: To64, from: From64, to2: To64, from2: From64) { moves::copy_pair64 }
}

section Fused plain (all()) {
    base []
    full [Plain()]
    rare []

    AddPair32 _ "i32.add.i32.add" (to: To32, from: From32, step: Imm16, to2: ToBoth32, from2: From32, step2: Imm16) { fused::add_pair32 }
    AddBr32   _ "i32.add.br" (to: To32, from: From32, step: Imm16, target: Near) -> Elsewhere { fused::add_branch32 }
    GlobalAdd32    _ "global.add.32" (to: ToBoth32, step: Imm16, global: Global) { fused::global_add32 }
    GlobalSetSum32 _ "global.set.sum.32" (from: From32, step: Imm16, global: Global) { fused::global_set_sum32 }
}

section Control plain (all()) {
    base [Plain()]
    full []
    rare []

    Function  _ "function" (frame: Amount, locals: Amount, zeroed: Amount, fuel: Amount) -> Elsewhere { control::unreachable_header }
    Unreachable 0x00 "unreachable" () -> Elsewhere { control::unreachable }
    Exit      _ "exit"       () -> Elsewhere { control::exit }
    Br        _ "br"         (target: Near) -> Elsewhere { control::branch }
    BrFar     _ "br.far"     (target: Far) -> Elsewhere { control::branch_far }
    BrMetered _ "br.metered" (target: Near, fuel: Fuel) -> Elsewhere { control::branch_metered }
    BrFarMetered _ "br.far.metered" (target: Far, fuel: Fuel) -> Elsewhere { control::branch_far_metered }
    BrTable   _ "br_table"   (index: From32, targets: Targets) -> Elsewhere { control::branch_table }
    BrTableAcc _ "br_table"  (index: Acc32, targets: Targets) -> Elsewhere { control::branch_table_acc }
    Return    _ "return"     (link: Link) -> Elsewhere { calls::return_plain }
    CallImport    _ "call.import"  (frame: Frame, func: AnyFunc) { calls::call_import }
    ReturnCallImport _ "return_call.import" (frame: Frame, bytes: Bytes, link: Link, func: AnyFunc) -> Elsewhere { calls::return_call_import }
    CountOperators _ "count" (operators: Amount) { control::count_operators }
}

section Calls call (all()) {
    base [Plain()]
    full []
    rare []

    Call        _ "call"         (frame: Frame, func: Func) { calls::call, false }
    CallMetered _ "call.metered" (frame: Frame, func: Func) { calls::call, true }
}

section IndirectCalls call (all()) shared {
    base [Plain()]
    full []
    rare []

    CallIndirect _ "call_indirect" (index: From32, frame: Frame, ty: Type, table: Table) { calls::call_indirect, false }
    CallIndirectMetered _ "call_indirect.metered" (index: From32, frame: Frame, ty: Type, table: Table) { calls::call_indirect, true }
}

section TailCalls call (all()) shared {
    base [Plain()]
    full []
    rare []

    ReturnCall _ "return_call" (frame: Frame, bytes: Bytes, link: Link, func: Func) -> Elsewhere { calls::return_call, false }
    ReturnCallMetered _ "return_call.metered" (frame: Frame, bytes: Bytes, link: Link, func: Func) -> Elsewhere { calls::return_call, true }
}

section IndirectTailCalls call (all()) shared {
    base [Plain()]
    full []
    rare []

    ReturnCallIndirect _ "return_call_indirect" (index: From32, frame: Frame, bytes: Bytes, link: Link, ty: Type, table: Table) -> Elsewhere { calls::return_call_indirect, false }
    ReturnCallIndirectMetered _ "return_call_indirect.metered" (index: From32, frame: Frame, bytes: Bytes, link: Link, ty: Type, table: Table) -> Elsewhere { calls::return_call_indirect, true }
}

section Bulk plain (all()) {
    base [Plain()]
    full []
    rare []

    MemorySize _ "memory.size" (to: To32, memory: Memory, page_log2: Bytes) { bulk::memory_size }
    MemoryGrow _ "memory.grow" (to: To32, delta: From32, memory: Memory) { bulk::memory_grow }
    MemoryCopy _ "memory.copy" (to: From32, from: From32, length: From32, to_memory: Memory, from_memory: Memory) { bulk::memory_copy }
    MemoryFill _ "memory.fill" (to: From32, value: From32, length: From32, memory: Memory) { bulk::memory_fill }
    MemoryInit _ "memory.init" (to: From32, from: From32, length: From32, segment: Data, memory: Memory) { bulk::memory_init }
    DataDrop   _ "data.drop"   (segment: Data) { bulk::data_drop }
    TableGet   _ "table.get"   (to: To32, index: From32, table: Table) { tables::table_get }
    TableSet   _ "table.set"   (index: From32, value: From32, table: Table) { tables::table_set }
    TableSize  _ "table.size"  (to: To32, table: Table) { tables::table_size }
    TableGrow  _ "table.grow"  (to: To32, value: From32, delta: From32, table: Table) { tables::table_grow }
    TableFill  _ "table.fill"  (index: From32, value: From32, length: From32, table: Table) { tables::table_fill }
    TableCopy  _ "table.copy"  (to: From32, from: From32, length: From32, to_table: Table, from_table: Table) { tables::table_copy }
    TableInit  _ "table.init"  (to: From32, from: From32, length: From32, segment: Elem, table: Table) { tables::table_init }
    ElemDrop   _ "elem.drop"   (segment: Elem) { tables::elem_drop }
    RefFunc    _ "ref.func"    (to: To32, func: AnyFunc) { tables::ref_func }
}

    } };
}
pub(crate) use isa_table;
