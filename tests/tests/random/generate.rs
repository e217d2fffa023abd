//! Random programs: few locals, so that reads and writes of one local meet often.

use crate::program::{
    Address, Binary, CompareOp, Expression, FloatCompareOp, FloatOp, Function, IntOp, Program, Statement, Type, Unary,
    Width,
};

/// Deepest nesting of an expression.
const DEPTH: u32 = 4;

/// The program of a seed, always the same. Later ones of a run are larger.
pub(crate) fn program(seed: u64) -> Program {
    let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    for _ in 0..4 {
        random.next();
    }
    let half = u64::from(0.5_f32.to_bits());
    let globals = vec![(Type::I32, 5), (Type::I64, 1 << 40), (Type::F64, 1.5_f64.to_bits()), (Type::F32, half)];
    let mut functions: Vec<Function> = Vec::new();
    for _ in 0..1 + random.below(3) {
        let function = Generator::new(&mut random, &functions, &globals).function();
        functions.push(function);
    }
    Program { functions, globals }
}

/// A small generator of random numbers (xorshift).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, bound: u32) -> u32 {
        ((self.next() >> 32) as u32) % bound
    }

    fn one_in(&mut self, bound: u32) -> bool {
        self.below(bound) == 0
    }

    fn of<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len() as u32) as usize]
    }
}

const TYPES: [Type; 8] = [Type::I32, Type::I32, Type::I64, Type::I32, Type::F64, Type::I32, Type::I64, Type::F32];

struct Generator<'a> {
    random: &'a mut Random,
    functions: &'a [Function],
    globals: &'a [(Type, u64)],
    locals: Vec<Type>,
    results: Vec<Type>,
    /// Locals that count loops; nothing else may write them.
    counters: Vec<usize>,
    free_counters: Vec<usize>,
    blocks: u32,
    /// Rounds around the current place.
    rounds: u32,
    /// Statements and expressions that may still be made: they bound the size.
    budget: u32,
    expressions: u32,
    /// Loops around the current place: bounds the time.
    loops: u32,
}

impl<'a> Generator<'a> {
    fn new(random: &'a mut Random, functions: &'a [Function], globals: &'a [(Type, u64)]) -> Self {
        let budget = 4 + random.below(14);
        Self {
            random,
            functions,
            globals,
            locals: Vec::new(),
            results: Vec::new(),
            counters: Vec::new(),
            free_counters: Vec::new(),
            blocks: 0,
            rounds: 0,
            budget,
            expressions: 40 * budget,
            loops: 0,
        }
    }

    fn types(&mut self, least: u32, most: u32) -> Vec<Type> {
        let count = least + self.random.below(most - least + 1);
        (0..count).map(|_| self.random.of(&TYPES)).collect()
    }

    fn function(mut self) -> Function {
        let params = self.types(1, 4);
        self.results = self.types(1, 3);
        self.locals = params.clone();
        let more = self.types(1, 3);
        self.locals.extend(more);
        for _ in 0..2 {
            self.counters.push(self.locals.len());
            self.locals.push(Type::I32);
        }
        self.free_counters = self.counters.clone();
        let body = self.statements();
        let values = self.result_values();
        Function { params, results: self.results, locals: self.locals, body, values }
    }

    fn result_values(&mut self) -> Vec<Expression> {
        let results = self.results.clone();
        results.into_iter().map(|ty| self.expression(ty, DEPTH)).collect()
    }

    fn statements(&mut self) -> Vec<Statement> {
        let count = 1 + self.random.below(5);
        let mut list = Vec::new();
        for _ in 0..count {
            if self.budget == 0 {
                break;
            }
            self.budget -= 1;
            list.push(self.statement());
        }
        list
    }

    fn statement(&mut self) -> Statement {
        match self.random.below(26) {
            18 | 19 => self.count(),
            20 if self.blocks > 0 => {
                let condition = self.step();
                Statement::BreakIf(self.random.below(self.blocks), condition)
            }
            21 => self.push_or_pop(),
            22 => self.counted_rounds(),
            23 | 24 if self.rounds > 0 => {
                let condition = if self.random.one_in(2) { self.condition() } else { self.step() };
                Statement::ContinueIf(self.random.below(self.rounds), condition)
            }
            0 => {
                let global = self.random.below(self.globals.len() as u32) as usize;
                Statement::SetGlobal(global, self.expression(self.globals[global].0, DEPTH))
            }
            1 => {
                let ty = self.random.of(&TYPES);
                Statement::Drop(self.expression(ty, DEPTH))
            }
            2 | 3 => self.store(),
            12 => {
                let to = self.address();
                let value = self.expression(Type::I32, 2);
                Statement::Fill(to, value, self.random.below(20))
            }
            13 => {
                let (to, from) = (self.address(), self.address());
                Statement::Copy(to, from, self.random.below(20))
            }
            4 => Statement::If(self.condition(), self.statements(), self.statements()),
            5 => {
                self.blocks += 1;
                let body = self.statements();
                self.blocks -= 1;
                Statement::Block(body)
            }
            6 | 7 if self.blocks > 0 => Statement::BreakIf(self.random.below(self.blocks), self.condition()),
            8 => self.counted_loop(),
            9 => {
                let selector = self.expression(Type::I32, 2);
                let three = Box::new(Expression::Const(Type::I32, 3));
                let and = Binary::Int(Type::I32, IntOp::And);
                let selector = Expression::Binary(and, Box::new(selector), three);
                let count = 1 + self.random.below(3);
                let arms = (0..count).map(|_| self.statements()).collect();
                Statement::Switch(selector, arms)
            }
            10 if !self.functions.is_empty() && self.loops < 2 => self.call_into(),
            11 if self.random.one_in(3) => {
                let condition = self.condition();
                Statement::ReturnIf(condition, self.result_values())
            }
            _ => {
                let local = self.writable();
                Statement::Set(local, self.expression(self.locals[local], DEPTH))
            }
        }
    }

    fn store(&mut self) -> Statement {
        let (width, ty) = self.width(None);
        let address = self.address();
        Statement::Store(width, address, self.expression(ty, DEPTH))
    }

    fn counted_loop(&mut self) -> Statement {
        let Some(counter) = self.free_counters.pop() else {
            return self.store();
        };
        self.loops += 1;
        let count = 1 + self.random.below(4);
        let body = self.statements();
        let condition = self.random.one_in(2).then(|| self.condition());
        self.loops -= 1;
        self.free_counters.push(counter);
        match condition {
            Some(condition) => Statement::While(counter, count, body, condition),
            None => Statement::Loop(counter, count, body),
        }
    }

    fn counted_rounds(&mut self) -> Statement {
        let Some(counter) = self.free_counters.pop() else {
            return self.count();
        };
        self.loops += 1;
        self.rounds += 1;
        let count = 1 + self.random.below(4);
        let body = self.statements();
        self.rounds -= 1;
        self.loops -= 1;
        self.free_counters.push(counter);
        Statement::Rounds(counter, count, body)
    }

    /// A local plus a number, in the same local or another one.
    fn count(&mut self) -> Statement {
        let (Some(to), Some(from)) = (self.local_of(Type::I32), self.local_of(Type::I32)) else {
            return self.store();
        };
        let from = if self.random.one_in(3) { from } else { to };
        Statement::Set(to, self.sum(from))
    }

    /// A local plus a number or another local.
    fn sum(&mut self, local: usize) -> Expression {
        const STEPS: [u64; 6] = [1, 0xffff_ffff, 4, 0x7fff, 0xffff_8000, 0x8000];
        let step = match self.local_of(Type::I32) {
            Some(by) if self.random.one_in(4) => Expression::Get(by),
            _ => Expression::Const(Type::I32, self.random.of(&STEPS)),
        };
        Expression::Binary(Binary::Int(Type::I32, IntOp::Add), Box::new(Expression::Get(local)), Box::new(step))
    }

    /// A counter, compared with its limit.
    fn step(&mut self) -> Expression {
        let Some(local) = self.local_of(Type::I32) else {
            return self.condition();
        };
        let sum = Expression::Tee(local, Box::new(self.sum(local)));
        let op = self.random.of(&[CompareOp::Ne, CompareOp::LtS, CompareOp::LtU, CompareOp::GeU]);
        let limit = Box::new(self.leaf(Type::I32));
        Expression::Binary(Binary::Compare(Type::I32, op), Box::new(sum), limit)
    }

    /// A stack pointer that goes down, or up again.
    fn push_or_pop(&mut self) -> Statement {
        let Some(local) = self.local_of(Type::I32) else {
            return self.store();
        };
        let add = |value, step| {
            let step = Box::new(Expression::Const(Type::I32, step));
            Expression::Binary(Binary::Int(Type::I32, IntOp::Add), Box::new(value), step)
        };
        let value = match self.random.below(3) {
            0 => add(Expression::Get(local), 16),
            1 => add(Expression::GetGlobal(0), 0xffff_fff0),
            _ => Expression::Tee(local, Box::new(add(Expression::GetGlobal(0), 0xffff_fff0))),
        };
        Statement::SetGlobal(0, value)
    }

    fn call_into(&mut self) -> Statement {
        let number = self.random.below(self.functions.len() as u32) as usize;
        let function = &self.functions[number];
        let args = self.arguments(function);
        let mut targets = Vec::new();
        for ty in &function.results {
            match self.local_of(*ty) {
                Some(local) => targets.push(local),
                None => return self.store(),
            }
        }
        Statement::CallInto(number, args, targets)
    }

    fn arguments(&mut self, function: &Function) -> Vec<Expression> {
        function.params.iter().map(|ty| self.expression(*ty, 2)).collect()
    }

    /// A local that is no loop's counter.
    fn writable(&mut self) -> usize {
        loop {
            let local = self.random.below(self.locals.len() as u32) as usize;
            if !self.counters.contains(&local) {
                return local;
            }
        }
    }

    fn local_of(&mut self, ty: Type) -> Option<usize> {
        let fits = |local: &usize| self.locals[*local] == ty && !self.counters.contains(local);
        let fitting: Vec<usize> = (0..self.locals.len()).filter(fits).collect();
        (!fitting.is_empty()).then(|| self.random.of(&fitting))
    }

    fn condition(&mut self) -> Expression {
        if self.random.one_in(4) {
            return self.expression(Type::I32, DEPTH);
        }
        let expression = self.comparison(DEPTH - 1);
        match self.random.one_in(4) {
            true => Expression::Unary(Unary::Eqz32, Box::new(expression)),
            false => expression,
        }
    }

    fn boxed(&mut self, ty: Type, depth: u32) -> Box<Expression> {
        Box::new(self.expression(ty, depth))
    }

    fn comparison(&mut self, depth: u32) -> Expression {
        const OPS: [CompareOp; 7] = [
            CompareOp::Eq,
            CompareOp::Ne,
            CompareOp::LtS,
            CompareOp::LtU,
            CompareOp::GtS,
            CompareOp::GeU,
            CompareOp::LeS,
        ];
        const FLOAT_OPS: [FloatCompareOp; 3] = [FloatCompareOp::Eq, FloatCompareOp::Lt, FloatCompareOp::Ge];
        let ty = self.random.of(&TYPES);
        let op = match ty {
            Type::F32 | Type::F64 => Binary::CompareFloat(ty, self.random.of(&FLOAT_OPS)),
            Type::I32 | Type::I64 => Binary::Compare(ty, self.random.of(&OPS)),
        };
        let left = self.boxed(ty, depth);
        Expression::Binary(op, left, self.boxed(ty, depth))
    }

    fn expression(&mut self, ty: Type, depth: u32) -> Expression {
        self.expressions = self.expressions.saturating_sub(1);
        if depth == 0 || self.expressions == 0 || self.random.one_in(3) {
            return self.leaf(ty);
        }
        let depth = depth - 1;
        match self.random.below(18) {
            0 | 1 => match self.local_of(ty) {
                Some(local) => Expression::Tee(local, self.boxed(ty, depth)),
                None => self.leaf(ty),
            },
            2 => {
                let (mut yes, mut no) = (self.boxed(ty, depth), self.boxed(ty, depth));
                match self.random.below(6) {
                    0 => *yes = Expression::Const(ty, 7),
                    1 => *no = Expression::Const(ty, 7),
                    _ => {}
                }
                Expression::Select(yes, no, Box::new(self.condition()))
            }
            3 => {
                let condition = Box::new(self.condition());
                let yes = self.boxed(ty, depth);
                Expression::Choose(ty, condition, yes, self.boxed(ty, depth))
            }
            4 if self.budget > 0 => {
                let body = self.statements();
                Expression::Sequence(ty, body, self.boxed(ty, depth))
            }
            5 => {
                let first = self.boxed(ty, depth);
                let condition = Box::new(self.condition());
                Expression::LeaveWith(ty, first, condition, self.boxed(ty, depth))
            }
            6 => {
                let (width, _) = self.width(Some(ty));
                let load = Expression::Load(width, self.address());
                // What memory holds may be a NaN, whose bits arithmetic may change.
                let bounded =
                    |bits, float| Expression::Unary(float, Box::new(Expression::Unary(bits, Box::new(load.clone()))));
                match ty {
                    Type::F32 => bounded(Unary::Bits32, Unary::Float32),
                    Type::F64 => bounded(Unary::Bits64, Unary::Float64),
                    Type::I32 | Type::I64 => load,
                }
            }
            7 if self.loops < 2 => self.call(ty),
            8 | 9 => self.unary(ty, depth),
            10 if ty == Type::I32 => self.comparison(depth),
            11 => {
                let value = self.boxed(ty, depth);
                let selector = self.boxed(Type::I32, depth);
                let (op, operand) = self.harmless(ty, depth);
                Expression::Route(ty, value, selector, op, operand)
            }
            12 if self.loops < 2 => self.around(ty, depth),
            _ => self.arithmetic(ty, depth),
        }
    }

    fn leaf(&mut self, ty: Type) -> Expression {
        const VALUES: [u64; 12] =
            [0, 1, 2, u64::MAX, 31, 100, 0x7fff, 0x8000, 0x7fff_ffff, 0x8000_0000, 1 << 40, 1 << 63];
        match self.random.below(8) {
            0 => {
                let of_type = |(_, global): &(usize, &(Type, u64))| global.0 == ty;
                let global = self.globals.iter().enumerate().find(of_type);
                Expression::GetGlobal(global.expect("one of each type").0)
            }
            1 | 2 => {
                let bits = self.random.of(&VALUES);
                Expression::Const(
                    ty,
                    match ty {
                        Type::I32 => bits & 0xffff_ffff,
                        Type::I64 => bits,
                        Type::F32 => u64::from((bits as i32 as f32 / 4.0).to_bits()),
                        Type::F64 => (bits as i64 as f64 / 4.0).to_bits(),
                    },
                )
            }
            _ => {
                let of_type: Vec<usize> = (0..self.locals.len()).filter(|local| self.locals[*local] == ty).collect();
                match of_type.is_empty() {
                    true => Expression::Const(ty, 0),
                    false => Expression::Get(self.random.of(&of_type)),
                }
            }
        }
    }

    fn call(&mut self, ty: Type) -> Expression {
        let fits = |n: &usize| self.functions[*n].results == [ty];
        match (0..self.functions.len()).find(fits) {
            Some(number) if self.random.one_in(3) => {
                Expression::CallIndirect(number, self.arguments(&self.functions[number]))
            }
            Some(number) => Expression::Call(number, self.arguments(&self.functions[number])),
            None => self.leaf(ty),
        }
    }

    /// An operation and its right operand; neither traps.
    fn harmless(&mut self, ty: Type, depth: u32) -> (Binary, Box<Expression>) {
        let op = match ty {
            Type::F32 => {
                let op = Binary::Float(ty, self.random.of(&[FloatOp::Add, FloatOp::Sub]));
                return (op, self.small(ty, depth));
            }
            Type::F64 => Binary::Float(ty, self.random.of(&[FloatOp::Add, FloatOp::Sub])),
            Type::I32 | Type::I64 => Binary::Int(ty, self.random.of(&[IntOp::Add, IntOp::Sub, IntOp::Xor])),
        };
        (op, self.boxed(ty, depth))
    }

    fn around(&mut self, ty: Type, depth: u32) -> Expression {
        let Some(counter) = self.free_counters.pop() else {
            return self.leaf(ty);
        };
        self.loops += 1;
        let value = self.boxed(ty, depth);
        let (op, operand) = self.harmless(ty, depth);
        self.loops -= 1;
        self.free_counters.push(counter);
        Expression::Around(ty, value, counter, 1 + self.random.below(4), op, operand)
    }

    fn unary(&mut self, ty: Type, depth: u32) -> Expression {
        let (op, from) = match ty {
            Type::I32 => self.random.of(&[
                (Unary::Eqz32, Type::I32),
                (Unary::Eqz64, Type::I64),
                (Unary::Clz32, Type::I32),
                (Unary::Extend8, Type::I32),
                (Unary::Wrap, Type::I64),
                (Unary::Wrap, Type::I64),
                (Unary::Upper, Type::I64),
                (Unary::Bits32, Type::F32),
                (Unary::Through32, Type::I32),
            ]),
            Type::I64 => self.random.of(&[
                (Unary::Popcnt64, Type::I64),
                (Unary::Extend32, Type::I64),
                (Unary::ExtendS, Type::I32),
                (Unary::ExtendU, Type::I32),
                (Unary::TruncSat64, Type::F64),
                (Unary::Bits64, Type::F64),
                (Unary::Through64, Type::I64),
            ]),
            Type::F32 => self.random.of(&[(Unary::Neg32, Type::F32), (Unary::Float32, Type::I32)]),
            Type::F64 => {
                self.random.of(&[(Unary::Neg, Type::F64), (Unary::ConvertS32, Type::I32), (Unary::Float64, Type::I64)])
            }
        };
        Expression::Unary(op, self.boxed(from, depth))
    }

    fn arithmetic(&mut self, ty: Type, depth: u32) -> Expression {
        const OPS: [IntOp; 13] = [
            IntOp::Add,
            IntOp::Add,
            IntOp::Sub,
            IntOp::Sub,
            IntOp::Mul,
            IntOp::And,
            IntOp::Or,
            IntOp::Xor,
            IntOp::Shl,
            IntOp::ShrS,
            IntOp::ShrU,
            IntOp::Rotl,
            IntOp::Add,
        ];
        if ty == Type::F64 && self.random.one_in(3) {
            return self.scaled(depth);
        }
        if ty == Type::F32 || ty == Type::F64 && self.random.one_in(3) {
            return self.product_and_sum(ty, depth);
        }
        let op = match ty {
            Type::F32 | Type::F64 => Binary::Float(ty, self.random.of(&[FloatOp::Add, FloatOp::Sub])),
            Type::I32 | Type::I64 if self.random.one_in(40) => {
                Binary::Int(ty, self.random.of(&[IntOp::DivS, IntOp::RemU]))
            }
            Type::I32 | Type::I64 => Binary::Int(ty, self.random.of(&OPS)),
        };
        let left = self.boxed(ty, depth);
        Expression::Binary(op, left, self.boxed(ty, depth))
    }

    /// A float smaller than two, for sums and products that stay finite.
    fn small(&mut self, ty: Type, depth: u32) -> Box<Expression> {
        let (op, from) = match ty {
            Type::F32 => (Unary::Float32, Type::I32),
            _ => (Unary::Float64, Type::I64),
        };
        Box::new(Expression::Unary(op, self.boxed(from, depth.min(1))))
    }

    /// A small number or a product of two, and a sum with anything.
    fn product_and_sum(&mut self, ty: Type, depth: u32) -> Expression {
        let mut one = self.small(ty, depth);
        if self.random.one_in(2) {
            let other = self.small(ty, depth);
            one = Box::new(Expression::Binary(Binary::Float(ty, FloatOp::Mul), one, other));
        }
        let sum = Binary::Float(ty, self.random.of(&[FloatOp::Add, FloatOp::Sub]));
        let other = self.boxed(ty, depth);
        match self.random.one_in(2) {
            true => Expression::Binary(sum, one, other),
            false => Expression::Binary(sum, other, one),
        }
    }

    /// A product with a small constant: products of variables would soon be infinite, and then
    /// NaN, whose bits may differ.
    fn scaled(&mut self, depth: u32) -> Expression {
        let factor = self.random.of(&[1.5_f64, -0.5, 0.25, -1.0]);
        let factor = Box::new(Expression::Const(Type::F64, factor.to_bits()));
        let other = self.boxed(Type::F64, depth);
        let op = Binary::Float(Type::F64, FloatOp::Mul);
        match self.random.one_in(2) {
            true => Expression::Binary(op, factor, other),
            false => Expression::Binary(op, other, factor),
        }
    }

    /// A load's or store's width and the type of its value, of the given type if there is one.
    fn width(&mut self, ty: Option<Type>) -> (Width, Type) {
        const WIDTHS: [(Width, Type); 7] = [
            (Width::I32, Type::I32),
            (Width::I32As8, Type::I32),
            (Width::I32As16, Type::I32),
            (Width::I64, Type::I64),
            (Width::I64As32, Type::I64),
            (Width::F32, Type::F32),
            (Width::F64, Type::F64),
        ];
        loop {
            let (width, of) = self.random.of(&WIDTHS);
            if ty.is_none_or(|ty| ty == of) {
                return (width, of);
            }
        }
    }

    fn address(&mut self) -> Address {
        let mask = if self.random.one_in(60) { 0x1_fff0 } else { 0x7f };
        let scale = if self.random.one_in(2) { 0 } else { self.random.below(4) };
        let base = self.random.one_in(3).then(|| self.boxed(Type::I32, 1));
        Address { index: self.boxed(Type::I32, 2), scale, base, offset: self.random.below(100), mask: mask >> scale }
    }
}
