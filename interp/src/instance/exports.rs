//! What instances import and export.

use super::InstanceEntity;
use crate::{
    error::Error,
    func::Func,
    global::Global,
    memory::Memory,
    module::ExportEntry,
    store::{AsContext, Handle, StoreInner},
    table::Table,
    types::{ExternType, MemoryType, TableType},
};

/// Something that can be imported and exported.
///
/// # Examples
///
/// ```
/// use ermine::{Engine, Extern, Func, Global, Mutability, Store, Val};
///
/// let mut store = Store::new(&Engine::default(), ());
/// let imports = [
///     Extern::from(Func::wrap(&mut store, |x: i32| x + 1)),
///     Global::new(&mut store, Val::I64(7), Mutability::Const).into(),
/// ];
/// assert!(imports[0].into_func().is_some() && imports[1].into_func().is_none());
/// assert_eq!(imports[1].ty(&store).global().map(|ty| ty.mutability()), Some(Mutability::Const));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Extern {
    /// A function.
    Func(Func),
    /// A table.
    Table(Table),
    /// A linear memory.
    Memory(Memory),
    /// A global variable.
    Global(Global),
}

impl Extern {
    /// The function, if it is one.
    #[must_use]
    pub fn into_func(self) -> Option<Func> {
        if let Self::Func(func) = self { Some(func) } else { None }
    }

    /// The table, if it is one.
    #[must_use]
    pub fn into_table(self) -> Option<Table> {
        if let Self::Table(table) = self { Some(table) } else { None }
    }

    /// The memory, if it is one.
    #[must_use]
    pub fn into_memory(self) -> Option<Memory> {
        if let Self::Memory(memory) = self { Some(memory) } else { None }
    }

    /// The global, if it is one.
    #[must_use]
    pub fn into_global(self) -> Option<Global> {
        if let Self::Global(global) = self { Some(global) } else { None }
    }

    /// Its type.
    pub fn ty(&self, ctx: impl AsContext) -> ExternType {
        match self {
            Self::Func(func) => func.ty(ctx).into(),
            Self::Table(table) => table.ty(ctx).into(),
            Self::Memory(memory) => memory.ty(ctx).into(),
            Self::Global(global) => global.ty(ctx).into(),
        }
    }

    /// The type that imports are matched with: memories and tables count with their size of now.
    pub(crate) fn current_type(&self, inner: &StoreInner) -> Result<ExternType, Error> {
        Ok(match self {
            Self::Func(func) => ExternType::Func(func.find_type(inner)?),
            Self::Table(table) => {
                let table: TableType = inner.table_by(table.0)?.current_type();
                ExternType::Table(table)
            }
            Self::Memory(memory) => {
                let memory: MemoryType = inner.memory_by(memory.0)?.current_type();
                ExternType::Memory(memory)
            }
            Self::Global(global) => ExternType::Global(inner.global_by(global.0)?.ty),
        })
    }
}

macro_rules! extern_from {
    ($($item:ident)*) => {
        $(impl From<$item> for Extern {
            fn from(item: $item) -> Self {
                Self::$item(item)
            }
        })*
    };
}

extern_from!(Func Table Memory Global);

/// An export of an [`Instance`](crate::Instance).
#[derive(Debug, Clone, Copy)]
pub struct Export<'instance> {
    name: &'instance str,
    item: Extern,
}

impl<'instance> Export<'instance> {
    /// The name.
    #[must_use]
    pub fn name(&self) -> &'instance str {
        self.name
    }

    /// The type of the item.
    pub fn ty(&self, ctx: impl AsContext) -> ExternType {
        self.item.ty(ctx)
    }

    /// The item.
    #[must_use]
    pub fn into_extern(self) -> Extern {
        self.item
    }

    /// The function, if it is one.
    #[must_use]
    pub fn into_func(self) -> Option<Func> {
        self.item.into_func()
    }

    /// The table, if it is one.
    #[must_use]
    pub fn into_table(self) -> Option<Table> {
        self.item.into_table()
    }

    /// The memory, if it is one.
    #[must_use]
    pub fn into_memory(self) -> Option<Memory> {
        self.item.into_memory()
    }

    /// The global, if it is one.
    #[must_use]
    pub fn into_global(self) -> Option<Global> {
        self.item.into_global()
    }
}

/// The exports of an [`Instance`](crate::Instance).
#[derive(Debug, Clone)]
pub struct ExportsIter<'instance> {
    inner: &'instance StoreInner,
    instance: Option<&'instance InstanceEntity>,
    entries: core::slice::Iter<'instance, ExportEntry>,
}

impl<'instance> ExportsIter<'instance> {
    pub(super) fn new(inner: &'instance StoreInner, instance: Handle) -> Self {
        let instance = inner.instance_by(instance).ok();
        let entries = instance.map_or([].iter(), |instance| instance.module().inner.exports.iter());
        Self { inner, instance, entries }
    }
}

impl<'instance> Iterator for ExportsIter<'instance> {
    type Item = Export<'instance>;

    fn next(&mut self) -> Option<Self::Item> {
        let entry = self.entries.next()?;
        let item = self.instance?.item(self.inner, entry.item)?;
        Some(Export { name: &entry.name, item })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.entries.size_hint()
    }
}
