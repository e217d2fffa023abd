//! What an instruction is made of, as data: for encoder, disassembler and verifier.

/// A type of value as the machine knows it. References are `I32`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub(crate) enum Ty {
    I32,
    I64,
    F32,
    F64,
}

const _: () = assert!(Ty::I32.bytes() == 4 && Ty::I64.bytes() == 8 && Ty::F32.bytes() == 4 && Ty::F64.bytes() == 8);

impl Ty {
    /// Bytes a value takes in a frame.
    pub(crate) const fn bytes(self) -> u32 {
        // The wide types have odd numbers: the translator asks this several times for each operator.
        4 << (self as u32 & 1)
    }

    /// The integer type of the same width: what a copy of a value of this type is.
    pub(crate) const fn raw(self) -> Self {
        match self {
            Self::I32 | Self::F32 => Self::I32,
            Self::I64 | Self::F64 => Self::I64,
        }
    }
}

/// The kind of one field of an instruction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    /// u16: a slot that is read.
    Read(Ty),
    /// u16: a slot that is written.
    Write(Ty),
    /// u16: a slot that is read, then written.
    Update(Ty),
    /// i16 immediate.
    Imm16,
    /// i32 immediate.
    Imm32,
    /// 64-bit immediate.
    Imm64,
    /// u16 offset of a memory access.
    Offset16,
    /// u32 offset of a memory access.
    Offset32,
    /// i16: distance of a branch from the start of its instruction, in units of the code (u16 or u64).
    Branch,
    /// i32: the same.
    FarBranch,
    /// i32 entries: distances of a table's branches; the u32 count of all but the default comes first.
    BranchTable,
    /// u16 fuel.
    Fuel16,
    /// u32: number of a function among those the module defines.
    Func,
    /// u32: number of a function among all of the module.
    AnyFunc,
    /// u32: number of a type.
    Type,
    /// u32: number of a global.
    Global,
    /// u32: number of a table.
    Table,
    /// u16: number of a memory.
    Memory,
    /// u32: number of an element segment.
    Elem,
    /// u32: number of a data segment.
    Data,
    /// u16: slot at which a callee's frame starts.
    Frame,
    /// u16: slot of the link of this function's frame.
    Link,
    /// u16: how many bytes of arguments a tail call moves.
    Bytes,
    /// u32: a slot beyond what u16 reaches, read.
    FarRead(Ty),
    /// u32: a slot beyond what u16 reaches, written.
    FarWrite(Ty),
}

impl Field {
    /// Bytes this field takes in code; for a branch table, its count alone.
    pub(crate) const fn bytes(self) -> usize {
        match self {
            Self::Read(_)
            | Self::Write(_)
            | Self::Update(_)
            | Self::Imm16
            | Self::Offset16
            | Self::Branch
            | Self::Fuel16
            | Self::Memory
            | Self::Frame
            | Self::Link
            | Self::Bytes => 2,
            Self::Imm32
            | Self::Offset32
            | Self::FarBranch
            | Self::BranchTable
            | Self::Func
            | Self::AnyFunc
            | Self::Type
            | Self::Global
            | Self::Table
            | Self::Elem
            | Self::Data
            | Self::FarRead(_)
            | Self::FarWrite(_) => 4,
            Self::Imm64 => 8,
        }
    }
}

/// Where control goes after an instruction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// To the following instruction.
    Following,
    /// To the following instruction or to its branch target.
    Either,
    /// Never to the following instruction.
    Elsewhere,
}

/// The fields of an instruction in order, and what it does to the accumulator.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Layout {
    fields: [Field; Self::MAX],
    len: u8,
    /// The accumulator it reads.
    pub(crate) reads: Option<Ty>,
    /// The accumulator that holds its result afterwards.
    pub(crate) writes: Option<Ty>,
    /// Where control goes.
    pub(crate) next: Next,
}

impl Layout {
    const MAX: usize = 8;

    /// No fields, no accumulator, on to the following instruction.
    pub(crate) const EMPTY: Self =
        Self { fields: [Field::Imm16; Self::MAX], len: 0, reads: None, writes: None, next: Next::Following };

    /// This layout with one more field.
    pub(crate) const fn with(mut self, field: Field) -> Self {
        self.fields[self.len as usize] = field;
        self.len += 1;
        self
    }

    /// This layout with another's fields and accumulators added.
    pub(crate) const fn and(mut self, other: Self) -> Self {
        let mut index = 0;
        while index < other.len {
            self = self.with(other.fields[index as usize]);
            index += 1;
        }
        if other.reads.is_some() {
            self.reads = other.reads;
        }
        if other.writes.is_some() {
            self.writes = other.writes;
        }
        self
    }

    /// This layout, reading an accumulator.
    pub(crate) const fn reading(mut self, ty: Ty) -> Self {
        self.reads = Some(ty);
        self
    }

    /// This layout, leaving a result in an accumulator.
    pub(crate) const fn writing(mut self, ty: Ty) -> Self {
        self.writes = Some(ty);
        self
    }

    /// This layout, with control going there.
    pub(crate) const fn then(mut self, next: Next) -> Self {
        self.next = next;
        self
    }

    /// Bytes of all fields in code.
    pub(crate) const fn bytes(&self) -> usize {
        let mut sum = 0;
        let mut index = 0;
        while index < self.len {
            sum += self.fields[index as usize].bytes();
            index += 1;
        }
        sum
    }

    /// The field at this place.
    pub(crate) const fn field(&self, index: usize) -> Option<Field> {
        if index < self.len as usize { Some(self.fields[index]) } else { None }
    }

    /// The fields in order.
    pub(crate) fn fields(&self) -> &[Field] {
        self.fields.get(..usize::from(self.len)).unwrap_or(&[])
    }
}
