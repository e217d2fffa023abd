//! The part of a store that does not depend on the host's data.

#![allow(unsafe_code, reason = "states that a store may be sent to other threads, see the end of the file")]

use alloc::{boxed::Box, vec::Vec};
use core::{any::Any, sync::atomic::Ordering};

use super::{
    GrowError, Handle, InterruptHandle, LimiterRef, StoreId,
    buffer::Buffer,
    counts::Counts,
    entities::{GlobalEntity, MemoryEntity, TableEntity, TypeEntry, TypeRegistry},
    stable::Stable,
};
use crate::{
    driver::range,
    engine::Engine,
    error::{Error, ErrorKind},
    exec::{
        RED_ZONE,
        ctx::{EntryCell, FuncRecord},
    },
    externref::ExternRef,
    func::Func,
    instance::InstanceEntity,
    limits::{Bound, Limits},
    module::init::low,
    types::{GlobalType, RefType, ValType},
    value::{F32, F64, Ref, Val},
};

/// The free part of the value stack in use: where the next frame may begin, and where frames must end.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StackSpan {
    pub(crate) base: *mut u8,
    /// [`RED_ZONE`] more bytes exist behind it.
    pub(crate) end: *mut u8,
}

/// Where a function of the store comes from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FuncHome {
    /// Where it starts if an instance of this store defines it, null if the host does.
    pub(crate) entry: *const EntryCell,
    /// The instance that defines it; [`FuncHome::HOST`] for host functions.
    pub(crate) instance: u32,
    /// Its number among the host's functions, or its index in its module.
    pub(crate) number: u32,
}

impl FuncHome {
    /// `instance` of a function that the host defines.
    pub(crate) const HOST: u32 = u32::MAX;

    /// Whether the host defines it.
    pub(crate) fn is_host(&self) -> bool {
        self.instance == Self::HOST
    }
}

/// A function of the store.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StoreFunc {
    /// The store's canonical number of its type.
    pub(crate) type_id: u32,
    pub(crate) home: FuncHome,
}

/// Everything in a store but the host's data and closures.
#[derive(Debug)]
pub(crate) struct StoreInner {
    id: StoreId,
    engine: Engine,
    /// All functions, as machines see them.
    funcs: Vec<FuncRecord>,
    /// The rest of what is known of each function.
    homes: Vec<FuncHome>,
    epoch: u64,
    pub(crate) types: TypeRegistry,
    memories: Vec<Stable<MemoryEntity>>,
    tables: Vec<Stable<TableEntity>>,
    globals: Vec<GlobalEntity>,
    instances: Vec<InstanceEntity>,
    objects: Vec<Box<dyn Any + Send + Sync>>,
    /// Fuel that is left, beside what a running machine was handed out.
    pub(crate) fuel: u64,
    pub(crate) interrupt: InterruptHandle,
    pub(crate) operators: u64,
    pub(crate) counts: Counts,
    /// The store's own value stack; made at the first call.
    stack: Option<Stack>,
    /// While a host function runs that a guest called: the rest of that guest's value stack.
    pub(crate) active: Option<StackSpan>,
    /// Host functions that are active, each called by a guest.
    pub(crate) host_depth: u32,
    /// Values of untyped host calls, kept for their capacity.
    pub(crate) scratch: Vec<Val>,
}

impl StoreInner {
    pub(crate) fn new(engine: &Engine) -> Self {
        Self {
            id: StoreId::fresh(),
            engine: engine.clone(),
            funcs: Vec::new(),
            homes: Vec::new(),
            epoch: 0,
            types: TypeRegistry::default(),
            memories: Vec::new(),
            tables: Vec::new(),
            globals: Vec::new(),
            instances: Vec::new(),
            objects: Vec::new(),
            fuel: 0,
            interrupt: InterruptHandle::default(),
            operators: 0,
            counts: Counts::new(engine.config()),
            stack: None,
            active: None,
            host_depth: 0,
            scratch: Vec::new(),
        }
    }

    pub(crate) fn id(&self) -> StoreId {
        self.id
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.engine.config().limits
    }

    /// A handle of this store.
    pub(crate) fn handle(&self, index: u32) -> Handle {
        Handle::new(self.id, index)
    }

    // Functions.

    pub(crate) fn add_func(&mut self, record: FuncRecord, home: FuncHome) -> Result<u32, Error> {
        let index = next_index(self.funcs.len(), Bound::StoreFunctions, self.limits().store_functions)?;
        self.epoch += 1;
        self.funcs.push(record);
        self.homes.push(home);
        Ok(index)
    }

    /// Makes room for so many more functions.
    pub(crate) fn reserve_funcs(&mut self, more: usize) {
        self.epoch += 1;
        self.funcs.reserve(more);
        self.homes.reserve(more);
    }

    /// Changes whenever the lists of functions and instances may have moved or changed.
    pub(crate) fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Forgets the functions from `len` on, which nothing can refer to yet.
    pub(crate) fn forget_funcs(&mut self, len: usize) {
        self.epoch += 1;
        self.funcs.truncate(len);
        self.homes.truncate(len);
    }

    /// All functions, for machines.
    pub(crate) fn funcs(&self) -> &[FuncRecord] {
        &self.funcs
    }

    pub(crate) fn func(&self, index: u32) -> Option<StoreFunc> {
        let index = usize::try_from(index).ok()?;
        Some(StoreFunc { type_id: self.funcs.get(index)?.type_id, home: *self.homes.get(index)? })
    }

    pub(crate) fn func_by(&self, handle: Handle) -> Result<(u32, StoreFunc), Error> {
        let index = handle.index_in(self.id).ok_or_else(Error::foreign)?;
        let record = self.func(index).ok_or_else(Error::foreign)?;
        Ok((index, record))
    }

    /// The type of a function.
    pub(crate) fn func_type(&self, func: StoreFunc) -> Option<&TypeEntry> {
        self.types.get(func.type_id)
    }

    // Memories.

    pub(crate) fn add_memory(&mut self, memory: MemoryEntity) -> Result<u32, Error> {
        let index = next_index(self.memories.len(), Bound::StoreMemories, self.limits().store_memories)?;
        self.memories.push(Stable::new(memory));
        Ok(index)
    }

    pub(crate) fn memories(&self) -> &[Stable<MemoryEntity>] {
        &self.memories
    }

    pub(crate) fn memory(&self, index: u32) -> Option<&MemoryEntity> {
        self.memories.get(usize::try_from(index).ok()?).map(Stable::get)
    }

    pub(crate) fn memory_mut(&mut self, index: u32) -> Option<&mut MemoryEntity> {
        self.memories.get_mut(usize::try_from(index).ok()?).map(Stable::get_mut)
    }

    pub(crate) fn memory_by(&self, handle: Handle) -> Result<&MemoryEntity, Error> {
        handle.index_in(self.id).and_then(|index| self.memory(index)).ok_or_else(Error::foreign)
    }

    pub(crate) fn memory_by_mut(&mut self, handle: Handle) -> Result<&mut MemoryEntity, Error> {
        handle.index_in(self.id).and_then(|index| self.memory_mut(index)).ok_or_else(Error::foreign)
    }

    /// Two different memories at once, or nothing if they are the same or missing.
    pub(crate) fn memory_pair(&mut self, to: u32, from: u32) -> Option<(&mut MemoryEntity, &MemoryEntity)> {
        let (to, from) = (usize::try_from(to).ok()?, usize::try_from(from).ok()?);
        let [to, from] = self.memories.get_disjoint_mut([to, from]).ok()?;
        Some((to.get_mut(), from.get()))
    }

    // Tables.

    pub(crate) fn add_table(&mut self, table: TableEntity) -> Result<u32, Error> {
        let index = next_index(self.tables.len(), Bound::StoreTables, self.limits().store_tables)?;
        self.tables.push(Stable::new(table));
        Ok(index)
    }

    pub(crate) fn tables(&self) -> &[Stable<TableEntity>] {
        &self.tables
    }

    pub(crate) fn table(&self, index: u32) -> Option<&TableEntity> {
        self.tables.get(usize::try_from(index).ok()?).map(Stable::get)
    }

    pub(crate) fn table_mut(&mut self, index: u32) -> Option<&mut TableEntity> {
        self.tables.get_mut(usize::try_from(index).ok()?).map(Stable::get_mut)
    }

    pub(crate) fn table_by(&self, handle: Handle) -> Result<&TableEntity, Error> {
        handle.index_in(self.id).and_then(|index| self.table(index)).ok_or_else(Error::foreign)
    }

    pub(crate) fn table_by_mut(&mut self, handle: Handle) -> Result<&mut TableEntity, Error> {
        handle.index_in(self.id).and_then(|index| self.table_mut(index)).ok_or_else(Error::foreign)
    }

    /// Two different tables at once, or nothing if they are the same or missing.
    pub(crate) fn table_pair(&mut self, to: u32, from: u32) -> Option<(&mut TableEntity, &TableEntity)> {
        let (to, from) = (usize::try_from(to).ok()?, usize::try_from(from).ok()?);
        let [to, from] = self.tables.get_disjoint_mut([to, from]).ok()?;
        Some((to.get_mut(), from.get()))
    }

    // Globals.

    pub(crate) fn add_global(&mut self, ty: GlobalType, bits: u64) -> Result<u32, Error> {
        let index = u32::try_from(self.globals.len()).map_err(|_| ErrorKind::OutOfMemory)?;
        self.globals.push(GlobalEntity { ty, cell: Stable::new(bits) });
        Ok(index)
    }

    pub(crate) fn global(&self, index: u32) -> Option<&GlobalEntity> {
        self.globals.get(usize::try_from(index).ok()?)
    }

    pub(crate) fn global_by(&self, handle: Handle) -> Result<&GlobalEntity, Error> {
        handle.index_in(self.id).and_then(|index| self.global(index)).ok_or_else(Error::foreign)
    }

    pub(crate) fn global_by_mut(&mut self, handle: Handle) -> Result<&mut GlobalEntity, Error> {
        let index = handle.index_in(self.id).and_then(|index| usize::try_from(index).ok());
        index.and_then(|index| self.globals.get_mut(index)).ok_or_else(Error::foreign)
    }

    // Instances.

    pub(crate) fn next_instance(&self) -> Result<u32, Error> {
        next_index(self.instances.len(), Bound::Instances, self.limits().instances)
    }

    pub(crate) fn instance_count(&self) -> usize {
        self.instances.len()
    }

    pub(crate) fn add_instance(&mut self, instance: InstanceEntity) {
        self.epoch += 1;
        self.instances.push(instance);
    }

    pub(crate) fn instance(&self, index: u32) -> Option<&InstanceEntity> {
        self.instances.get(usize::try_from(index).ok()?)
    }

    pub(crate) fn instance_mut(&mut self, index: u32) -> Option<&mut InstanceEntity> {
        self.instances.get_mut(usize::try_from(index).ok()?)
    }

    pub(crate) fn instance_by(&self, handle: Handle) -> Result<&InstanceEntity, Error> {
        handle.index_in(self.id).and_then(|index| self.instance(index)).ok_or_else(Error::foreign)
    }

    // Host objects.

    pub(crate) fn add_object(&mut self, object: Box<dyn Any + Send + Sync>) -> Result<u32, Error> {
        let index = next_index(self.objects.len(), Bound::HostObjects, self.limits().host_objects)?;
        self.objects.push(object);
        Ok(index)
    }

    pub(crate) fn object_by(&self, handle: Handle) -> Result<&(dyn Any + Send + Sync), Error> {
        let index = handle.index_in(self.id).and_then(|index| usize::try_from(index).ok());
        index.and_then(|index| self.objects.get(index)).map(|object| &**object).ok_or_else(Error::foreign)
    }

    // What takes several of the lists.

    /// Grows a memory and gives its size before, in pages.
    pub(crate) fn grow_memory(&mut self, memory: u32, delta: u64, limiter: LimiterRef<'_>) -> Result<u64, GrowError> {
        let memory = usize::try_from(memory).ok().and_then(|memory| self.memories.get_mut(memory));
        memory.ok_or(GrowError::Denied)?.get_mut().grow(delta, &self.engine.config().limits, limiter)
    }

    /// Grows a table and gives its size before.
    pub(crate) fn grow_table(
        &mut self,
        table: u32,
        delta: u32,
        init: u32,
        limiter: LimiterRef<'_>,
    ) -> Result<u32, GrowError> {
        let table = usize::try_from(table).ok().and_then(|table| self.tables.get_mut(table));
        table.ok_or(GrowError::Denied)?.get_mut().grow(delta, init, &self.engine.config().limits, limiter)
    }

    pub(crate) fn memory_and_instance(
        &mut self,
        memory: u32,
        instance: u32,
    ) -> Option<(&mut MemoryEntity, &InstanceEntity)> {
        let memory = self.memories.get_mut(usize::try_from(memory).ok()?)?.get_mut();
        Some((memory, self.instances.get(usize::try_from(instance).ok()?)?))
    }

    pub(crate) fn table_and_instance(
        &mut self,
        table: u32,
        instance: u32,
    ) -> Option<(&mut TableEntity, &InstanceEntity)> {
        let table = self.tables.get_mut(usize::try_from(table).ok()?)?.get_mut();
        Some((table, self.instances.get(usize::try_from(instance).ok()?)?))
    }

    /// Copies `n` elements between places (table, index). Nothing has changed if a place is not there.
    pub(crate) fn copy_elements(&mut self, to: (u32, u32), from: (u32, u32), n: u32) -> Option<()> {
        let (to_range, from_range) = (range(to.1, n), range(from.1, n));
        if to.0 == from.0 {
            let elements = self.table_mut(to.0)?.elements_mut();
            elements.get(to_range.clone())?;
            elements.get(from_range.clone())?;
            elements.copy_within(from_range, to_range.start);
        } else {
            let (destination, source) = self.table_pair(to.0, from.0)?;
            destination.elements_mut().get_mut(to_range)?.copy_from_slice(source.elements().get(from_range)?);
        }
        Some(())
    }

    // Values.

    /// A reference as tables hold it, if it is of this store and of that type.
    pub(crate) fn reference_bits(&self, value: Ref, ty: RefType) -> Result<u32, Error> {
        if value.ty() != ty {
            return Err(ErrorKind::ValueType.into());
        }
        let handle = match value {
            Ref::Func(func) => func.val().map(|func| func.0),
            Ref::Extern(object) => object.val().map(|object| object.0),
        };
        handle.map_or(Ok(0), |handle| handle.reference_in(self.id))
    }

    /// A reference that a table holds.
    pub(crate) fn reference(&self, bits: u32, ty: RefType) -> Ref {
        let handle = bits.checked_sub(1).map(|index| self.handle(index));
        match (handle, ty) {
            (None, ty) => Ref::null(ty),
            (Some(handle), RefType::Func) => Func(handle).into(),
            (Some(handle), RefType::Extern) => ExternRef(handle).into(),
        }
    }

    /// A value as cells of globals hold it, if it is of this store.
    pub(crate) fn value_bits(&self, value: Val) -> Result<u64, Error> {
        Ok(match value {
            Val::I32(value) => value.cast_unsigned().into(),
            Val::I64(value) => value.cast_unsigned(),
            Val::F32(value) => value.to_bits().into(),
            Val::F64(value) => value.to_bits(),
            Val::FuncRef(value) => self.reference_bits(value.into(), RefType::Func)?.into(),
            Val::ExternRef(value) => self.reference_bits(value.into(), RefType::Extern)?.into(),
        })
    }

    /// A value that the cell of a global holds.
    pub(crate) fn value(&self, bits: u64, ty: ValType) -> Val {
        match ty {
            ValType::I32 => Val::I32(low(bits).cast_signed()),
            ValType::I64 => Val::I64(bits.cast_signed()),
            ValType::F32 => Val::F32(F32::from_bits(low(bits))),
            ValType::F64 => Val::F64(F64::from_bits(bits)),
            ValType::FuncRef => self.reference(low(bits), RefType::Func).into(),
            ValType::ExternRef => self.reference(low(bits), RefType::Extern).into(),
        }
    }

    // Value stacks.

    /// The part of the value stack that the next call may use.
    pub(crate) fn stack_span(&mut self) -> Result<StackSpan, Error> {
        if let Some(span) = self.active {
            return Ok(span);
        }
        if let Some(stack) = &self.stack {
            return Ok(stack.span());
        }
        let stack = self.new_stack()?;
        Ok(self.stack.insert(stack).span())
    }

    /// Bytes of the store's own value stack up to the last word that is not zero.
    pub(crate) fn stack_used(&self) -> usize {
        let words = self.stack.as_ref().map_or(&[][..], |stack| stack.words.as_slice());
        words.iter().rposition(|&word| word != 0).map_or(0, |last| (last + 1) * size_of::<u64>())
    }

    /// A value stack of its own, for a call that may be suspended.
    pub(crate) fn new_stack(&self) -> Result<Stack, Error> {
        let limits = self.limits();
        // What stands for code that there is none of yet claims a frame of nearly 4 GiB, which must not fit.
        let bytes = limits.stack_bytes.min(MAX_STACK);
        let total = self.interrupt.stack_bytes().fetch_add(bytes, Ordering::Relaxed);
        // Built first, so that its drop gives the bytes back in every case.
        let mut stack = Stack { words: Buffer::empty(), bytes, store: self.interrupt.clone() };
        if total.saturating_add(bytes) > limits.total_stack_bytes {
            return Err(Error::limit(Bound::TotalStackBytes, limits.total_stack_bytes));
        }
        let words = bytes.checked_add(RED_ZONE).ok_or(ErrorKind::OutOfMemory)?.div_ceil(size_of::<u64>());
        stack.words = Buffer::zeroed(words).ok_or(ErrorKind::OutOfMemory)?;
        Ok(stack)
    }
}

/// The index of a new entry, if one more is within the bound.
fn next_index(len: usize, bound: Bound, limit: u32) -> Result<u32, Error> {
    u32::try_from(len).ok().filter(|&index| index < limit).ok_or_else(|| Error::limit(bound, limit))
}

/// Bytes that a value stack has at most.
const MAX_STACK: usize = 0xffff_0000;

/// A value stack and its share of the store's budget.
#[derive(Debug)]
pub(crate) struct Stack {
    words: Buffer<u64>,
    bytes: usize,
    /// The store, for its count of these bytes.
    store: InterruptHandle,
}

impl Stack {
    /// The whole stack.
    pub(crate) fn span(&self) -> StackSpan {
        let base = self.words.as_ptr().cast::<u8>();
        let usable = (self.words.len() * size_of::<u64>()).saturating_sub(RED_ZONE);
        StackSpan { base, end: base.wrapping_add(usable) }
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        self.store.stack_bytes().fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

// SAFETY: invariant 8: every raw pointer in a store points into heap memory that the store itself owns (directly, or through the
// `Arc` of a module), and is only followed by a machine that runs under `&mut Store`.
unsafe impl Send for StoreInner {}
// SAFETY: invariants 5 and 8: through `&Store` nothing follows those pointers but reads of entities.
unsafe impl Sync for StoreInner {}
