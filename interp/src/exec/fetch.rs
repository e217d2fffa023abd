//! The fields of plain rows: what each is called in the table, how it is read.
#![allow(unsafe_code, reason = "fields are read from code")]

use super::state::{State, Stream};
use crate::isa::field::{Field, Layout, Ty};

/// A kind of field.
pub(crate) trait Fetch {
    /// What a body gets.
    type Value: Copy;
    const LAYOUT: Layout;

    /// # Safety
    /// The instruction at `s.ip` has such a field `at` bytes behind it (invariant 1).
    unsafe fn fetch<C: Stream>(s: &State<C>, at: usize) -> Self::Value;
}

macro_rules! fields {
    ($($(#[$doc:meta])* $name:ident: $read:ident as $value:ty = $field:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub(crate) struct $name;

        impl Fetch for $name {
            type Value = $value;
            const LAYOUT: Layout = Layout::EMPTY.with($field);

            #[inline(always)]
            unsafe fn fetch<C: Stream>(s: &State<C>, at: usize) -> $value {
                // SAFETY: the caller's contract.
                unsafe { s.$read(at) as $value }
            }
        }
    )*};
}

fields! {
    /// A slot of 4 bytes that is read.
    From32: field16 as u32 = Field::Read(Ty::I32);
    /// A slot of 8 bytes that is read.
    From64: field16 as u32 = Field::Read(Ty::I64);
    /// A slot of 4 bytes that is written.
    To32: field16 as u32 = Field::Write(Ty::I32);
    /// A slot of 8 bytes that is written.
    To64: field16 as u32 = Field::Write(Ty::I64);
    /// A far slot of 4 bytes that is read.
    FarFrom32: field32 as u32 = Field::FarRead(Ty::I32);
    /// A far slot of 8 bytes that is read.
    FarFrom64: field32 as u32 = Field::FarRead(Ty::I64);
    /// A far slot of 4 bytes that is written.
    FarTo32: field32 as u32 = Field::FarWrite(Ty::I32);
    /// A far slot of 8 bytes that is written.
    FarTo64: field32 as u32 = Field::FarWrite(Ty::I64);
    /// An immediate.
    Imm16: field16 as i16 = Field::Imm16;
    /// An immediate.
    Imm32: field32 as u32 = Field::Imm32;
    /// A number that counts something.
    Amount: field32 as u32 = Field::Imm32;
    /// A branch.
    Near: field16 as i16 = Field::Branch;
    /// A branch that goes far.
    Far: field32 as i32 = Field::FarBranch;
    /// The fuel of a branch.
    Fuel: field16 as u16 = Field::Fuel16;
    /// Number of all targets but the default; the targets follow.
    Targets: field32 as u32 = Field::BranchTable;
    /// The slot where a callee's frame starts.
    Frame: field16 as u32 = Field::Frame;
    /// The slot of this frame's link.
    Link: field16 as u32 = Field::Link;
    /// A number of bytes.
    Bytes: field16 as u16 = Field::Bytes;
    /// A function that the module defines.
    Func: field32 as u32 = Field::Func;
    /// Any function of the module.
    AnyFunc: field32 as u32 = Field::AnyFunc;
    /// A type.
    Type: field32 as u32 = Field::Type;
    /// A global that is read and written; its type is that of the slot before it.
    Global: field32 as u32 = Field::Global;
    /// A table.
    Table: field32 as u32 = Field::Table;
    /// A memory.
    Memory: field16 as u16 = Field::Memory;
    /// An element segment.
    Elem: field32 as u32 = Field::Elem;
    /// A data segment.
    Data: field32 as u32 = Field::Data;
}

/// A 64-bit immediate.
#[derive(Debug)]
pub(crate) struct Imm64;

impl Fetch for Imm64 {
    type Value = u64;
    const LAYOUT: Layout = Layout::EMPTY.with(Field::Imm64);

    #[inline(always)]
    unsafe fn fetch<C: Stream>(s: &State<C>, at: usize) -> u64 {
        // SAFETY: the caller's contract.
        unsafe { u64::from(s.field32(at)) | u64::from(s.field32(at + 4)) << 32 }
    }
}

/// A slot of 4 bytes that is written, with a value that is left in the accumulator, too.
#[derive(Debug)]
pub(crate) struct ToBoth32;

impl Fetch for ToBoth32 {
    type Value = u32;
    const LAYOUT: Layout = Layout::EMPTY.with(Field::Write(Ty::I32)).writing(Ty::I32);

    #[inline(always)]
    unsafe fn fetch<C: Stream>(s: &State<C>, at: usize) -> u32 {
        // SAFETY: the caller's contract.
        u32::from(unsafe { s.field16(at) })
    }
}

/// The integer accumulator: no field.
#[derive(Debug)]
pub(crate) struct Acc32;

impl Fetch for Acc32 {
    type Value = u32;
    const LAYOUT: Layout = Layout::EMPTY.reading(Ty::I32);

    #[inline(always)]
    unsafe fn fetch<C: Stream>(s: &State<C>, _at: usize) -> u32 {
        s.acc.get_i32()
    }
}
