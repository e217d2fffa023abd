//! What follows from the op table: rows as types, numbers of instructions, and the table as data.

use core::cmp::Ordering;

use super::field::Layout;
#[cfg(any(feature = "alloc", ermine_small))]
use super::field::Ty;
use super::form::*;
use super::table::isa_table;
use crate::exec::fetch::*;
use crate::exec::row::*;
use crate::exec::shape::*;
#[cfg(ermine_small)]
use crate::exec::shared::{Binaries, Calls, Compares, UnarySection};
use crate::exec::state::{Flow, State, Stream};
use crate::exec::{bulk, calls, control, fused, moves, tables};
use crate::num;
use crate::trap::Trap;

/// The number of an instruction: what starts it in compact code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Code(pub(crate) u16);

/// A section of the table.
pub(crate) trait Section {
    const ID: SectionId;
}

/// A row of the table.
pub(crate) trait Row: 'static {
    type Section: Section;
    /// Its place in its section.
    const INDEX: u16;
}

/// A form that a section has. Implemented by shapes over the row type `()`.
pub(crate) trait FormIn<X: Section> {
    /// Its place in the section's list.
    const INDEX: u16;
    /// Number of the instruction that is the section's first row in this form.
    const FIRST: u16 = first_of(X::ID, Self::INDEX);
}

/// The number of the instruction that is row `R` in the form of `F`.
pub(crate) const fn code_of<R: Row, F: FormIn<R::Section>>() -> u16 {
    F::FIRST + R::INDEX
}

/// The number of a section's first row in a form. All `base` forms come first, those on floats last among them: a machine that has no others
/// has numbers without gaps, for which compilers make one jump table. (With gaps it was a tree of comparisons, and twice as slow on a Cortex-M.)
const fn first_of(section: SectionId, form: u16) -> u16 {
    let section = section as usize;
    let (mut list, mut form) = (0, form);
    while form >= SECTION_FORMS[section][list] {
        form -= SECTION_FORMS[section][list];
        list += 1;
    }
    let mut first = form * SECTION_ROWS[section];
    let mut other = 0;
    while other < SECTION_ROWS.len() {
        let mut others = 0;
        while others < LISTS {
            let (rank, own) = (rank(other, others), rank(section, list));
            if rank < own || rank == own && other < section {
                first += SECTION_ROWS[other] * SECTION_FORMS[other][others];
            }
            others += 1;
        }
        other += 1;
    }
    first
}

/// How many lists of forms a section has: `base`, `full`, `rare`.
const LISTS: usize = 3;

/// Instructions are numbered in this order, then in that of the table.
const fn rank(section: usize, list: usize) -> usize {
    2 * list + SECTION_IS_OPTIONAL[section] as usize
}

/// How many numbers there are.
pub(crate) const OP_COUNT: usize = {
    let mut count = 0;
    let mut index = 0;
    while index < SECTION_ROWS.len() {
        let [base, full, rare] = SECTION_FORMS[index];
        count += SECTION_ROWS[index] as usize * (base + full + rare) as usize;
        index += 1;
    }
    count
};

/// The place of `name` in `names`.
const fn position(names: &[&str], name: &str) -> u16 {
    let mut index = 0;
    while index < names.len() {
        if same(names[index].as_bytes(), name.as_bytes()) {
            return index as u16;
        }
        index += 1;
    }
    panic!("not in the list")
}

const fn same(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut index = 0;
    while index < a.len() {
        if a[index] != b[index] {
            return false;
        }
        index += 1;
    }
    true
}

/// The float type that a section's condition asks for.
#[cfg(feature = "alloc")]
const fn float(condition: &str) -> Option<Ty> {
    if same(condition.as_bytes(), b"(feature = \"f32\")") {
        return Some(Ty::F32);
    }
    if same(condition.as_bytes(), b"(feature = \"f64\")") {
        return Some(Ty::F64);
    }
    assert!(same(condition.as_bytes(), b"(all())"), "a condition that is not known here");
    None
}

macro_rules! count {
    ($($item:tt)*) => { <[&str]>::len(&[$(stringify!($item)),*]) };
}

/// Rows and sections as types and as enums; sizes of sections.
macro_rules! define {
    ($( section $section:ident $kind:ident $cfg:tt $($shared:ident)? {
        base [$($base:ident $base_form:tt)*] full [$($full:ident $full_form:tt)*] rare [$($rare:ident $rare_form:tt)*]
        $( $row:ident $opcode:tt $name:literal ($($args:tt)*) $(-> $result:ident)? $(or $trap:ident)? $(not $inverse:ident)? {$($body:tt)*} )*
    } )*) => {
        /// Sections in the order of the table.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[repr(u8)]
        pub(crate) enum SectionId { $($section),* }

        /// Rows in the order of the table.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[repr(u16)]
        pub(crate) enum RowId { $($($row,)*)* }

        const SECTION_ROWS: &[u16] = &[$(count!($($row)*) as u16),*];
        const SECTION_FORMS: &[[u16; LISTS]] = &[$([count!($($base)*) as u16, count!($($full)*) as u16, count!($($rare)*) as u16]),*];
        /// Whether there are builds without the section.
        const SECTION_IS_OPTIONAL: &[bool] = &[$(!same(stringify!($cfg).as_bytes(), b"(all())")),*];

        /// One type per section.
        pub(crate) mod section {
            $( #[derive(Debug)] pub(crate) enum $section {} )*
        }
        $( impl Section for section::$section { const ID: SectionId = SectionId::$section; } )*

        /// One type per row.
        pub(crate) mod row {
            $( $( #[derive(Debug, Clone, Copy)] pub(crate) struct $row; )* )*
        }

        /// The places of the rows in their sections.
        mod place {
            $( pub(super) mod $section {
                #![allow(non_snake_case, clippy::enum_variant_names, reason = "named after the section and its rows")]
                #[repr(u16)]
                pub(in super::super) enum Place { $($row),* }
            } )*
        }
        $($(
            impl Row for row::$row {
                type Section = section::$section;
                const INDEX: u16 = place::$section::Place::$row as u16;
            }
            impl Pick for row::$row {
                #[inline(always)]
                #[allow(unsafe_code, reason = "declared so for others")]
                unsafe fn pick<C: Stream>(_: &State<C>) -> Self {
                    row::$row
                }
            }
            semantics!($kind $row ($($args)*) ($($result)?) ($($trap)?) ($($inverse)?) {$($body)*});
        )*)*

        $( share!(($($shared)?) $kind $section $cfg [$($row)*]); )*

        $( forms!($section [$($base $base_form)* $($full $full_form)* $($rare $rare_form)*]); )*

        /// All rows, in the order of the table.
        #[cfg(feature = "alloc")]
        pub(crate) const ROW_IDS: &[RowId] = &[$($(RowId::$row,)*)*];

        /// What each row is, by [`RowId`].
        #[cfg(feature = "alloc")]
        pub(crate) const ROWS: &[RowInfo] = &[$($(
            RowInfo {
                name: $name,
                opcode: opcode!($opcode),
                section: SectionId::$section,
                index: row::$row::INDEX,
                inverse: inverse!($($inverse)?),
                types: row_types!($kind $row),
            },
        )*)*];

        /// The forms of each section, by [`SectionId`].
        #[cfg(feature = "alloc")]
        pub(crate) const SECTIONS: &[SectionInfo] = &[$(
            SectionInfo {
                rows: SECTION_ROWS[SectionId::$section as usize],
                float: float(stringify!($cfg)),
                forms: &[
                    $(form_info!($section false $base $base_form),)*
                    $(form_info!($section true $full $full_form),)*
                    $(form_info!($section true $rare $rare_form),)*
                ],
            },
        )*];
    };
}

/// The place of each form in its section.
macro_rules! forms {
    ($section:ident $all:tt) => { forms!(@each $section $all $all); };
    (@each $section:ident [$($shape:ident $form:tt)*] $all:tt) => {$(
        impl FormIn<section::$section> for $shape<(), $form> {
            const INDEX: u16 = position(forms!(@names $all), stringify!($shape $form));
        }
    )*};
    (@names [$($shape:ident $form:tt)*]) => { &[$(stringify!($shape $form)),*] };
}

/// Calls a body, the fields of the instruction behind its other arguments.
macro_rules! fetched {
    ($s:ident ($($arg:ident: $field:ident),*) $body:path, ($($argument:expr),*)) => {{
        #[allow(unused_assignments, unused_mut, unused_variables, reason = "rows without fields")]
        {
            let mut at = C::HEAD;
            $( let $arg = <$field as Fetch>::fetch($s, at); at += const { <$field as Fetch>::LAYOUT.bytes() }; )*
            $body($($argument,)* $($arg),*)
        }
    }};
}

/// What a row computes, as an implementation of the trait of its kind.
macro_rules! semantics {
    (binary $row:ident ($a:ident: $ta:ident, $b:ident: $tb:ident) ($result:ident) () () $body:block) => {
        impl BinaryRow for row::$row {
            type Operand = $ta;
            type Result = $result;
            #[inline(always)]
            fn compute(self, $a: $ta, $b: $tb) -> Result<$result, Trap> { Ok($body) }
        }
    };
    (binary $row:ident ($a:ident: $ta:ident, $b:ident: $tb:ident) ($result:ident) (Trap) () $body:block) => {
        impl BinaryRow for row::$row {
            type Operand = $ta;
            type Result = $result;
            #[inline(always)]
            fn compute(self, $a: $ta, $b: $tb) -> Result<$result, Trap> $body
        }
    };
    (ternary $row:ident ($a:ident: $ta:ident, $b:ident: $tb:ident, $c:ident: $tc:ident) ($result:ident) () () $body:block) => {
        impl TernaryRow for row::$row {
            type Value = $result;
            #[inline(always)]
            fn compute(self, $a: $ta, $b: $tb, $c: $tc) -> $result $body
        }
    };
    (compare $row:ident ($a:ident: $ta:ident, $b:ident: $tb:ident) (bool) () ($inverse:ident) $body:block) => {
        impl CompareRow for row::$row {
            type Operand = $ta;
            #[inline(always)]
            fn holds(self, $a: $ta, $b: $tb) -> bool $body
        }
    };
    (unary $row:ident ($a:ident: $ta:ident) ($result:ident) () () $body:block) => {
        impl UnaryRow for row::$row {
            type Operand = $ta;
            type Result = $result;
            #[inline(always)]
            fn compute(self, $a: $ta) -> Result<$result, Trap> { Ok($body) }
        }
    };
    (unary $row:ident ($a:ident: $ta:ident) ($result:ident) (Trap) () $body:block) => {
        impl UnaryRow for row::$row {
            type Operand = $ta;
            type Result = $result;
            #[inline(always)]
            fn compute(self, $a: $ta) -> Result<$result, Trap> $body
        }
    };
    (load $row:ident ($a:ident: $ta:ident) ($result:ident) () () $body:block) => {
        impl LoadRow for row::$row {
            type Stored = $ta;
            type Result = $result;
            #[inline(always)]
            fn extend($a: $ta) -> $result $body
        }
    };
    (store $row:ident ($a:ident: $ta:ident) ($result:ident) () () $body:block) => {
        impl StoreRow for row::$row {
            type Operand = $ta;
            type Stored = $result;
            #[inline(always)]
            fn narrow($a: $ta) -> $result $body
        }
    };
    (plain $row:ident ($($arg:ident: $field:ident),*) ($($next:ident)?) () () {$body:path}) => {
        impl PlainRow for row::$row {
            const LAYOUT: Layout = Layout::EMPTY$(.and(<$field as Fetch>::LAYOUT))*$(.then(super::field::Next::$next))?;
            #[inline(always)]
            #[allow(unsafe_code, reason = "one call of a body, under its own contract")]
            unsafe fn run<C: Stream>(s: &mut State<C>) -> Flow {
                // SAFETY: the caller's contract is the body's: `s.ip` is at an instruction of this row (invariant 1).
                unsafe { fetched!(s ($($arg: $field),*) $body, (s)) }
            }
        }
    };
    (call $row:ident ($($arg:ident: $field:ident),*) ($($next:ident)?) () () {$body:path, $metered:literal}) => {
        impl CallRow for row::$row {
            #[inline(always)]
            #[allow(unsafe_code, reason = "one call of a body, under its own contract")]
            unsafe fn call<C: Stream>(s: &mut State<C>, metered: bool) -> Flow {
                // SAFETY: the caller's contract is the body's: `s.ip` is at an instruction of this row (invariant 1).
                unsafe { fetched!(s ($($arg: $field),*) $body, (s, metered)) }
            }
        }
        impl PlainRow for row::$row {
            const LAYOUT: Layout = Layout::EMPTY$(.and(<$field as Fetch>::LAYOUT))*$(.then(super::field::Next::$next))?;
            #[inline(always)]
            #[allow(unsafe_code, reason = "one call of a body, under its own contract")]
            unsafe fn run<C: Stream>(s: &mut State<C>) -> Flow {
                // SAFETY: the caller's contract.
                unsafe { <Self as CallRow>::call(s, $metered) }
            }
        }
    };
    // select, global, result: the type of the value says it all.
    ($kind:ident $row:ident () ($result:ident) () () {}) => {
        impl ValueRow for row::$row {
            type Value = $result;
        }
    };
}

/// What the rows of a section compute, as one function, if they share it.
macro_rules! share {
    (() $($unused:tt)*) => {};
    ((shared) binary $section:ident $cfg:tt [$first:ident $($row:ident)*]) => {
        #[cfg(ermine_small)]
        #[cfg $cfg]
        impl Binaries for section::$section {
            type Operand = <row::$first as BinaryRow>::Operand;
            type Result = <row::$first as BinaryRow>::Result;
            #[inline(never)]
            fn compute(place: u16, a: Self::Operand, b: Self::Operand) -> Result<Self::Result, Trap> {
                match place {
                    $( <row::$row as Row>::INDEX => row::$row.compute(a, b), )*
                    _ => row::$first.compute(a, b),
                }
            }
        }
    };
    ((shared) compare $section:ident $cfg:tt [$first:ident $($row:ident)*]) => {
        #[cfg(ermine_small)]
        #[cfg $cfg]
        impl Compares for section::$section {
            type Operand = <row::$first as CompareRow>::Operand;
            #[inline(never)]
            fn holds(place: u16, a: Self::Operand, b: Self::Operand) -> bool {
                match place {
                    $( <row::$row as Row>::INDEX => row::$row.holds(a, b), )*
                    _ => row::$first.holds(a, b),
                }
            }
        }
    };
    ((shared) call $section:ident $cfg:tt [$free:ident $metered:ident]) => {
        #[cfg(ermine_small)]
        #[cfg $cfg]
        impl Calls for section::$section {
            type Free = row::$free;
        }
    };
    ((shared) unary $section:ident $cfg:tt [$($row:ident)*]) => {
        #[cfg(ermine_small)]
        #[cfg $cfg]
        impl UnarySection for section::$section {
            const TYPES: &'static [(Ty, Ty)] = &[$((<<row::$row as UnaryRow>::Operand as Value>::TY, <<row::$row as UnaryRow>::Result as Value>::TY)),*];
            #[inline(never)]
            fn compute(place: u16, bits: u64) -> Result<u64, Trap> {
                $( if place == <row::$row as Row>::INDEX {
                    return row::$row.compute(Value::from_bits(bits)).map(Value::to_bits);
                } )*
                Ok(bits)
            }
        }
    };
}

#[cfg(feature = "alloc")]
macro_rules! opcode {
    (_) => {
        Opcode::NONE
    };
    ((0xfc, $sub:literal)) => {
        Opcode::prefixed($sub)
    };
    ($byte:literal) => {
        Opcode::byte($byte)
    };
}

#[cfg(feature = "alloc")]
macro_rules! inverse {
    () => {
        None
    };
    ($row:ident) => {
        Some(RowId::$row)
    };
}

#[cfg(feature = "alloc")]
macro_rules! form_info {
    ($section:ident $full:literal $shape:ident $form:tt) => {
        FormInfo {
            first: <$shape<(), $form> as FormIn<section::$section>>::FIRST,
            shape: Shape::$shape,
            key: FormKey(<$form as Keyed>::KEY),
            full: $full,
        }
    };
}

#[cfg(feature = "alloc")]
macro_rules! row_types {
    (binary $row:ident) => { row_types!(@ <row::$row as BinaryRow>::Operand, <row::$row as BinaryRow>::Result) };
    (ternary $row:ident) => { row_types!(@ <row::$row as TernaryRow>::Value, <row::$row as TernaryRow>::Value) };
    (compare $row:ident) => { row_types!(@ <row::$row as CompareRow>::Operand, u32) };
    (unary $row:ident) => { row_types!(@ <row::$row as UnaryRow>::Operand, <row::$row as UnaryRow>::Result) };
    (load $row:ident) => { row_types!(@ u32, <row::$row as LoadRow>::Result) };
    (store $row:ident) => { row_types!(@ <row::$row as StoreRow>::Operand, u32) };
    (plain $row:ident) => { (Ty::I32, Ty::I32) };
    (call $row:ident) => { (Ty::I32, Ty::I32) };
    ($kind:ident $row:ident) => { row_types!(@ <row::$row as ValueRow>::Value, <row::$row as ValueRow>::Value) };
    (@ $operand:ty, $result:ty) => { (<$operand as Value>::TY, <$result as Value>::TY) };
}

isa_table!(define);

/// A wasm opcode: a byte, or 0x100 plus what follows the prefix 0xfc.
#[cfg(feature = "alloc")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Opcode(pub(crate) u16);

#[cfg(feature = "alloc")]
impl Opcode {
    /// Of operations that wasm does not have.
    pub(crate) const NONE: Self = Self(u16::MAX);

    /// The opcode that is one byte.
    pub(crate) const fn byte(byte: u8) -> Self {
        Self(byte as u16)
    }

    /// The opcode behind the prefix 0xfc.
    pub(crate) const fn prefixed(sub: u8) -> Self {
        Self(0x100 + sub as u16)
    }
}

/// A row as data.
#[cfg(feature = "alloc")]
#[derive(Debug)]
pub(crate) struct RowInfo {
    pub(crate) name: &'static str,
    pub(crate) opcode: Opcode,
    pub(crate) section: SectionId,
    pub(crate) index: u16,
    /// The comparison that holds where this one does not.
    pub(crate) inverse: Option<RowId>,
    /// Types of operands and result.
    pub(crate) types: (Ty, Ty),
}

/// A form as data.
#[cfg(feature = "alloc")]
#[derive(Debug)]
pub(crate) struct FormInfo {
    /// The number of its first instruction; the section's rows follow in order.
    pub(crate) first: u16,
    pub(crate) shape: Shape,
    pub(crate) key: FormKey,
    /// Only in the `full` profile.
    pub(crate) full: bool,
}

/// A section as data.
#[cfg(feature = "alloc")]
#[derive(Debug)]
pub(crate) struct SectionInfo {
    pub(crate) rows: u16,
    /// The float type without which a build does not have the section.
    pub(crate) float: Option<Ty>,
    pub(crate) forms: &'static [FormInfo],
}

/// Hands every instruction to the macro named first: groups of `{ (common) (shared) (rare) (cfg) (cfg) Section Shape (form) [rows] }`.
/// All are conditions for `#[cfg]`: exactly one of the first three holds, and the instruction exists where the last two hold.
macro_rules! each_op {
    ($($then:tt)*) => { $crate::isa::table::isa_table! { each_section {$($then)*} [] } };
}

macro_rules! each_section {
    ({$then:ident $($extra:tt)*} [$($done:tt)*]) => { $then! { $($extra)* $($done)* } };
    ($then:tt [$($done:tt)*]
        section $section:ident $kind:ident $cfg:tt $($shared:ident)? {
            base [$($base:ident $base_form:tt)*] full [$($full:ident $full_form:tt)*] rare [$($rare:ident $rare_form:tt)*]
            $( $row:ident $opcode:tt $name:literal ($($args:tt)*) $(-> $result:ident)? $(or $trap:ident)? $(not $inverse:ident)? {$($body:tt)*} )*
        }
        $($rest:tt)*
    ) => {
        each_form! { $then [$($done)*] ($($shared)?) $section $cfg [$($base $base_form)*] [$($full $full_form)*] [$($rare $rare_form)*] [$($row)*] $($rest)* }
    };
}

macro_rules! each_form {
    ($then:tt [$($done:tt)*] () $section:ident $cfg:tt [$($base:ident $base_form:tt)*] [$($full:ident $full_form:tt)*] [$($rare:ident $rare_form:tt)*] $rows:tt $($rest:tt)*) => {
        each_section! { $then [
            $($done)*
            $({ (all()) (any()) (any()) (all()) $cfg $section $base $base_form $rows })*
            $({ (all()) (any()) (any()) (feature = "full") $cfg $section $full $full_form $rows })*
            $({ (any()) (any()) (all()) (feature = "full") $cfg $section $rare $rare_form $rows })*
        ] $($rest)* }
    };
    ($then:tt [$($done:tt)*] (shared) $section:ident $cfg:tt [$($base:ident $base_form:tt)*] [$($full:ident $full_form:tt)*] [$($rare:ident $rare_form:tt)*] $rows:tt $($rest:tt)*) => {
        each_section! { $then [
            $($done)*
            $({ (not(ermine_small)) (ermine_small) (any()) (all()) $cfg $section $base $base_form $rows })*
            $({ (all()) (any()) (any()) (feature = "full") $cfg $section $full $full_form $rows })*
            $({ (any()) (any()) (all()) (feature = "full") $cfg $section $rare $rare_form $rows })*
        ] $($rest)* }
    };
}
pub(crate) use {each_form, each_op, each_section};
