//! Blocks, branches, and how values get to where a branch target expects them.
//!
//! The parameters and results of a block are in the slots that start at the block's base. A value that is there already costs nothing.

use alloc::vec::Vec;

use super::emit::{Priced, Slot};
use super::function::{FuelFixup, Function, bytes_of, machine_type};
use super::label::Label;
use super::stack::Entry;
use super::staged::{Dest, Operand, Operands, Staged};
use super::values::halves;
use crate::error::Error;
use crate::isa::form::{FormKey, Place, Shape};
use crate::isa::{RowId, Ty, lookup};
use crate::types::ValType;

/// What kind of block it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BlockKind {
    Function,
    Block,
    Loop,
    /// The first arm of `if`, with the label of the second.
    If(Label),
    Else,
}

/// An open block.
#[derive(Debug)]
pub(crate) struct Frame {
    kind: BlockKind,
    ty: BlockTy,
    /// Where branches to it go.
    label: Label,
    /// Height of the stack below its parameters.
    height: usize,
    /// Where its parameters and results go.
    base: Slot,
    /// Operators before it.
    operators: u32,
    /// Branches back to it that are to be priced, if it is a loop.
    fuel: Option<u32>,
    /// Where a branch table's branches to it go, while one is being written.
    stub: Option<Label>,
}

/// A block's type.
#[derive(Debug, Clone, Copy)]
pub(crate) enum BlockTy {
    Empty,
    Result(ValType),
    /// By type index.
    Func(u32),
}

/// A condition as a comparison.
type Condition = (RowId, Operands);

impl Function<'_> {
    fn params(&self, ty: BlockTy) -> &[ValType] {
        match ty {
            BlockTy::Empty | BlockTy::Result(_) => &[],
            BlockTy::Func(index) => self.job.env.types.get(index as usize).map_or(&[], |ty| ty.params()),
        }
    }

    /// The type at `index` of a block's results (or parameters).
    fn type_at(&self, ty: BlockTy, index: usize, params: bool) -> Ty {
        let wasm_ty = match (ty, params) {
            (BlockTy::Result(ty), false) => Some(ty),
            (BlockTy::Func(func), false) => {
                self.job.env.types.get(func as usize).and_then(|ty| ty.results().get(index).copied())
            }
            (_, true) => self.params(ty).get(index).copied(),
            (BlockTy::Empty, false) => None,
        };
        wasm_ty.map_or(Ty::I32, machine_type)
    }

    fn result_count(&self, ty: BlockTy) -> usize {
        match ty {
            BlockTy::Empty => 0,
            BlockTy::Result(_) => 1,
            BlockTy::Func(index) => self.job.env.types.get(index as usize).map_or(0, |ty| ty.results().len()),
        }
    }

    /// Opens the function's own block.
    pub(crate) fn begin_function(&mut self) {
        let label = self.emit.labels.create();
        let ty = self.job.env.funcs.get(self.job.func as usize).map_or(BlockTy::Empty, |&index| BlockTy::Func(index));
        self.open(BlockKind::Function, ty, label, 0);
        self.start_counting();
    }

    fn open(&mut self, kind: BlockKind, ty: BlockTy, label: Label, height: usize) {
        let base = self.stack.get(height).map_or_else(|| self.stack.next_slot(), |entry| entry.slot);
        let operators = self.operators;
        self.frames.push(Frame { kind, ty, label, height, base, operators, fuel: None, stub: None });
    }

    /// What follows cannot be reached.
    pub(crate) fn die(&mut self) {
        self.stop_counting();
        self.emit.flush();
        self.dead = true;
    }

    /// `block`.
    pub(crate) fn block(&mut self, ty: BlockTy) {
        self.settle_all();
        let label = self.emit.labels.create();
        let height = self.stack.height() - self.params(ty).len().min(self.stack.height());
        self.open(BlockKind::Block, ty, label, height);
    }

    /// `loop`.
    pub(crate) fn loop_(&mut self, ty: BlockTy) {
        self.settle_all();
        let height = self.settle_params(ty);
        let label = self.emit.labels.create();
        self.stop_counting();
        self.bind(label);
        self.open(BlockKind::Loop, ty, label, height);
        self.start_counting();
    }

    /// `if`.
    pub(crate) fn if_(&mut self, ty: BlockTy) {
        let condition = self.stack.pop();
        // The condition stays on the stack while values around it move.
        self.settle_all();
        let height = self.settle_params(ty);
        let (label, otherwise) = (self.emit.labels.create(), self.emit.labels.create());
        self.stop_counting();
        self.branch_on(condition, false, otherwise, None);
        self.open(BlockKind::If(otherwise), ty, label, height);
        self.start_counting();
    }

    /// Brings the parameters of a block to their slots. Returns the height below them.
    fn settle_params(&mut self, ty: BlockTy) -> usize {
        let height = self.stack.height() - self.params(ty).len().min(self.stack.height());
        for index in (height..self.stack.height()).rev() {
            self.settle_entry(index);
        }
        height
    }

    /// Brings an entry to its own slot, for good.
    pub(crate) fn settle_entry(&mut self, height: usize) {
        if let Some(entry) = self.stack.get(height)
            && !entry.is_temp()
        {
            self.copy_entry(entry, entry.slot);
            self.stack.make_temp(height);
        }
    }

    /// Puts a label here.
    fn bind(&mut self, label: Label) {
        self.emit.flush();
        self.emit.bind(label);
    }

    /// `else`.
    pub(crate) fn else_(&mut self) {
        let Some(frame) = self.frames.last() else { return };
        let (ty, label, height, kind) = (frame.ty, frame.label, frame.height, frame.kind);
        let BlockKind::If(otherwise) = kind else { return };
        if !self.dead {
            self.move_results(0);
            self.stop_counting();
            self.jump(label);
        }
        self.bind(otherwise);
        self.stack.truncate(height);
        for index in 0..self.params(ty).len() {
            let ty = self.type_at(ty, index, true);
            self.push_result(ty);
        }
        if let Some(frame) = self.frames.last_mut() {
            frame.kind = BlockKind::Else;
        }
        self.dead = false;
        self.start_counting();
    }

    /// `end`.
    pub(crate) fn end(&mut self) -> Result<(), Error> {
        if self.frames.len() == 1 {
            return self.end_function();
        }
        let alive = !self.dead;
        if alive {
            self.move_results(0);
        }
        let Some(frame) = self.frames.pop() else { return Ok(()) };
        let mut reachable = alive;
        match frame.kind {
            BlockKind::Loop => self.price(&frame),
            BlockKind::If(otherwise) => {
                // Without `else`, the parameters are the results, and in their place.
                self.stop_counting();
                self.bind(otherwise);
                reachable = true;
            }
            BlockKind::Block | BlockKind::Else | BlockKind::Function => {}
        }
        if frame.kind != BlockKind::Loop && self.emit.labels.is_used(frame.label) {
            self.stop_counting();
            self.bind(frame.label);
            reachable = true;
        }
        self.stack.truncate(frame.height);
        for index in 0..self.result_count(frame.ty) {
            let ty = self.type_at(frame.ty, index, false);
            self.push_result(ty);
        }
        if reachable {
            self.dead = false;
            self.start_counting();
        } else {
            self.die();
        }
        Ok(())
    }

    fn end_function(&mut self) -> Result<(), Error> {
        let Some(frame) = self.frames.last() else { return Ok(()) };
        let (label, alive) = (frame.label, !self.dead);
        if self.emit.labels.is_used(label) {
            if alive {
                self.move_results(0);
            }
            self.stop_counting();
            self.bind(label);
            self.stack.truncate(0);
            for index in 0..self.ty.results().len() {
                let ty = machine_type(self.ty.results()[index]);
                self.push_result(ty);
            }
            self.return_()?;
        } else if alive {
            self.return_()?;
        }
        self.frames.clear();
        Ok(())
    }

    /// The frame that `depth` counts to.
    fn target(&self, depth: u32) -> usize {
        self.frames.len().saturating_sub(1 + depth as usize)
    }

    /// How many values a branch to a frame takes along, and the type of each.
    fn label_arity(&self, index: usize) -> usize {
        self.frames.get(index).map_or(0, |frame| match frame.kind {
            BlockKind::Loop => self.params(frame.ty).len(),
            _ => self.result_count(frame.ty),
        })
    }

    /// Whether a branch to a frame has to move values.
    fn must_move(&self, index: usize) -> bool {
        let arity = self.label_arity(index);
        let Some(frame) = self.frames.get(index) else { return false };
        let first = self.stack.height().saturating_sub(arity);
        let mut to = frame.base;
        for height in first..self.stack.height() {
            let Some(entry) = self.stack.get(height) else { return false };
            if !entry.is_temp() || entry.slot != to {
                return true;
            }
            to = self.stack.after(to, entry.ty);
        }
        false
    }

    /// Copies the values that a branch takes along; the stack stays as it is. Targets lie below sources or in their place, so that ascending order never
    /// overwrites what is still to be read.
    fn copy_values(&mut self, index: usize) {
        let arity = self.label_arity(index);
        let Some(mut to) = self.frames.get(index).map(|frame| frame.base) else { return };
        for height in self.stack.height().saturating_sub(arity)..self.stack.height() {
            let Some(entry) = self.stack.get(height) else { return };
            self.copy_entry(entry, to);
            to = self.stack.after(to, entry.ty);
        }
    }

    /// Brings the results of the frame at `depth` to their place, at its end.
    fn move_results(&mut self, depth: u32) {
        let index = self.target(depth);
        let Some(frame) = self.frames.get(index) else { return };
        let (count, base) = (self.result_count(frame.ty), frame.base);
        self.move_values(count, base);
    }

    /// Brings the uppermost values to these slots; they are used up.
    pub(crate) fn move_values(&mut self, count: usize, mut to: Slot) {
        if let (1, Some(entry)) = (count, self.stack.top()) {
            if !entry.is_temp() || entry.slot != to {
                self.move_entry(entry, to);
            }
            return;
        }
        for height in self.stack.height().saturating_sub(count)..self.stack.height() {
            let Some(entry) = self.stack.get(height) else { return };
            self.copy_entry(entry, to);
            to = self.stack.after(to, entry.ty);
        }
    }

    /// An unconditional branch to a label.
    fn jump(&mut self, label: Label) {
        self.emit.branch(RowId::Br, Shape::Plain, Operands::none(), label, false);
    }

    /// An unconditional branch to a frame, its values in place.
    fn jump_to_frame(&mut self, index: usize) {
        let Some(frame) = self.frames.get(index) else { return };
        let label = frame.label;
        if frame.kind == BlockKind::Loop && self.job.options.metered {
            let branch = self.emit.branch(RowId::BrMetered, Shape::Plain, Operands::none(), label, true);
            self.charge(index, branch);
        } else if let Some((counter, behind)) = self.emit.counter_at(label) {
            self.emit.branch(RowId::AddBr32, Shape::Plain, Operands::plain(counter), behind, false);
        } else {
            self.jump(label);
        }
    }

    /// Notes that a branch goes back to a loop, whose price it pays.
    fn charge(&mut self, index: usize, branch: Priced) {
        if let Some(frame) = self.frames.get_mut(index) {
            self.fuel.push(FuelFixup { branch, next: frame.fuel });
            frame.fuel = Some(self.fuel.len() as u32 - 1);
        }
    }

    /// Writes the price of a loop's body, known at its end, into all branches back to it.
    fn price(&mut self, frame: &Frame) {
        if frame.fuel.is_none() {
            return;
        }
        self.emit.flush();
        let price = (self.operators - frame.operators).min(u32::from(u16::MAX)) as u16;
        let mut next = frame.fuel;
        while let Some(index) = next {
            let Some(fixup) = self.fuel.get(index as usize).copied() else { return };
            self.emit.price(fixup.branch, price);
            next = fixup.next;
        }
    }

    /// `br`.
    pub(crate) fn br(&mut self, depth: u32) {
        let index = self.target(depth);
        if self.must_move(index) {
            let arity = self.label_arity(index);
            let Some(base) = self.frames.get(index).map(|frame| frame.base) else { return };
            self.move_values(arity, base);
        }
        self.stop_counting();
        self.jump_to_frame(index);
        self.die();
    }

    /// `br_if`.
    pub(crate) fn br_if(&mut self, depth: u32) {
        let condition = self.stack.pop();
        let index = self.target(depth);
        let Some(frame) = self.frames.get(index) else { return };
        let (label, back) = (frame.label, frame.kind == BlockKind::Loop && self.job.options.metered);
        self.stop_counting();
        if self.must_move(index) {
            let skip = self.emit.labels.create();
            self.branch_on(condition, false, skip, None);
            self.copy_values(index);
            self.jump_to_frame(index);
            self.bind(skip);
        } else {
            self.branch_on(condition, true, label, back.then_some(index));
        }
        self.start_counting();
    }

    /// A branch to `label` if the condition is not zero (or, without `sense`, if it is), metered if it goes back to loop `back`. The condition has
    /// been popped.
    fn branch_on(&mut self, condition: Entry, sense: bool, label: Label, back: Option<usize>) {
        let (row, operands) = self.condition(condition, sense);
        if let Some((shape, operands)) = self.step(row, &operands, back.is_some()) {
            let branch = self.emit.branch(row, shape, operands, label, back.is_some());
            if let Some(index) = back {
                self.charge(index, branch);
            }
            return;
        }
        let Some(index) = back else {
            self.emit.branch(row, Shape::Branch, operands, label, false);
            return;
        };
        if lookup::find_form(row, Shape::BranchMetered, operands.places, self.emit.profile).is_some() {
            let branch = self.emit.branch(row, Shape::BranchMetered, operands, label, true);
            self.charge(index, branch);
            return;
        }
        // No metered form: the inverse branch, over an unconditional one.
        let skip = self.emit.labels.create();
        let inverse = row.info().inverse.unwrap_or(row);
        self.emit.branch(inverse, Shape::Branch, operands, skip, false);
        self.jump_to_frame(index);
        self.bind(skip);
    }

    /// The comparison behind a condition: its row, places and fields. A comparison just made is taken back for it.
    fn condition(&mut self, condition: Entry, sense: bool) -> Condition {
        let by_sense = |row: RowId| if sense { row } else { row.info().inverse.unwrap_or(row) };
        let profile = self.emit.profile;
        let fusible = |staged: &Staged, shape: Shape| {
            condition.is_temp() && staged.shape == shape && staged.slot() == Some(condition.slot)
        };
        let exists =
            |row: RowId, staged: &Staged| lookup::find_form(row, Shape::Branch, staged.places(), profile).is_some();
        let last = self.emit.last().copied();
        if let Some(last) = last
            && fusible(&last, Shape::Compare)
            && exists(by_sense(last.row), &last)
        {
            self.emit.take_last();
            let row = by_sense(last.row);
            return self.bits_tested(row, &last);
        }
        if let Some(last) = last
            && fusible(&last, Shape::Binary)
            && last.row == RowId::I32And
            && exists(by_sense(RowId::I32AnySet), &last)
        {
            self.emit.take_last();
            return (by_sense(RowId::I32AnySet), last.operands);
        }
        let slot = self.slot_of(condition);
        let mut operand = Operand::slot(slot);
        if self.emit.in_acc(slot, Ty::I32) {
            self.consume(condition);
            operand = Operand::ACC;
        }
        (by_sense(RowId::I32Ne), Operands::pair(operand, Operand::integer(0)))
    }

    /// A comparison with zero of what `and` has just computed is a test of bits.
    fn bits_tested(&mut self, row: RowId, compare: &Staged) -> Condition {
        let test = match row {
            RowId::I32Eq => RowId::I32NoneSet,
            RowId::I32Ne => RowId::I32AnySet,
            _ => return (row, compare.operands),
        };
        if compare.places() == FormKey::ACC_IMM
            && compare.fields() == [0]
            && let Some(and) = self.emit.last().copied()
            && and.row == RowId::I32And
            && and.dest == Dest::Acc
            && lookup::find_form(test, Shape::Branch, and.places(), self.emit.profile).is_some()
        {
            self.emit.take_last();
            return (test, and.operands);
        }
        (row, compare.operands)
    }

    /// A comparison of the local that was stepped just before makes one instruction with that step.
    fn step(&mut self, row: RowId, compared: &Operands, metered: bool) -> Option<(Shape, Operands)> {
        let (first, limit) = compared.places.split_last()?;
        if first != FormKey::of(&[Place::A]) {
            return None;
        }
        let add = self.emit.last().copied()?;
        let slot = add.slot()?;
        let (shape, step) = match (add.places(), add.fields()) {
            (FormKey::SLOT_IMM, &[from, step]) if from == slot.field() && metered => (Shape::StepMetered, step),
            (FormKey::SLOT_IMM, &[from, step]) if from == slot.field() => (Shape::Step, step),
            (FormKey::SLOTS, &[from, by]) if from == slot.field() && !metered => (Shape::StepBy, by),
            (FormKey::SLOTS, &[by, from]) if from == slot.field() && !metered => (Shape::StepBy, by),
            _ => return None,
        };
        let fields = compared.fields.as_slice();
        let is_own_limit = limit == Place::S && fields.first() == Some(&slot.field());
        let places = FormKey::of(&[limit]);
        let exists = lookup::find_form(row, shape, places, self.emit.profile).is_some();
        if add.row != RowId::I32Add || is_own_limit || !exists {
            return None;
        }
        self.emit.take_last();
        let stepped = Operands::plain([slot.field(), step]).fields;
        Some((shape, Operands { places, fields: stepped.followed_by(fields) }))
    }

    /// `br_table`.
    pub(crate) fn br_table(&mut self, depths: &[u32], default: u32) {
        let index = self.stack.pop();
        let slot = self.slot_of(index);
        let units = 2 * (depths.len() + 1);
        let mut in_acc = self.emit.in_acc(slot, Ty::I32);
        if self.emit.is_tight(units) {
            self.emit.flush();
            self.emit.make_room(units);
            in_acc = false;
        }
        self.stop_counting();
        let count = halves(depths.len() as u32);
        let at = if in_acc {
            self.consume(index);
            self.emit.write_table(RowId::BrTableAcc, count)
        } else {
            self.emit.write_table(RowId::BrTable, [slot.field(), count[0], count[1]])
        };
        let mut field = self.emit.here();
        let mut stubs = Vec::new();
        for &depth in depths.iter().chain(core::iter::once(&default)) {
            let label = self.table_target(depth, &mut stubs);
            self.emit.append(&[0, 0]);
            self.emit.refer_far(label, at, field);
            field += 2;
        }
        for target in stubs {
            let Some(label) = self.frames.get_mut(target).and_then(|frame| frame.stub.take()) else { continue };
            self.bind(label);
            self.copy_values(target);
            self.jump_to_frame(target);
        }
        self.die();
    }

    /// Where a table's branch to a frame goes: there, or to a stub that moves values or pays first.
    fn table_target(&mut self, depth: u32, stubs: &mut Vec<usize>) -> Label {
        let index = self.target(depth);
        let moves = self.must_move(index);
        let stub = self.emit.labels.create_if(moves || self.job.options.metered);
        let Some(frame) = self.frames.get_mut(index) else { return self.emit.labels.create() };
        let pays = frame.kind == BlockKind::Loop && self.job.options.metered;
        match (stub, moves || pays) {
            (Some(stub), true) => *frame.stub.get_or_insert_with(|| {
                stubs.push(index);
                stub
            }),
            _ => frame.label,
        }
    }

    /// `return`.
    pub(crate) fn return_(&mut self) -> Result<(), Error> {
        let results = self.ty.results();
        self.stop_counting();
        match results {
            [] => self.emit.plain(RowId::Return, [self.link.field()]),
            [_] => {
                let entry = self.stack.pop();
                let row = match entry.ty {
                    Ty::I32 => RowId::ReturnI32,
                    Ty::I64 => RowId::ReturnI64,
                    Ty::F32 => RowId::ReturnF32,
                    Ty::F64 => RowId::ReturnF64,
                };
                let operand = self.single(entry, row, Shape::Return);
                let operands = Operands::none().with(operand).more([self.link.field()]);
                self.emit.write_now(row, Shape::Return, operands);
            }
            _ => {
                // Results overwrite parameters: what is still held by one goes to its own slot first.
                let first = self.stack.height().saturating_sub(results.len());
                debug_assert!(bytes_of(results) <= self.link.0);
                for height in (first..self.stack.height()).rev() {
                    self.settle_entry(height);
                }
                self.move_values(results.len(), Slot(0));
                self.emit.plain(RowId::Return, [self.link.field()]);
            }
        }
        self.die();
        Ok(())
    }

    /// Operators are counted from here.
    pub(crate) fn start_counting(&mut self) {
        if self.job.options.count_operators && !self.dead {
            self.emit.plain(RowId::CountOperators, [0, 0]);
            self.counting = Some((self.emit.here() - 2, self.operators));
        }
    }

    /// Operators were counted up to here.
    pub(crate) fn stop_counting(&mut self) {
        if let Some((field, before)) = self.counting.take() {
            let operators = self.operators - before;
            crate::code::decode::put32(self.emit.code(), field as usize, operators);
        }
    }
}
