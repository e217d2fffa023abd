//! What a random program is made of.

/// The types of its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Type {
    I32,
    I64,
    F32,
    F64,
}

/// A whole module. The last function is the exported one; each calls only those before it.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    pub(crate) functions: Vec<Function>,
    /// The globals' types and first values.
    pub(crate) globals: Vec<(Type, u64)>,
}

impl Program {
    /// The exported function.
    pub(crate) fn main(&self) -> &Function {
        self.functions.last().expect("there is at least one")
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Function {
    pub(crate) params: Vec<Type>,
    pub(crate) results: Vec<Type>,
    /// All locals, parameters first.
    pub(crate) locals: Vec<Type>,
    pub(crate) body: Vec<Statement>,
    /// The values at the end, one for each result.
    pub(crate) values: Vec<Expression>,
}

#[derive(Clone, Debug)]
pub(crate) enum Statement {
    Set(usize, Expression),
    SetGlobal(usize, Expression),
    Drop(Expression),
    /// `memory.fill` of so many bytes.
    Fill(Address, Expression, u32),
    /// `memory.copy` of so many bytes.
    Copy(Address, Address, u32),
    Store(Width, Address, Expression),
    If(Expression, Vec<Statement>, Vec<Statement>),
    /// A block; [`Statement::BreakIf`] in it leaves it.
    Block(Vec<Statement>),
    /// Leaves the block so many levels out, if the condition holds; loops and arms are no levels.
    BreakIf(u32, Expression),
    /// Counts the local down from the number to zero around the body.
    Loop(usize, u32, Vec<Statement>),
    /// The same, but a round is followed by another one only if the condition holds after it.
    While(usize, u32, Vec<Statement>, Expression),
    /// Counts the local up from zero at the head of the loop, and leaves it beyond the number; [`Statement::ContinueIf`] in it goes back to the head.
    Rounds(usize, u32, Vec<Statement>),
    /// Goes on with the next of the rounds so many levels out, if the condition holds.
    ContinueIf(u32, Expression),
    /// One of the arms, or the last one if there are not so many.
    Switch(Expression, Vec<Vec<Statement>>),
    /// Calls a function of several results and puts them into locals.
    CallInto(usize, Vec<Expression>, Vec<usize>),
    ReturnIf(Expression, Vec<Expression>),
}

#[derive(Clone, Debug)]
pub(crate) enum Expression {
    Const(Type, u64),
    Get(usize),
    Tee(usize, Box<Expression>),
    GetGlobal(usize),
    Unary(Unary, Box<Expression>),
    Binary(Binary, Box<Expression>, Box<Expression>),
    /// The first if the third holds; all are evaluated.
    Select(Box<Expression>, Box<Expression>, Box<Expression>),
    /// An `if` with a result.
    Choose(Type, Box<Expression>, Box<Expression>, Box<Expression>),
    /// Statements, then a value.
    Sequence(Type, Vec<Statement>, Box<Expression>),
    /// A block that is left with the first value if the second holds, else ends with the third.
    LeaveWith(Type, Box<Expression>, Box<Expression>, Box<Expression>),
    /// A value carried by a `br_table`: out of two blocks, or, if the selector is zero, out of the
    /// inner one, behind which it meets the operand.
    Route(Type, Box<Expression>, Box<Expression>, Binary, Box<Expression>),
    /// A value carried around a loop so many times, counted by the local; each time it meets the
    /// operand.
    Around(Type, Box<Expression>, usize, u32, Binary, Box<Expression>),
    Load(Width, Address),
    /// A function of one result.
    Call(usize, Vec<Expression>),
    /// The same through the table.
    CallIndirect(usize, Vec<Expression>),
}

/// An address: an expression, masked to lie in the memory and scaled, plus a base, plus an offset.
#[derive(Clone, Debug)]
pub(crate) struct Address {
    pub(crate) index: Box<Expression>,
    /// By how many bits it is shifted up.
    pub(crate) scale: u32,
    /// What is added, its lowest bits alone.
    pub(crate) base: Option<Box<Expression>>,
    pub(crate) offset: u32,
    /// The mask; some let addresses through that are out of bounds.
    pub(crate) mask: u32,
}

/// The loads and stores there are.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Width {
    I32,
    I32As8,
    I32As16,
    I64,
    I64As32,
    F32,
    F64,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Unary {
    Eqz32,
    Eqz64,
    Clz32,
    Popcnt64,
    Extend8,
    Extend32,
    Wrap,
    ExtendS,
    ExtendU,
    Neg,
    ConvertS32,
    TruncSat64,
    Neg32,
    /// The upper half.
    Upper,
    /// The bits of a float.
    Bits32,
    Bits64,
    /// A float of some of these bits, smaller than two: sums of such stay finite.
    Float32,
    Float64,
    /// To a float and back: all bits stay.
    Through32,
    Through64,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Binary {
    Int(Type, IntOp),
    Compare(Type, CompareOp),
    Float(Type, FloatOp),
    CompareFloat(Type, FloatCompareOp),
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum IntOp {
    Add,
    Sub,
    Mul,
    DivS,
    RemU,
    And,
    Or,
    Xor,
    Shl,
    ShrS,
    ShrU,
    Rotl,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum CompareOp {
    Eq,
    Ne,
    LtS,
    LtU,
    GtS,
    GeU,
    LeS,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum FloatOp {
    Add,
    Sub,
    Mul,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum FloatCompareOp {
    Eq,
    Lt,
    Ge,
}
