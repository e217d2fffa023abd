//! Settings of engines.

use std::mem::MaybeUninit;

use ermine::{CompilationMode, Error, Limits, Machine};

use super::error::{Failure, given, made, status};
use crate::runtime::{ConfigHandle, EngineHandle};
use crate::vector::Own;

/// A number that is none of its enumeration's.
fn unknown(what: &str) -> Error {
    Error::new(format!("there is no such {what}; use one of ermine.h"))
}

#[unsafe(no_mangle)]
extern "C" fn ermine_config_consume_fuel(config: Option<&mut ConfigHandle>, enable: bool) -> Own<Failure> {
    status(|| {
        given(config)?.config.consume_fuel(enable);
        Ok(())
    })
}

#[unsafe(no_mangle)]
extern "C" fn ermine_config_interruptible(config: Option<&mut ConfigHandle>, enable: bool) -> Own<Failure> {
    status(|| {
        given(config)?.config.interruptible(enable);
        Ok(())
    })
}

#[unsafe(no_mangle)]
extern "C" fn ermine_config_machine(config: Option<&mut ConfigHandle>, machine: u8) -> Own<Failure> {
    status(|| {
        let machines = [Machine::Auto, Machine::Tail, Machine::Loop];
        let machine = machines.get(usize::from(machine)).ok_or_else(|| unknown("machine"))?;
        given(config)?.config.machine(*machine);
        Ok(())
    })
}

#[unsafe(no_mangle)]
extern "C" fn ermine_config_compilation(config: Option<&mut ConfigHandle>, mode: u8) -> Own<Failure> {
    status(|| {
        let modes = [CompilationMode::Eager, CompilationMode::LazyTranslation, CompilationMode::Lazy];
        let mode = modes.get(usize::from(mode)).ok_or_else(|| unknown("compilation mode"))?;
        given(config)?.config.compilation_mode(*mode);
        Ok(())
    })
}

/// Sets the bound with this number of `ermine_limit_enum`. What is beyond a bound's type is its greatest value.
fn set(limits: &mut Limits, which: u8, value: u64) -> Option<()> {
    let size = usize::try_from(value).unwrap_or(usize::MAX);
    let count = u32::try_from(value).unwrap_or(u32::MAX);
    match which {
        0 => limits.module_bytes = size,
        1 => limits.code_bytes = size,
        2 => limits.stack_bytes = size,
        3 => limits.total_stack_bytes = size,
        4 => limits.memory_bytes = value,
        5 => limits.table_elements = count,
        6 => limits.instances = count,
        7 => limits.store_memories = count,
        8 => limits.store_tables = count,
        9 => limits.store_functions = count,
        10 => limits.host_objects = count,
        11 => limits.host_depth = count,
        12 => limits.backtrace_frames = size,
        _ => return None,
    }
    Some(())
}

#[unsafe(no_mangle)]
extern "C" fn ermine_config_limit(config: Option<&mut ConfigHandle>, which: u8, value: u64) -> Own<Failure> {
    status(|| {
        let config = &mut given(config)?.config;
        let mut limits = config.get_limits().clone();
        set(&mut limits, which, value).ok_or_else(|| unknown("limit"))?;
        config.limits(limits);
        Ok(())
    })
}

#[unsafe(no_mangle)]
extern "C" fn ermine_engine_new(
    config: Own<ConfigHandle>,
    out: Option<&mut MaybeUninit<Own<EngineHandle>>>,
) -> Own<Failure> {
    made(out, || Ok(Some(Box::new(EngineHandle::new(&*given(config)?)?))))
}
