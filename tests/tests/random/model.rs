//! What a random program does: a walk over its tree.

use std::collections::BTreeMap;

use crate::program::{
    Address, Binary, CompareOp, Expression, FloatCompareOp, FloatOp, Function, IntOp, Program, Statement, Type, Unary,
    Width,
};

/// Bytes of memory that are compared; programs do not write beyond.
const MEMORY: usize = 512;

/// A whole page, as the engine has it.
const PAGE: usize = 65_536;

/// The end of a call, with all state it leaves.
#[derive(Debug, PartialEq)]
pub(crate) struct Outcome {
    pub(crate) results: Vec<u64>,
    pub(crate) trap: Option<String>,
    pub(crate) globals: Vec<u64>,
    /// The bytes that are not zero, by address.
    pub(crate) memory: BTreeMap<usize, u8>,
}

/// The bytes that are not zero in the first [`MEMORY`] ones.
pub(crate) fn non_zero(memory: &[u8]) -> BTreeMap<usize, u8> {
    let bytes = memory[..MEMORY].iter().copied().enumerate();
    bytes.filter(|(_, byte)| *byte != 0).collect()
}

/// The arguments of the n-th call, as bits of whatever type is asked for.
pub(crate) fn arguments(call: u64) -> impl Iterator<Item = u64> {
    const INTERESTING: [u64; 8] = [0, 1, u64::MAX, 7, 0x8000_0000, 1 << 63, 0xffff, 0x7fff_ffff];
    (0..).map(move |n: u64| INTERESTING[((n * 3 + call * 5) % 8) as usize])
}

/// A float out of the bits of an argument: always a finite one.
pub(crate) fn float_of(bits: u64) -> f64 {
    bits as i64 as f64 / 8.0
}

/// The same for the smaller type.
pub(crate) fn float32_of(bits: u64) -> f32 {
    bits as i32 as f32 / 8.0
}

/// The bits of a float; every NaN is the same.
pub(crate) fn float_bits(value: f64) -> u64 {
    if value.is_nan() { u64::MAX } else { value.to_bits() }
}

/// The same for the smaller type.
pub(crate) fn float32_bits(value: f32) -> u64 {
    if value.is_nan() { u64::MAX } else { u64::from(value.to_bits()) }
}

/// Runs the exported function with the arguments of the n-th call.
pub(crate) fn run(program: &Program, call: u64) -> Outcome {
    let mut machine =
        Machine { program, memory: vec![0; PAGE], globals: program.globals.iter().map(|(_, value)| *value).collect() };
    let main = program.main();
    let args = main.params.iter().zip(arguments(call)).map(|(ty, bits)| match ty {
        Type::I32 => bits & 0xffff_ffff,
        Type::I64 => bits,
        Type::F32 => u64::from(float32_of(bits).to_bits()),
        Type::F64 => float_of(bits).to_bits(),
    });
    let end = machine.call(main, args.collect());
    let normal = |types: Vec<Type>, values: &[u64]| {
        let values = types.iter().zip(values);
        values
            .map(|(ty, bits)| match ty {
                Type::F32 => float32_bits(f32::from_bits(*bits as u32)),
                Type::F64 => float_bits(f64::from_bits(*bits)),
                Type::I32 | Type::I64 => *bits,
            })
            .collect()
    };
    let global_types = program.globals.iter().map(|(ty, _)| *ty).collect();
    Outcome {
        globals: normal(global_types, &machine.globals),
        memory: non_zero(&machine.memory),
        trap: end.as_ref().err().map(|trap| (*trap).to_owned()),
        results: normal(main.results.clone(), &end.unwrap_or_default()),
    }
}

type Trap = &'static str;

/// Why statements ended early.
enum Stop {
    Trap(Trap),
    /// Leave this block, counted as the model counts blocks.
    Break(u32),
    /// Go on with these rounds, counted in the same way.
    Continue(u32),
    Return(Vec<u64>),
}

impl From<Trap> for Stop {
    fn from(trap: Trap) -> Self {
        Stop::Trap(trap)
    }
}

struct Machine<'a> {
    program: &'a Program,
    memory: Vec<u8>,
    globals: Vec<u64>,
}

impl Machine<'_> {
    fn call(&mut self, function: &Function, args: Vec<u64>) -> Result<Vec<u64>, Trap> {
        let mut locals = args;
        locals.resize(function.locals.len(), 0);
        let end = self.statements(&function.body, &mut locals);
        let end = end.and_then(|()| self.all(&function.values, &mut locals));
        match end {
            Ok(values) | Err(Stop::Return(values)) => Ok(values),
            Err(Stop::Trap(trap)) => Err(trap),
            Err(Stop::Break(_) | Stop::Continue(_)) => unreachable!("a branch is inside its block"),
        }
    }

    fn all(&mut self, list: &[Expression], locals: &mut [u64]) -> Result<Vec<u64>, Stop> {
        list.iter().map(|item| self.value(item, locals)).collect()
    }

    fn statements(&mut self, list: &[Statement], locals: &mut [u64]) -> Result<(), Stop> {
        list.iter().try_for_each(|item| self.statement(item, locals))
    }

    fn statement(&mut self, item: &Statement, locals: &mut [u64]) -> Result<(), Stop> {
        match item {
            Statement::Set(local, value) => locals[*local] = self.value(value, locals)?,
            Statement::SetGlobal(global, value) => self.globals[*global] = self.value(value, locals)?,
            Statement::Drop(value) => _ = self.value(value, locals)?,
            Statement::Fill(to, value, len) => {
                let to = self.index(to, locals)?;
                let value = self.value(value, locals)? as u8;
                let place = self.memory.get_mut(to..to + *len as usize).ok_or(OUT_OF_BOUNDS)?;
                place.fill(value);
            }
            Statement::Copy(to, from, len) => {
                let (to, from) = (self.index(to, locals)?, self.index(from, locals)?);
                let len = *len as usize;
                if to.max(from) + len > PAGE {
                    return Err(OUT_OF_BOUNDS.into());
                }
                self.memory.copy_within(from..from + len, to);
            }
            Statement::Store(width, address, value) => {
                let index = self.index(address, locals)?;
                let value = self.value(value, locals)?;
                let len = bytes(*width);
                let place = self.memory.get_mut(index..index + len).ok_or(OUT_OF_BOUNDS)?;
                place.copy_from_slice(&value.to_le_bytes()[..len]);
            }
            Statement::If(condition, yes, no) => {
                let arm = if self.value(condition, locals)? == 0 { no } else { yes };
                self.statements(arm, locals)?;
            }
            Statement::Block(body) => match self.statements(body, locals) {
                Err(Stop::Break(0)) => {}
                Err(Stop::Break(out)) => return Err(Stop::Break(out - 1)),
                end => end?,
            },
            Statement::BreakIf(out, condition) => {
                if self.value(condition, locals)? != 0 {
                    return Err(Stop::Break(*out));
                }
            }
            Statement::Loop(local, count, body) => {
                locals[*local] = u64::from(*count);
                while locals[*local] != 0 {
                    self.statements(body, locals)?;
                    locals[*local] -= 1;
                }
            }
            Statement::While(local, count, body, condition) => {
                locals[*local] = u64::from(*count);
                loop {
                    self.statements(body, locals)?;
                    locals[*local] -= 1;
                    if locals[*local] == 0 || self.value(condition, locals)? == 0 {
                        break;
                    }
                }
            }
            Statement::Rounds(local, count, body) => {
                locals[*local] = 0;
                loop {
                    locals[*local] += 1;
                    if locals[*local] > u64::from(*count) {
                        break;
                    }
                    match self.statements(body, locals) {
                        Err(Stop::Continue(0)) => {}
                        Err(Stop::Continue(out)) => return Err(Stop::Continue(out - 1)),
                        end => end?,
                    }
                }
            }
            Statement::ContinueIf(out, condition) => {
                if self.value(condition, locals)? != 0 {
                    return Err(Stop::Continue(*out));
                }
            }
            Statement::Switch(selector, arms) => {
                let selected = self.value(selector, locals)? as usize;
                if let Some(arm) = arms.get(selected) {
                    self.statements(arm, locals)?;
                }
            }
            Statement::CallInto(function, arguments, targets) => {
                let args = self.all(arguments, locals)?;
                let program = self.program;
                let results = self.call(&program.functions[*function], args)?;
                for (target, result) in targets.iter().zip(results).rev() {
                    locals[*target] = result;
                }
            }
            Statement::ReturnIf(condition, values) => {
                if self.value(condition, locals)? != 0 {
                    return Err(Stop::Return(self.all(values, locals)?));
                }
            }
        }
        Ok(())
    }

    fn value(&mut self, item: &Expression, locals: &mut [u64]) -> Result<u64, Stop> {
        Ok(match item {
            Expression::Const(_, value) => *value,
            Expression::Get(local) => locals[*local],
            Expression::Tee(local, value) => {
                let value = self.value(value, locals)?;
                locals[*local] = value;
                value
            }
            Expression::GetGlobal(global) => self.globals[*global],
            Expression::Unary(op, value) => unary(*op, self.value(value, locals)?),
            Expression::Binary(op, left, right) => {
                let left = self.value(left, locals)?;
                let right = self.value(right, locals)?;
                binary(*op, left, right)?
            }
            Expression::Select(yes, no, condition) => {
                let yes = self.value(yes, locals)?;
                let no = self.value(no, locals)?;
                if self.value(condition, locals)? != 0 { yes } else { no }
            }
            Expression::Choose(_, condition, yes, no) => {
                let arm = if self.value(condition, locals)? != 0 { yes } else { no };
                self.value(arm, locals)?
            }
            Expression::Sequence(_, body, value) => {
                self.statements(body, locals)?;
                self.value(value, locals)?
            }
            Expression::LeaveWith(_, first, condition, last) => {
                let first = self.value(first, locals)?;
                if self.value(condition, locals)? != 0 { first } else { self.value(last, locals)? }
            }
            Expression::Route(_, value, selector, op, operand) => {
                let value = self.value(value, locals)?;
                match self.value(selector, locals)? {
                    0 => binary(*op, value, self.value(operand, locals)?)?,
                    _ => value,
                }
            }
            Expression::Around(_, value, local, count, op, operand) => {
                locals[*local] = u64::from(*count);
                let mut value = self.value(value, locals)?;
                while locals[*local] != 0 {
                    value = binary(*op, value, self.value(operand, locals)?)?;
                    locals[*local] -= 1;
                }
                value
            }
            Expression::Load(width, address) => {
                let index = self.index(address, locals)?;
                let len = bytes(*width);
                let place = self.memory.get(index..index + len).ok_or(OUT_OF_BOUNDS)?;
                let mut raw = [0; 8];
                raw[..len].copy_from_slice(place);
                extend(*width, u64::from_le_bytes(raw))
            }
            Expression::Call(function, arguments) | Expression::CallIndirect(function, arguments) => {
                let args = self.all(arguments, locals)?;
                let program = self.program;
                self.call(&program.functions[*function], args)?[0]
            }
        })
    }

    fn index(&mut self, address: &Address, locals: &mut [u64]) -> Result<usize, Stop> {
        let base = match &address.base {
            Some(base) => self.value(base, locals)? as u32 & BASE_MASK,
            None => 0,
        };
        let index = (self.value(&address.index, locals)? as u32 & address.mask) << address.scale;
        Ok(base.wrapping_add(index) as usize + address.offset as usize)
    }
}

/// What is left of the base of an address.
pub(crate) const BASE_MASK: u32 = 0x3f;

const OUT_OF_BOUNDS: Trap = "out of bounds memory access";

fn bytes(width: Width) -> usize {
    match width {
        Width::I32As8 => 1,
        Width::I32As16 => 2,
        Width::I32 | Width::I64As32 | Width::F32 => 4,
        Width::I64 | Width::F64 => 8,
    }
}

fn extend(width: Width, raw: u64) -> u64 {
    match width {
        Width::I32As8 => u64::from(raw as i8 as i32 as u32),
        Width::I64As32 => raw as i32 as i64 as u64,
        Width::I32 | Width::I32As16 | Width::I64 | Width::F32 | Width::F64 => raw,
    }
}

/// Bits of an integer that make a float smaller than two.
pub(crate) const FLOAT32_MASK: u64 = 0xbfff_ffff;
pub(crate) const FLOAT64_MASK: u64 = 0xbfff_ffff_ffff_ffff;

fn unary(op: Unary, value: u64) -> u64 {
    match op {
        Unary::Eqz32 | Unary::Eqz64 => u64::from(value == 0),
        Unary::Clz32 => u64::from((value as u32).leading_zeros()),
        Unary::Popcnt64 => u64::from(value.count_ones()),
        Unary::Extend8 => u64::from(value as i8 as i32 as u32),
        Unary::Extend32 | Unary::ExtendS => value as i32 as i64 as u64,
        Unary::Wrap | Unary::ExtendU => value & 0xffff_ffff,
        Unary::Neg => value ^ (1 << 63),
        Unary::ConvertS32 => f64::from(value as i32).to_bits(),
        Unary::TruncSat64 => f64::from_bits(value) as i64 as u64,
        Unary::Neg32 => value ^ (1 << 31),
        Unary::Upper => value >> 32,
        Unary::Float32 => value & FLOAT32_MASK,
        Unary::Float64 => value & FLOAT64_MASK,
        Unary::Bits32 | Unary::Bits64 | Unary::Through32 | Unary::Through64 => value,
    }
}

fn binary(op: Binary, left: u64, right: u64) -> Result<u64, Trap> {
    Ok(match op {
        Binary::Int(Type::I32, op) => u64::from(int32(op, left as u32, right as u32)?),
        Binary::Int(_, op) => int64(op, left, right)?,
        Binary::Compare(Type::I32, op) => {
            let signed = |bits: u64| i64::from(bits as i32);
            compare(op, left, right, signed(left), signed(right))
        }
        Binary::Compare(_, op) => compare(op, left, right, left as i64, right as i64),
        Binary::Float(Type::F32, op) => {
            let float = |bits: u64| f32::from_bits(bits as u32);
            u64::from(float32(op, float(left), float(right)).to_bits())
        }
        Binary::Float(_, op) => float(op, f64::from_bits(left), f64::from_bits(right)).to_bits(),
        Binary::CompareFloat(ty, op) => {
            let float = |bits: u64| match ty {
                Type::F32 => f64::from(f32::from_bits(bits as u32)),
                _ => f64::from_bits(bits),
            };
            let (left, right) = (float(left), float(right));
            u64::from(match op {
                FloatCompareOp::Eq => left == right,
                FloatCompareOp::Lt => left < right,
                FloatCompareOp::Ge => left >= right,
            })
        }
    })
}

const BY_ZERO: Trap = "integer divide by zero";
const OVERFLOW: Trap = "integer overflow";

fn int32(op: IntOp, left: u32, right: u32) -> Result<u32, Trap> {
    Ok(match op {
        IntOp::Add => left.wrapping_add(right),
        IntOp::Sub => left.wrapping_sub(right),
        IntOp::Mul => left.wrapping_mul(right),
        IntOp::DivS if right == 0 => return Err(BY_ZERO),
        IntOp::DivS => (left as i32).checked_div(right as i32).ok_or(OVERFLOW)? as u32,
        IntOp::RemU => left.checked_rem(right).ok_or(BY_ZERO)?,
        IntOp::And => left & right,
        IntOp::Or => left | right,
        IntOp::Xor => left ^ right,
        IntOp::Shl => left.wrapping_shl(right),
        IntOp::ShrS => (left as i32).wrapping_shr(right) as u32,
        IntOp::ShrU => left.wrapping_shr(right),
        IntOp::Rotl => left.rotate_left(right % 32),
    })
}

fn int64(op: IntOp, left: u64, right: u64) -> Result<u64, Trap> {
    let by = (right % 64) as u32;
    Ok(match op {
        IntOp::Add => left.wrapping_add(right),
        IntOp::Sub => left.wrapping_sub(right),
        IntOp::Mul => left.wrapping_mul(right),
        IntOp::DivS if right == 0 => return Err(BY_ZERO),
        IntOp::DivS => (left as i64).checked_div(right as i64).ok_or(OVERFLOW)? as u64,
        IntOp::RemU => left.checked_rem(right).ok_or(BY_ZERO)?,
        IntOp::And => left & right,
        IntOp::Or => left | right,
        IntOp::Xor => left ^ right,
        IntOp::Shl => left << by,
        IntOp::ShrS => (left as i64 >> by) as u64,
        IntOp::ShrU => left >> by,
        IntOp::Rotl => left.rotate_left(by),
    })
}

fn compare(op: CompareOp, left: u64, right: u64, signed_left: i64, signed_right: i64) -> u64 {
    u64::from(match op {
        CompareOp::Eq => left == right,
        CompareOp::Ne => left != right,
        CompareOp::LtS => signed_left < signed_right,
        CompareOp::LtU => left < right,
        CompareOp::GtS => signed_left > signed_right,
        CompareOp::GeU => left >= right,
        CompareOp::LeS => signed_left <= signed_right,
    })
}

fn float(op: FloatOp, left: f64, right: f64) -> f64 {
    match op {
        FloatOp::Add => left + right,
        FloatOp::Sub => left - right,
        FloatOp::Mul => left * right,
    }
}

fn float32(op: FloatOp, left: f32, right: f32) -> f32 {
    match op {
        FloatOp::Add => left + right,
        FloatOp::Sub => left - right,
        FloatOp::Mul => left * right,
    }
}
