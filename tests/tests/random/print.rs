//! A random program as a module's text.

use std::fmt::Write as _;

use crate::model::BASE_MASK;
use crate::program::{
    Address, Binary, CompareOp, Expression, FloatCompareOp, FloatOp, Function, IntOp, Program, Statement, Type, Unary,
    Width,
};

/// The module of a program.
pub(crate) fn module(program: &Program) -> String {
    let mut text = String::from("(module (memory (export \"memory\") 1)\n");
    for (n, (ty, value)) in program.globals.iter().enumerate() {
        let (ty, value) = (name(*ty), constant(*ty, *value));
        text += &format!("(global (export \"g{n}\") (mut {ty}) {value})\n");
    }
    for (n, function) in program.functions.iter().enumerate() {
        let export = if n + 1 == program.functions.len() { "(export \"run\")" } else { "" };
        let names = |types: &[Type]| types.iter().map(|ty| name(*ty)).collect::<Vec<_>>().join(" ");
        let (params, results) = (names(&function.params), names(&function.results));
        text += &format!("(type $f{n} (func (param {params}) (result {results})))\n");
        text += &self::function(export, function);
    }
    let count = program.functions.len();
    let all: Vec<String> = (0..count).map(|n| n.to_string()).collect();
    text + &format!("(table {count} funcref) (elem (i32.const 0) func {}))", all.join(" "))
}

fn function(export: &str, function: &Function) -> String {
    let names = |types: &[Type]| types.iter().map(|ty| name(*ty)).collect::<Vec<_>>().join(" ");
    let (params, locals) = function.locals.split_at(function.params.len());
    let mut text = format!(
        "(func {export} (param {}) (result {}) (local {})\n",
        names(params),
        names(&function.results),
        names(locals)
    );
    statements(&mut text, &function.body, &mut Depth::default());
    for value in &function.values {
        expression(&mut text, value, &mut Depth::default());
    }
    text + ")\n"
}

/// The labels around; innermost last.
#[derive(Default)]
struct Depth {
    blocks: Vec<Label>,
}

/// What a label is, for the statements that branch.
#[derive(Clone, Copy, PartialEq)]
enum Label {
    Block,
    Rounds,
    Other,
}

impl Depth {
    fn within(&mut self, label: Label, work: impl FnOnce(&mut Self)) {
        self.blocks.push(label);
        work(self);
        self.blocks.pop();
    }

    /// The number of the label of this kind so many of them out.
    fn label(&self, kind: Label, out: u32) -> usize {
        let mut blocks = self.blocks.iter().rev().enumerate().filter(|(_, label)| **label == kind);
        blocks.nth(out as usize).expect("inside so many blocks").0
    }
}

fn statements(text: &mut String, list: &[Statement], depth: &mut Depth) {
    for item in list {
        statement(text, item, depth);
        text.push('\n');
    }
}

fn statement(text: &mut String, item: &Statement, depth: &mut Depth) {
    match item {
        Statement::Set(local, value) => {
            expression(text, value, depth);
            *text += &format!("local.set {local}");
        }
        Statement::SetGlobal(global, value) => {
            expression(text, value, depth);
            *text += &format!("global.set {global}");
        }
        Statement::Drop(value) => {
            expression(text, value, depth);
            *text += "drop";
        }
        Statement::Fill(to, value, len) => {
            address(text, to, depth);
            *text += &format!("i32.const {} i32.add\n", to.offset);
            expression(text, value, depth);
            *text += &format!("i32.const {len} memory.fill");
        }
        Statement::Copy(to, from, len) => {
            for place in [to, from] {
                address(text, place, depth);
                *text += &format!("i32.const {} i32.add\n", place.offset);
            }
            *text += &format!("i32.const {len} memory.copy");
        }
        Statement::Store(width, address, value) => {
            self::address(text, address, depth);
            expression(text, value, depth);
            *text += &format!("{} offset={}", store(*width), address.offset);
        }
        Statement::If(condition, yes, no) => {
            expression(text, condition, depth);
            *text += "if\n";
            depth.within(Label::Other, |depth| {
                statements(text, yes, depth);
                *text += "else\n";
                statements(text, no, depth);
            });
            *text += "end";
        }
        Statement::Block(body) => {
            *text += "block\n";
            depth.within(Label::Block, |depth| statements(text, body, depth));
            *text += "end";
        }
        Statement::BreakIf(out, condition) => {
            expression(text, condition, depth);
            *text += &format!("br_if {}", depth.label(Label::Block, *out));
        }
        Statement::Loop(local, count, body) => {
            *text += &format!("i32.const {count} local.set {local} loop\n");
            depth.within(Label::Other, |depth| statements(text, body, depth));
            *text += &format!("local.get {local} i32.const 1 i32.sub local.tee {local} br_if 0 end");
        }
        Statement::While(local, count, body, condition) => {
            *text += &format!("i32.const {count} local.set {local} loop\n");
            depth.within(Label::Other, |depth| statements(text, body, depth));
            *text += &format!("block local.get {local} i32.const 1 i32.sub local.tee {local} i32.eqz br_if 0\n");
            depth.blocks.extend([Label::Other; 2]);
            expression(text, condition, depth);
            depth.blocks.truncate(depth.blocks.len() - 2);
            *text += "br_if 1 end end";
        }
        Statement::Rounds(local, count, body) => {
            *text += &format!(
                "i32.const 0 local.set {local} block loop local.get {local} i32.const 1 i32.add local.set {local}\n"
            );
            *text += &format!("local.get {local} i32.const {count} i32.gt_u br_if 1\n");
            depth.blocks.extend([Label::Other, Label::Rounds]);
            statements(text, body, depth);
            depth.blocks.truncate(depth.blocks.len() - 2);
            *text += "br 0 end end";
        }
        Statement::ContinueIf(out, condition) => {
            expression(text, condition, depth);
            *text += &format!("br_if {}", depth.label(Label::Rounds, *out));
        }
        Statement::Switch(selector, arms) => {
            *text += &"block ".repeat(arms.len() + 1);
            let mut inner = Vec::new();
            inner.resize(arms.len() + 1, Label::Other);
            depth.blocks.extend(&inner);
            expression(text, selector, depth);
            *text += "br_table";
            for n in 0..=arms.len() {
                *text += &format!(" {n}");
            }
            *text += "\n";
            for (n, arm) in arms.iter().enumerate() {
                // The default is the last label: out of the whole.
                depth.blocks.pop();
                *text += "end\n";
                statements(text, arm, depth);
                *text += &format!("br {}\n", arms.len() - 1 - n);
            }
            depth.blocks.pop();
            *text += "end";
        }
        Statement::CallInto(function, arguments, locals) => {
            arguments.iter().for_each(|argument| expression(text, argument, depth));
            *text += &format!("call {function}");
            for local in locals.iter().rev() {
                *text += &format!(" local.set {local}");
            }
        }
        Statement::ReturnIf(condition, values) => {
            expression(text, condition, depth);
            *text += "if\n";
            depth.within(Label::Other, |depth| {
                values.iter().for_each(|value| expression(text, value, depth));
            });
            *text += "return end";
        }
    }
}

fn expression(text: &mut String, item: &Expression, depth: &mut Depth) {
    match item {
        Expression::Const(ty, value) => *text += &plain_constant(*ty, *value),
        Expression::Get(local) => *text += &format!("local.get {local}"),
        Expression::Tee(local, value) => {
            expression(text, value, depth);
            *text += &format!("local.tee {local}");
        }
        Expression::GetGlobal(global) => *text += &format!("global.get {global}"),
        Expression::Unary(op, value) => {
            expression(text, value, depth);
            *text += unary(*op);
        }
        Expression::Binary(op, left, right) => {
            expression(text, left, depth);
            expression(text, right, depth);
            *text += &binary(*op);
        }
        Expression::Select(yes, no, condition) => {
            for part in [yes, no, condition] {
                expression(text, part, depth);
            }
            *text += "select";
        }
        Expression::Choose(ty, condition, yes, no) => {
            expression(text, condition, depth);
            *text += &format!("if (result {})\n", name(*ty));
            depth.within(Label::Other, |depth| {
                expression(text, yes, depth);
                *text += "else\n";
                expression(text, no, depth);
            });
            *text += "end";
        }
        Expression::Sequence(ty, body, value) => {
            *text += &format!("block (result {})\n", name(*ty));
            depth.within(Label::Other, |depth| {
                statements(text, body, depth);
                expression(text, value, depth);
            });
            *text += "end";
        }
        Expression::LeaveWith(ty, first, condition, last) => {
            *text += &format!("block (result {})\n", name(*ty));
            depth.within(Label::Other, |depth| {
                expression(text, first, depth);
                expression(text, condition, depth);
                *text += "br_if 0 drop\n";
                expression(text, last, depth);
            });
            *text += "end";
        }
        Expression::Route(ty, value, selector, op, operand) => {
            let ty = name(*ty);
            *text += &format!("block (result {ty}) block (result {ty})\n");
            depth.blocks.extend([Label::Other; 2]);
            expression(text, value, depth);
            expression(text, selector, depth);
            *text += "br_table 0 1 end\n";
            depth.blocks.pop();
            expression(text, operand, depth);
            depth.blocks.pop();
            *text += &format!("{} end", binary(*op));
        }
        Expression::Around(ty, value, local, count, op, operand) => {
            let ty = name(*ty);
            *text += &format!("i32.const {count} local.set {local}\n");
            expression(text, value, depth);
            *text += &format!("loop (param {ty}) (result {ty})\n");
            depth.within(Label::Other, |depth| expression(text, operand, depth));
            *text += &format!("{} local.get {local} i32.const 1 i32.sub local.tee {local} br_if 0 end", binary(*op));
        }
        Expression::CallIndirect(function, arguments) => {
            arguments.iter().for_each(|argument| expression(text, argument, depth));
            *text += &format!("i32.const {function} call_indirect (type $f{function})");
        }
        Expression::Load(width, address) => {
            self::address(text, address, depth);
            *text += &format!("{} offset={}", load(*width), address.offset);
        }
        Expression::Call(function, arguments) => {
            arguments.iter().for_each(|argument| expression(text, argument, depth));
            *text += &format!("call {function}");
        }
    }
    text.push('\n');
}

fn address(text: &mut String, address: &Address, depth: &mut Depth) {
    if let Some(base) = &address.base {
        expression(text, base, depth);
        *text += &format!("i32.const {BASE_MASK} i32.and\n");
    }
    expression(text, &address.index, depth);
    // Writing to a string cannot fail.
    let _ = writeln!(text, "i32.const {} i32.and", address.mask);
    if address.scale > 0 {
        let _ = writeln!(text, "i32.const {} i32.shl", address.scale);
    }
    if address.base.is_some() {
        *text += "i32.add\n";
    }
}

fn name(ty: Type) -> &'static str {
    match ty {
        Type::I32 => "i32",
        Type::I64 => "i64",
        Type::F32 => "f32",
        Type::F64 => "f64",
    }
}

fn plain_constant(ty: Type, value: u64) -> String {
    match ty {
        Type::I32 => format!("i32.const {}", value as i32),
        Type::I64 => format!("i64.const {}", value as i64),
        Type::F32 => format!("f32.const {:?}", f32::from_bits(value as u32)),
        Type::F64 => format!("f64.const {:?}", f64::from_bits(value)),
    }
}

fn constant(ty: Type, value: u64) -> String {
    format!("({})", plain_constant(ty, value))
}

fn load(width: Width) -> &'static str {
    match width {
        Width::I32 => "i32.load",
        Width::I32As8 => "i32.load8_s",
        Width::I32As16 => "i32.load16_u",
        Width::I64 => "i64.load",
        Width::I64As32 => "i64.load32_s",
        Width::F32 => "f32.load",
        Width::F64 => "f64.load",
    }
}

fn store(width: Width) -> &'static str {
    match width {
        Width::I32 => "i32.store",
        Width::I32As8 => "i32.store8",
        Width::I32As16 => "i32.store16",
        Width::I64 => "i64.store",
        Width::I64As32 => "i64.store32",
        Width::F32 => "f32.store",
        Width::F64 => "f64.store",
    }
}

fn unary(op: Unary) -> &'static str {
    match op {
        Unary::Eqz32 => "i32.eqz",
        Unary::Eqz64 => "i64.eqz",
        Unary::Clz32 => "i32.clz",
        Unary::Popcnt64 => "i64.popcnt",
        Unary::Extend8 => "i32.extend8_s",
        Unary::Extend32 => "i64.extend32_s",
        Unary::Wrap => "i32.wrap_i64",
        Unary::ExtendS => "i64.extend_i32_s",
        Unary::ExtendU => "i64.extend_i32_u",
        Unary::Neg => "f64.neg",
        Unary::ConvertS32 => "f64.convert_i32_s",
        Unary::TruncSat64 => "i64.trunc_sat_f64_s",
        Unary::Neg32 => "f32.neg",
        Unary::Upper => "i64.const 32 i64.shr_u i32.wrap_i64",
        Unary::Bits32 => "i32.reinterpret_f32",
        Unary::Bits64 => "i64.reinterpret_f64",
        Unary::Float32 => "i32.const 0xbfffffff i32.and f32.reinterpret_i32",
        Unary::Float64 => "i64.const 0xbfffffffffffffff i64.and f64.reinterpret_i64",
        Unary::Through32 => "f32.reinterpret_i32 i32.reinterpret_f32",
        Unary::Through64 => "f64.reinterpret_i64 i64.reinterpret_f64",
    }
}

fn binary(op: Binary) -> String {
    let (ty, op) = match op {
        Binary::Int(ty, op) => (ty, int(op)),
        Binary::Compare(ty, op) => (ty, compare(op)),
        Binary::Float(ty, FloatOp::Add) => (ty, "add"),
        Binary::Float(ty, FloatOp::Sub) => (ty, "sub"),
        Binary::Float(ty, FloatOp::Mul) => (ty, "mul"),
        Binary::CompareFloat(ty, FloatCompareOp::Eq) => (ty, "eq"),
        Binary::CompareFloat(ty, FloatCompareOp::Lt) => (ty, "lt"),
        Binary::CompareFloat(ty, FloatCompareOp::Ge) => (ty, "ge"),
    };
    format!("{}.{op}", name(ty))
}

fn int(op: IntOp) -> &'static str {
    match op {
        IntOp::Add => "add",
        IntOp::Sub => "sub",
        IntOp::Mul => "mul",
        IntOp::DivS => "div_s",
        IntOp::RemU => "rem_u",
        IntOp::And => "and",
        IntOp::Or => "or",
        IntOp::Xor => "xor",
        IntOp::Shl => "shl",
        IntOp::ShrS => "shr_s",
        IntOp::ShrU => "shr_u",
        IntOp::Rotl => "rotl",
    }
}

fn compare(op: CompareOp) -> &'static str {
    match op {
        CompareOp::Eq => "eq",
        CompareOp::Ne => "ne",
        CompareOp::LtS => "lt_s",
        CompareOp::LtU => "lt_u",
        CompareOp::GtS => "gt_s",
        CompareOp::GeU => "ge_u",
        CompareOp::LeS => "le_s",
    }
}
