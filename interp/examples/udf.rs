//! A user's function in a database: one module, an instance for each batch of rows, and what all that costs.
//!
//! `cargo run --release -p ermine --example udf` scores a million rows in three ways and prints nanoseconds for each (of the fastest batch, so that what else the
//! machine does counts little):
//!
//! * a call for each row, with static types;
//! * a call for each batch, whose columns are in the guest's memory;
//! * a call for each batch that asks the host for each row: what a call of a host function costs.
//!
//! Each batch has a store of its own, as it would where batches go to threads, or where nothing may be left of one for the next. The module, which is what takes time to
//! load, is shared. Where results are compared, they are the same to the bit.

use std::error::Error as StdError;
use std::io::{self, Write};
use std::time::{Duration, Instant};

use ermine::{Caller, Engine, Error, GuestValue, Instance, Linker, Memory, Module, Store};

const ROWS: usize = 1_000_000;
const BATCH: usize = 1_000;

/// What the user wrote. `score` is for one row; the others are for `$rows` rows, whose columns the host puts to 0 and 8,192 of the memory.
const SCORE: &str = r#"(module
  (import "row" "age" (func $age (param i32) (result i32)))
  (import "row" "balance" (func $balance (param i32) (result f64)))
  (memory (export "memory") 1)
  (func $score (export "score") (param $age i32) (param $balance f64) (result f64)
    (f64.mul (local.get $balance)
      (if (result f64) (i32.lt_s (local.get $age) (i32.const 30)) (then (f64.const 1.5)) (else (f64.const 0.75)))))
  (func (export "score_columns") (param $rows i32) (result f64)
    (local $row i32) (local $sum f64)
    (loop $next
      (local.set $sum (f64.add (local.get $sum) (call $score
        (i32.load (i32.shl (local.get $row) (i32.const 2)))
        (f64.load offset=8192 (i32.shl (local.get $row) (i32.const 3))))))
      (local.set $row (i32.add (local.get $row) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $row) (local.get $rows))))
    (local.get $sum))
  (func (export "score_asking") (param $rows i32) (result f64)
    (local $row i32) (local $sum f64)
    (loop $next
      (local.set $sum (f64.add (local.get $sum) (call $score (call $age (local.get $row)) (call $balance (local.get $row)))))
      (local.set $row (i32.add (local.get $row) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $row) (local.get $rows))))
    (local.get $sum)))"#;
const BALANCES_AT: usize = 8_192;

/// Rows as a columnar database has them. What a store has is its batch.
#[derive(Clone, Default)]
struct Columns {
    ages: Vec<i32>,
    balances: Vec<f64>,
}

fn table(rows: usize) -> Columns {
    let ages = (0..rows).map(|row| 18 + (row * 7 % 60) as i32).collect();
    let balances = (0..rows).map(|row| (row % 10_000) as f64 * 0.25).collect();
    Columns { ages, balances }
}

impl Columns {
    fn batches(&self) -> impl Iterator<Item = Self> {
        let columns = self.ages.chunks(BATCH).zip(self.balances.chunks(BATCH));
        columns.map(|(ages, balances)| Self { ages: ages.into(), balances: balances.into() })
    }
}

/// A database with one user's function loaded.
struct Udf {
    linker: Linker<Columns>,
    module: Module,
}

impl Udf {
    fn load(binary: &[u8]) -> Result<Self, Error> {
        let engine = Engine::default();
        let mut linker = Linker::new(&engine);
        let missing = || Error::new("there is no such row");
        linker.func_wrap("row", "age", move |caller: Caller<'_, Columns>, row: u32| {
            caller.data().ages.get(row as usize).copied().ok_or_else(missing)
        })?;
        linker.func_wrap("row", "balance", move |caller: Caller<'_, Columns>, row: u32| {
            caller.data().balances.get(row as usize).copied().ok_or_else(missing)
        })?;
        Ok(Self { module: Module::new(&engine, binary)?, linker })
    }

    fn instance(&self, batch: Columns) -> Result<(Store<Columns>, Instance), Error> {
        let mut store = Store::new(self.linker.engine(), batch);
        let instance = self.linker.instantiate_and_start(&mut store, &self.module)?;
        Ok((store, instance))
    }
}

/// A call for each row.
fn by_row(store: &mut Store<Columns>, instance: Instance, batch: &Columns) -> Result<f64, Error> {
    let score = instance.get_typed_func::<(i32, f64), f64>(&*store, "score")?;
    let rows = batch.ages.iter().zip(&batch.balances);
    rows.into_iter().try_fold(0.0, |sum, (&age, &balance)| Ok(sum + score.call(&mut *store, (age, balance))?))
}

/// A call for the batch, which is copied into the guest's memory.
fn by_columns(store: &mut Store<Columns>, instance: Instance, batch: &Columns) -> Result<f64, Error> {
    let memory = instance.get_memory(&*store, "memory").ok_or_else(|| Error::new("no memory called `memory`"))?;
    write_column(&memory, store, 0, &batch.ages)?;
    write_column(&memory, store, BALANCES_AT, &batch.balances)?;
    instance.get_typed_func::<u32, f64>(&*store, "score_columns")?.call(store, batch.ages.len() as u32)
}

fn write_column<V: GuestValue>(
    memory: &Memory,
    store: &mut Store<Columns>,
    at: usize,
    column: &[V],
) -> Result<(), Error> {
    let bytes = memory.slice_mut(store, at, column.len() * V::SIZE)?;
    for (place, value) in bytes.chunks_exact_mut(V::SIZE).zip(column) {
        value.to_guest(place);
    }
    Ok(())
}

/// A call for the batch; the guest asks for each value.
fn by_asking(store: &mut Store<Columns>, instance: Instance, batch: &Columns) -> Result<f64, Error> {
    instance.get_typed_func::<u32, f64>(&*store, "score_asking")?.call(store, batch.ages.len() as u32)
}

type Way = fn(&mut Store<Columns>, Instance, &Columns) -> Result<f64, Error>;

/// Scores all batches: the sum, and of the batch where it took least, the time that an instance and that the calls took.
fn score(udf: &Udf, table: &Columns, way: Way) -> Result<(f64, Duration, Duration), Error> {
    let (mut sum, mut made, mut called) = (0.0, Duration::MAX, Duration::MAX);
    for batch in table.batches() {
        let begun = Instant::now();
        let (mut store, instance) = udf.instance(batch.clone())?;
        made = made.min(begun.elapsed());
        let begun = Instant::now();
        sum += way(&mut store, instance, &batch)?;
        called = called.min(begun.elapsed());
    }
    Ok((sum, made, called))
}

/// Scores a table in each way, and tells what it cost.
pub(crate) fn demonstrate(out: &mut dyn Write, rows: usize) -> Result<(), Box<dyn StdError>> {
    let table = table(rows);
    let binary = wat::parse_str(SCORE)?;
    let begun = Instant::now();
    let udf = Udf::load(&binary)?;
    writeln!(out, "loaded once: {:.1?}", begun.elapsed())?;
    let ways: [(&str, Way); 3] =
        [("a call a row", by_row), ("a call a batch", by_columns), ("two host calls a row", by_asking)];
    for (name, way) in ways {
        let (sum, made, called) = score(&udf, &table, way)?;
        let nanoseconds = called.as_nanos() as f64 / BATCH as f64;
        writeln!(out, "{name:>20}: sum {sum}, {nanoseconds:.1} ns a row, {made:.1?} an instance")?;
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn StdError>> {
    demonstrate(&mut io::stdout(), ROWS)
}
