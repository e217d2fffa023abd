//! Instantiation, step by step as the specification has it (section 4.5.4): match imports, allocate, evaluate, copy active
//! segments in order, start.

use alloc::{boxed::Box, vec::Vec};

use super::{Dropped, Extern, Instance, InstanceEntity, Space, Spaces};
use crate::{
    driver::{self, range},
    engine::Engine,
    error::{Error, ErrorKind},
    exec::ctx::FuncRecord,
    limits::Bound,
    memory::add_memory,
    module::{
        ElementItems, Module, ModuleInner, SegmentMode, get,
        init::{ConstContext, ConstExpr},
    },
    store::{FuncHome, Handle, Store, StoreInner},
    table::add_table,
    trap::Trap,
};

/// Instantiates a module and runs its start function.
pub(crate) fn instantiate<T>(store: &mut Store<T>, module: &Module, imports: &[Extern]) -> Result<Instance, Error> {
    if !Engine::same(store.engine(), module.engine()) {
        return Err(ErrorKind::ForeignEngine.into());
    }
    store.check_count(Bound::Instances, StoreInner::instance_count, |limiter| limiter.instances())?;
    let number = store.inner.next_instance()?;
    let funcs = store.inner.funcs().len();
    let entity = match prepare(store, module, imports, number) {
        Ok(entity) => entity,
        Err(error) => {
            // Their instance will never exist (invariant 11).
            store.inner.forget_funcs(funcs);
            return Err(error);
        }
    };
    // From here on functions of the instance may get into shared tables: it stays, whatever happens.
    store.inner.add_instance(entity);
    copy_elements(&mut store.inner, &module.inner, number)?;
    copy_datas(&mut store.inner, &module.inner, number)?;
    let instance = store.inner.handle(number);
    if let Some(start) = module.inner.start {
        run_start(store, number, start)?;
    }
    Ok(Instance(instance))
}

/// Everything before the first segment is copied: nothing of it can be seen from outside.
fn prepare<T>(store: &mut Store<T>, module: &Module, imports: &[Extern], number: u32) -> Result<InstanceEntity, Error> {
    let mut spaces = match_imports(&store.inner, &module.inner, imports)?;
    allocate(store, &module.inner, &mut spaces, number)?;
    let context = Context { inner: &store.inner, spaces: &spaces };
    // Active segments are evaluated where they are copied.
    let is_passive = |_, mode: &SegmentMode| matches!(mode, SegmentMode::Passive);
    let elements = evaluate_elements(&module.inner, &context, is_passive).ok_or_else(Error::foreign)?;
    link(&mut store.inner, module, spaces, elements)
}

fn match_imports(inner: &StoreInner, module: &ModuleInner, imports: &[Extern]) -> Result<Spaces, Error> {
    if imports.len() != module.imports.len() {
        return Err(ErrorKind::ImportCount { expected: module.imports.len(), found: imports.len() }.into());
    }
    let env = &module.env;
    let room = [env.types.len(), env.funcs.len(), module.memories.len(), module.tables.len(), module.globals.len()];
    let mut spaces = Spaces::new(room);
    for (import, item) in module.imports.iter().zip(imports) {
        let found = item.current_type(inner)?;
        if !found.matches(&import.ty) {
            let (module, name, expected) = (import.module.clone(), import.name.clone(), import.ty.clone());
            return Err(ErrorKind::ImportType { module, name, expected, found }.into());
        }
        let number = |handle: Handle| handle.index_in(inner.id()).ok_or_else(Error::foreign);
        match item {
            Extern::Func(func) => spaces.push(Space::Funcs, reference(number(func.0)?)),
            Extern::Table(table) => spaces.push(Space::Tables, number(table.0)?),
            Extern::Memory(memory) => spaces.push(Space::Memories, number(memory.0)?),
            Extern::Global(global) => spaces.push(Space::Globals, number(global.0)?),
        }
    }
    Ok(spaces)
}

/// Makes what the module defines. `number` will be the instance's.
fn allocate<T>(store: &mut Store<T>, module: &ModuleInner, spaces: &mut Spaces, number: u32) -> Result<(), Error> {
    for ty in module.tables.iter().skip(spaces.len(Space::Tables)) {
        spaces.push(Space::Tables, add_table(store, *ty, 0)?);
    }
    for ty in module.memories.iter().skip(spaces.len(Space::Memories)) {
        spaces.push(Space::Memories, add_memory(store, *ty, None)?);
    }
    for ty in &module.env.types {
        spaces.push(Space::Types, store.inner.types.intern(ty));
    }
    let imported = spaces.len(Space::Funcs);
    store.inner.reserve_funcs(module.env.funcs.len().saturating_sub(imported));
    // Until the instance is added, these records name an instance that does not exist: no guest runs before that.
    for (defined, ty) in (0..).zip(module.env.funcs.iter().skip(imported)) {
        let type_id = spaces.get(Space::Types, *ty).ok_or_else(Error::foreign)?;
        let entry = module.code.cell(defined).ok_or_else(Error::foreign)?;
        let home = FuncHome { entry, instance: number, number: module.env.imported_funcs.saturating_add(defined) };
        let number = store.inner.add_func(FuncRecord { offset: 0, type_id }, home)?;
        spaces.push(Space::Funcs, reference(number));
    }
    for (ty, init) in module.globals.iter().skip(spaces.len(Space::Globals)).zip(&module.global_inits) {
        let bits = init.eval(&Context { inner: &store.inner, spaces }).ok_or_else(Error::foreign)?;
        spaces.push(Space::Globals, store.inner.add_global(*ty, bits)?);
    }
    Ok(())
}

/// A function as a reference. The bound on functions of a store keeps their numbers below the last.
fn reference(func: u32) -> u32 {
    func.wrapping_add(1)
}

/// What constant expressions of a module that is being instantiated may read.
struct Context<'a> {
    inner: &'a StoreInner,
    spaces: &'a Spaces,
}

impl ConstContext for Context<'_> {
    fn global(&self, index: u32) -> Option<u64> {
        let number = self.spaces.get(Space::Globals, index)?;
        self.inner.global(number).map(|global| *global.cell.get())
    }

    fn func_ref(&self, index: u32) -> Option<u32> {
        self.spaces.get(Space::Funcs, index)
    }
}

/// The references of the element segments that are `wanted`; of the others nothing, which is what is left of dropped ones.
fn evaluate_elements(
    module: &ModuleInner,
    context: &impl ConstContext,
    wanted: impl Fn(u32, &SegmentMode) -> bool,
) -> Option<Box<[Box<[u32]>]>> {
    if !(0..).zip(&module.elements).any(|(index, segment)| wanted(index, &segment.mode)) {
        return Some(Box::default());
    }
    let mut index = 0..;
    all(&module.elements, |segment| match index.next().is_some_and(|index| wanted(index, &segment.mode)) {
        true => references(&segment.items, context),
        false => Some(Box::default()),
    })
}

/// What the items of an element segment stand for.
fn references(items: &ElementItems, context: &impl ConstContext) -> Option<Box<[u32]>> {
    match items {
        ElementItems::Funcs(funcs) => all(funcs, |&func| context.func_ref(func)),
        ElementItems::Exprs(exprs) => all(exprs, |expr| expr.eval_u32(context)),
    }
}

/// What each item stands for, if all stand for something. Made at full length: a collected `Option` grows bit by bit.
fn all<T, U>(items: &[T], mut find: impl FnMut(&T) -> Option<U>) -> Option<Box<[U]>> {
    let mut found = Vec::with_capacity(items.len());
    for item in items {
        found.push(find(item)?);
    }
    Some(found.into())
}

fn link(
    inner: &mut StoreInner,
    module: &Module,
    spaces: Spaces,
    elements: Box<[Box<[u32]>]>,
) -> Result<InstanceEntity, Error> {
    let own = spaces.of(Space::Funcs).get(module.inner.env.imported_funcs as usize..).unwrap_or_default();
    let first = own.first().map_or(0, |reference| reference.wrapping_sub(1));
    let defined = (first, own.len());
    let addresses = addresses(inner, &spaces).ok_or_else(Error::foreign)?;
    let dropped_datas = Dropped::none(module.inner.datas.len());
    Ok(InstanceEntity { spaces, addresses, defined, elements, dropped_datas, module: module.clone() })
}

/// Where memories, tables and globals are, in this order.
fn addresses(inner: &StoreInner, spaces: &Spaces) -> Option<Box<[*mut ()]>> {
    let numbers = [Space::Memories, Space::Tables, Space::Globals].map(|space| spaces.of(space));
    let mut addresses = Vec::with_capacity(numbers.iter().map(|numbers| numbers.len()).sum());
    let [memories, tables, globals] = numbers;
    for &memory in memories {
        addresses.push(get(inner.memories(), memory)?.as_ptr().cast());
    }
    for &table in tables {
        addresses.push(get(inner.tables(), table)?.as_ptr().cast());
    }
    for &global in globals {
        addresses.push(inner.global(global)?.cell.as_ptr().cast());
    }
    Some(addresses.into())
}

/// What constant expressions of an instance may read.
struct Linkage<'a> {
    inner: &'a StoreInner,
    instance: &'a InstanceEntity,
}

impl ConstContext for Linkage<'_> {
    fn global(&self, index: u32) -> Option<u64> {
        let number = self.instance.global(index)?;
        self.inner.global(number).map(|global| *global.cell.get())
    }

    fn func_ref(&self, index: u32) -> Option<u32> {
        self.instance.func_ref(index)
    }
}

/// The number in the store of an active segment's target, and the offset there.
fn target(
    inner: &StoreInner,
    number: u32,
    offset: &ConstExpr,
    find: impl Fn(&InstanceEntity) -> Option<u32>,
) -> Result<(u32, u32), Error> {
    let instance = inner.instance(number).ok_or_else(Error::foreign)?;
    let offset = offset.eval_u32(&Linkage { inner, instance }).ok_or_else(Error::foreign)?;
    Ok((find(instance).ok_or_else(Error::foreign)?, offset))
}

/// Copies the active element segments to their tables. They count as dropped then.
fn copy_elements(inner: &mut StoreInner, module: &ModuleInner, number: u32) -> Result<(), Error> {
    for (index, segment) in (0..).zip(&module.elements) {
        let SegmentMode::Active { target: table, offset } = &segment.mode else { continue };
        if let Err(error) = copy_element(inner, number, *table, offset, &segment.items) {
            keep_elements(inner, module, number, index)?;
            return Err(error);
        }
    }
    Ok(())
}

fn copy_element(
    inner: &mut StoreInner,
    number: u32,
    table: u32,
    offset: &ConstExpr,
    items: &ElementItems,
) -> Result<(), Error> {
    let (table, offset) = target(inner, number, offset, |instance| instance.table(table))?;
    let len = u32::try_from(items.len()).map_err(|_| Trap::TableOutOfBounds)?;
    let instance = inner.instance(number).ok_or_else(Error::foreign)?;
    let evaluated = match items {
        // The commonest case goes without a list.
        ElementItems::Funcs(_) => Box::default(),
        ElementItems::Exprs(_) => references(items, &Linkage { inner, instance }).ok_or_else(Error::foreign)?,
    };
    let (table, instance) = inner.table_and_instance(table, number).ok_or_else(Error::foreign)?;
    let place = table.elements_mut().get_mut(range(offset, len)).ok_or(Trap::TableOutOfBounds)?;
    match items {
        ElementItems::Funcs(funcs) => {
            for (element, &func) in place.iter_mut().zip(funcs) {
                *element = instance.func_ref(func).ok_or_else(Error::foreign)?;
            }
        }
        ElementItems::Exprs(_) => place.copy_from_slice(&evaluated),
    }
    Ok(())
}

/// An instance stays although one of its active element segments, which has this index, cannot be copied: this one and those behind it are not dropped.
#[cold]
fn keep_elements(inner: &mut StoreInner, module: &ModuleInner, number: u32, from: u32) -> Result<(), Error> {
    let wanted = |index: u32, mode: &SegmentMode| match mode {
        SegmentMode::Active { .. } => index >= from,
        SegmentMode::Passive => true,
        SegmentMode::Declared => false,
    };
    let instance = inner.instance(number).ok_or_else(Error::foreign)?;
    let elements = evaluate_elements(module, &Linkage { inner, instance }, wanted).ok_or_else(Error::foreign)?;
    inner.instance_mut(number).ok_or_else(Error::foreign)?.set_elements(elements);
    Ok(())
}

fn copy_datas(inner: &mut StoreInner, module: &ModuleInner, number: u32) -> Result<(), Error> {
    for (index, segment) in (0..).zip(&module.datas) {
        let SegmentMode::Active { target: memory, offset } = &segment.mode else { continue };
        let (memory, offset) = target(inner, number, offset, |instance| instance.memory(*memory))?;
        let len = u32::try_from(segment.bytes.len()).map_err(|_| Trap::MemoryOutOfBounds)?;
        let (memory, instance) = inner.memory_and_instance(memory, number).ok_or_else(Error::foreign)?;
        let place = memory.data_mut().get_mut(range(offset, len)).ok_or(Trap::MemoryOutOfBounds)?;
        place.copy_from_slice(instance.data(index));
        if let Some(instance) = inner.instance_mut(number) {
            instance.drop_data(index);
        }
    }
    Ok(())
}

fn run_start<T>(store: &mut Store<T>, number: u32, start: u32) -> Result<(), Error> {
    let instance = store.inner.instance(number).ok_or_else(Error::foreign)?;
    let func = store.inner.handle(instance.func(start).ok_or_else(Error::foreign)?);
    driver::invoke_start(store, number, func)
}
