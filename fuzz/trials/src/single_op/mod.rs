//! One operator, with operands at the edges, from everywhere that operands come from: compared with a model in Rust.
//!
//! | file | does |
//! |---|---|
//! | `ops` | what numeric operators do |
//! | `accesses` | what loads and stores do |
//! | `assemble` | a module around one of them |

mod accesses;
mod assemble;
mod number;
mod ops;

use ermine::{Engine, Instance, Machine, Module, Profile, Store, Trap, Val, ValType};
use ermine_tests::mutations::Rng;

use self::accesses::{ACCESSES, Access};
use self::assemble::{Body, PAGE, Source};
use self::ops::{OPS, Op};
use crate::rng;
use crate::run::{Mode, REFERENCE};
use crate::value::Word;

/// Sets of operands that an operator is tried with.
const TRIED: usize = 12;

/// Tries the operator that the first byte names, in the way that all bytes together say.
///
/// # Panics
///
/// If the engine and the model disagree.
pub fn single_op(input: &[u8]) {
    let Some(&first) = input.first() else { return };
    let mut numbers = rng::of(input);
    let index = usize::from(first) % (OPS.len() + ACCESSES.len());
    match OPS.get(index) {
        Some(op) => try_op(op, &mut numbers),
        None => try_access(ACCESSES[index - OPS.len()], &mut numbers),
    }
}

/// All operators with so many inputs each.
///
/// # Panics
///
/// As [`single_op`].
pub fn all(inputs: u32) {
    for operator in 0..(OPS.len() + ACCESSES.len()) as u8 {
        for number in 0..inputs {
            single_op(&[&[operator][..], &number.to_le_bytes()].concat());
        }
    }
}

/// How a call ended: the bits of its result, if it has one.
type Outcome = Result<Option<u64>, Trap>;

fn words(numbers: &mut Rng, types: &[ValType]) -> Vec<u64> {
    types.iter().map(|&ty| rng::word(numbers, ty).bits()).collect()
}

/// What the operator meets: constants where these are, arguments elsewhere.
fn operands(body: &Body, arguments: &[u64]) -> Vec<u64> {
    let pairs = body.sources.iter().zip(arguments);
    pairs.map(|(source, &argument)| if let Source::Const(bits) = source { *bits } else { argument }).collect()
}

fn try_op(op: &Op, numbers: &mut Rng) {
    let constants = words(numbers, op.params);
    let body = Body {
        code: op.code.to_vec(),
        params: op.params.to_vec(),
        result: Some(op.result),
        sources: constants.into_iter().map(|bits| assemble::source(numbers, bits)).collect(),
        sink: assemble::sink(numbers, Some(op.result)),
    };
    let mut guests = guests(&body.module(&[]), numbers);
    for _ in 0..TRIED {
        let arguments = words(numbers, op.params);
        let operands = operands(&body, &arguments);
        let expected = (op.eval)(&operands);
        for guest in &mut guests {
            let actual = guest.call(&body.params, &arguments);
            let right = match (expected, actual) {
                (Ok(expected), Ok(Some(actual))) if body.sink.is_condition() => u64::from(expected != 0) == actual,
                (Ok(expected), Ok(Some(actual))) => op.is_right(expected, actual),
                (expected, actual) => expected.map(Some) == actual,
            };
            let mode = guest.mode;
            assert!(right, "{} of {operands:x?} is {expected:x?}, not {actual:x?}: {body:?} in {mode:?}", op.name);
        }
    }
}

/// Addresses and offsets around the ends of the memory.
fn address(numbers: &mut Rng) -> u64 {
    let near = numbers.number() % 17;
    match numbers.below(6) {
        0 => near,
        1 | 2 => (PAGE as u64 + 4).saturating_sub(near),
        3 => u64::from(u32::MAX) - near,
        _ => numbers.number() % PAGE as u64,
    }
}

fn try_access(access: Access, numbers: &mut Rng) {
    let offset = if numbers.once_in(2) { numbers.number() as u32 % 24 } else { address(numbers) as u32 };
    let mut code = vec![access.code, 0];
    let mut rest = offset;
    while rest >= 0x80 {
        code.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    code.push(rest as u8);
    let mut params = vec![ValType::I32];
    params.extend(access.store.then_some(access.ty));
    let result = (!access.store).then_some(access.ty);
    let constants = [address(numbers), numbers.number()];
    let body = Body {
        code,
        sources: constants[..params.len()].iter().map(|&bits| assemble::source(numbers, bits)).collect(),
        sink: assemble::sink(numbers, result),
        params,
        result,
    };
    let data: Vec<u8> = (0..PAGE / 8).flat_map(|_| numbers.number().to_le_bytes()).collect();
    let mut guests = guests(&body.module(&data), numbers);
    let mut memory = data;
    for _ in 0..TRIED {
        let arguments = [address(numbers), numbers.number()];
        let operands = operands(&body, &arguments);
        let expected: Outcome = match operands[..] {
            [address, value] => access.store(&mut memory, address as u32, offset, value).map(|()| None),
            [address] => access.load(&memory, address as u32, offset).map(Some),
            _ => unreachable!("an address, and perhaps a value"),
        };
        let expected =
            expected.map(|bits| bits.map(|bits| if body.sink.is_condition() { u64::from(bits != 0) } else { bits }));
        for guest in &mut guests {
            let actual = guest.call(&body.params, &arguments[..body.params.len()]);
            let mode = guest.mode;
            assert_eq!(expected, actual, "{access:x?} at {operands:x?} + {offset:#x}: {body:?} in {mode:?}");
            assert!(guest.memory() == memory, "{access:x?} of {operands:x?} at {offset:#x} in {mode:?}");
        }
    }
}

/// An instance, and the mode that it runs in.
struct Guest {
    mode: Mode,
    store: Store<()>,
    instance: Instance,
}

/// The module on both machines, and once more in another way.
fn guests(wasm: &[u8], numbers: &mut Rng) -> Vec<Guest> {
    let modes = [
        Mode { machine: Machine::Tail, fuel: false, ..REFERENCE },
        Mode {
            machine: Machine::Loop,
            fuel: false,
            profile: numbers.one_of(&[Profile::Full, Profile::Base]),
            ..REFERENCE
        },
        Mode { machine: Machine::Auto, fuse: false, ..REFERENCE },
    ];
    modes.into_iter().map(|mode| Guest::new(mode, wasm)).collect()
}

impl Guest {
    fn new(mode: Mode, wasm: &[u8]) -> Self {
        let engine: Engine = mode.engine();
        let module = Module::new(&engine, wasm).expect("a valid module");
        let mut store = Store::new(&engine, ());
        if mode.fuel {
            store.set_fuel(1 << 20).expect("fuel is on");
        }
        let instance = Instance::new(&mut store, &module, &[]).expect("nothing is in the way");
        Self { mode, store, instance }
    }

    fn call(&mut self, params: &[ValType], arguments: &[u64]) -> Outcome {
        let run = self.instance.get_func(&self.store, "run").expect("an export");
        let arguments: Vec<Val> =
            params.iter().zip(arguments).map(|(&ty, &bits)| Word::new(ty, bits).val(ty)).collect();
        let mut results: Vec<Val> = run.ty(&self.store).results().iter().map(|&ty| Val::default_for_ty(ty)).collect();
        match run.call(&mut self.store, &arguments, &mut results) {
            Ok(()) => Ok(results.first().map(|result| Word::from(result).bits())),
            Err(error) => Err(error.as_trap_code().expect("a trap")),
        }
    }

    fn memory(&self) -> &[u8] {
        self.instance.get_memory(&self.store, "memory").expect("an export").data(&self.store)
    }
}
