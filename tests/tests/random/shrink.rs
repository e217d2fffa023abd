//! Makes a failing program small: tries every way to leave a part out, keeps what still fails.
//!
//! Types are not looked at: a candidate may be invalid, and the caller's test has to say no to it.

use std::mem;

use crate::program::{Address, Expression, Program, Statement, Type};

/// The smallest program found for which `fails` still holds.
pub(crate) fn shrink(mut program: Program, fails: impl Fn(&Program) -> bool) -> Program {
    loop {
        let mut changed = false;
        let mut place = 0;
        while let Some(candidates) = smaller(&program, place) {
            match candidates.into_iter().find(|candidate| fails(candidate)) {
                Some(candidate) => {
                    program = candidate;
                    changed = true;
                }
                None => place += 1,
            }
        }
        if !changed {
            return program;
        }
    }
}

/// Ways to make one part smaller.
const WAYS: u32 = 16;

/// The programs in which the part at `place` is smaller; `None` beyond the last part.
fn smaller(program: &Program, place: u32) -> Option<Vec<Program>> {
    let mut candidates = Vec::new();
    for way in 0..WAYS {
        let mut candidate = program.clone();
        let mut walk = Walk { left: Some(place), way, changed: false };
        for function in &mut candidate.functions {
            walk.statements(&mut function.body);
            function.values.iter_mut().for_each(|value| walk.expression(value));
        }
        if walk.left.is_some() {
            return None;
        }
        if walk.changed {
            candidates.push(candidate);
        }
    }
    Some(candidates)
}

struct Walk {
    /// Parts to pass before the one to change; `None` after it.
    left: Option<u32>,
    way: u32,
    changed: bool,
}

impl Walk {
    /// Whether the part at hand is the one to change.
    fn here(&mut self) -> bool {
        let here = self.left == Some(0);
        self.left = self.left.and_then(|left| left.checked_sub(1));
        here
    }

    fn statements(&mut self, list: &mut Vec<Statement>) {
        for index in 0..list.len() {
            if self.here() {
                return self.replace_statement(list, index);
            }
            self.statement(&mut list[index]);
        }
    }

    fn replace_statement(&mut self, list: &mut Vec<Statement>, index: usize) {
        let instead = match (&mut list[index], self.way) {
            (_, 0) => Vec::new(),
            (Statement::If(_, arm, _), 1) | (Statement::If(_, _, arm), 2) => mem::take(arm),
            (Statement::Loop(_, _, body) | Statement::While(_, _, body, _), 1) => mem::take(body),
            (Statement::Loop(_, count, _) | Statement::While(_, count, _, _) | Statement::Rounds(_, count, _), 2)
                if *count > 1 =>
            {
                *count = 1;
                self.changed = true;
                return;
            }
            (Statement::Switch(_, arms), 1) if arms.len() > 1 => {
                arms.pop();
                self.changed = true;
                return;
            }
            _ => return,
        };
        list.splice(index..=index, instead);
        self.changed = true;
    }

    fn statement(&mut self, item: &mut Statement) {
        match item {
            Statement::Set(_, value)
            | Statement::SetGlobal(_, value)
            | Statement::Drop(value)
            | Statement::BreakIf(_, value)
            | Statement::ContinueIf(_, value) => self.expression(value),
            Statement::Fill(address, value, _) | Statement::Store(_, address, value) => {
                self.address(address);
                self.expression(value);
            }
            Statement::Copy(to, from, _) => {
                self.address(to);
                self.address(from);
            }
            Statement::If(condition, yes, no) => {
                self.expression(condition);
                self.statements(yes);
                self.statements(no);
            }
            Statement::Block(body) | Statement::Loop(_, _, body) | Statement::Rounds(_, _, body) => {
                self.statements(body)
            }
            Statement::While(_, _, body, condition) => {
                self.statements(body);
                self.expression(condition);
            }
            Statement::Switch(selector, arms) => {
                self.expression(selector);
                arms.iter_mut().for_each(|arm| self.statements(arm));
            }
            Statement::CallInto(_, values, _) => self.expressions(values),
            Statement::ReturnIf(condition, values) => {
                self.expression(condition);
                self.expressions(values);
            }
        }
    }

    fn address(&mut self, address: &mut Address) {
        if address.base.is_some() && self.here() {
            address.base = None;
            self.changed = true;
            return;
        }
        if let Some(base) = &mut address.base {
            self.expression(base);
        }
        self.expression(&mut address.index);
    }

    fn expressions(&mut self, list: &mut [Expression]) {
        list.iter_mut().for_each(|item| self.expression(item));
    }

    fn expression(&mut self, item: &mut Expression) {
        if self.here() {
            return self.replace_expression(item);
        }
        for part in parts(item) {
            self.expression(part);
        }
        if let Expression::Sequence(_, body, _) = item {
            self.statements(body);
        }
    }

    /// Puts a constant or one of its own parts in the place of an expression.
    fn replace_expression(&mut self, item: &mut Expression) {
        if matches!(item, Expression::Const(_, 0)) {
            return;
        }
        let nothing = |ty| Expression::Const(ty, 0);
        let instead = match self.way {
            0 => nothing(Type::I32),
            1 => nothing(Type::I64),
            2 => nothing(Type::F64),
            3 => nothing(Type::F32),
            way => match descendant(item, &mut (way - 4)) {
                Some(part) => mem::replace(part, nothing(Type::I32)),
                None => return,
            },
        };
        *item = instead;
        self.changed = true;
    }
}

/// The n-th expression inside another one.
fn descendant<'a>(item: &'a mut Expression, left: &mut u32) -> Option<&'a mut Expression> {
    for part in parts(item) {
        if *left == 0 {
            return Some(part);
        }
        *left -= 1;
        if let Some(found) = descendant(part, left) {
            return Some(found);
        }
    }
    None
}

/// The expressions an expression is made of.
fn parts(item: &mut Expression) -> Vec<&mut Expression> {
    match item {
        Expression::Const(..) | Expression::Get(_) | Expression::GetGlobal(_) => Vec::new(),
        Expression::Tee(_, value) | Expression::Unary(_, value) | Expression::Sequence(_, _, value) => vec![value],
        Expression::Binary(_, left, right) | Expression::Around(_, left, _, _, _, right) => vec![left, right],
        Expression::Select(a, b, c) | Expression::Choose(_, a, b, c) | Expression::LeaveWith(_, a, b, c) => {
            vec![a, b, c]
        }
        Expression::Load(_, address) => {
            address.base.iter_mut().chain([&mut address.index]).map(|part| &mut **part).collect()
        }
        Expression::Route(_, value, selector, _, operand) => vec![value, selector, operand],
        Expression::Call(_, arguments) | Expression::CallIndirect(_, arguments) => arguments.iter_mut().collect(),
    }
}
