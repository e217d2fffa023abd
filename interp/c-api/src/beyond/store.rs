//! Bounds, fuel and interrupts of stores.

use std::mem::MaybeUninit;

use ermine::{InterruptHandle, StoreLimitsBuilder};

use super::error::{Failure, given, made, status};
use crate::boundary::{discard, guard};
use crate::runtime::StoreHandle;
use crate::vector::Own;

/// `ermine_store_limits_t`
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct StoreLimits {
    memory_bytes: u64,
    table_elements: u64,
    instances: u64,
    memories: u64,
    tables: u64,
    trap_on_grow_failure: bool,
}

impl StoreLimits {
    fn build(self) -> ermine::StoreLimits {
        let size = |value: u64| usize::try_from(value).unwrap_or(usize::MAX);
        StoreLimitsBuilder::new()
            .memory_size(size(self.memory_bytes))
            .table_elements(size(self.table_elements))
            .instances(size(self.instances))
            .memories(size(self.memories))
            .tables(size(self.tables))
            .trap_on_grow_failure(self.trap_on_grow_failure)
            .build()
    }
}

#[unsafe(no_mangle)]
extern "C" fn ermine_store_set_limits(store: Option<&StoreHandle>, limits: Option<&StoreLimits>) -> Own<Failure> {
    status(|| {
        let limits = given(limits)?.build();
        given(store)?.home.try_with(|mut ctx| {
            ctx.data_mut().limits = limits;
            Ok(())
        })
    })
}

#[unsafe(no_mangle)]
extern "C" fn ermine_store_set_fuel(store: Option<&StoreHandle>, fuel: u64) -> Own<Failure> {
    status(|| given(store)?.home.try_with(|mut ctx| ctx.set_fuel(fuel)))
}

#[unsafe(no_mangle)]
extern "C" fn ermine_store_get_fuel(store: Option<&StoreHandle>, out: Option<&mut MaybeUninit<u64>>) -> Own<Failure> {
    made(out, || given(store)?.home.try_with(|ctx| ctx.get_fuel()))
}

#[unsafe(no_mangle)]
extern "C" fn ermine_interrupt_new(
    store: Option<&StoreHandle>,
    out: Option<&mut MaybeUninit<Own<InterruptHandle>>>,
) -> Own<Failure> {
    made(out, || given(store)?.home.try_with(|ctx| Ok(Some(Box::new(ctx.data().interrupt.clone())))))
}

#[unsafe(no_mangle)]
extern "C" fn ermine_interrupt_delete(handle: Own<InterruptHandle>) {
    discard(handle);
}

#[unsafe(no_mangle)]
extern "C" fn ermine_interrupt_raise(handle: Option<&InterruptHandle>) {
    guard((), || handle.map(InterruptHandle::interrupt));
}

#[unsafe(no_mangle)]
extern "C" fn ermine_interrupt_clear(handle: Option<&InterruptHandle>) {
    guard((), || handle.map(InterruptHandle::clear));
}
