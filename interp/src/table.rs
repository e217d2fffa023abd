//! Tables, as the host handles them.

use crate::{
    error::{Error, ErrorKind},
    limits::Bound,
    store::{AsContext, AsContextMut, Handle, Store, StoreInner, entities::TableEntity},
    types::{RefType, TableType},
    value::Ref,
};

/// A table of a [`Store`].
///
/// Methods that cannot return an error treat a foreign handle as an empty table.
///
/// # Examples
///
/// ```
/// use ermine::{Engine, Func, Ref, RefType, Store, Table, TableType};
///
/// let mut store = Store::new(&Engine::default(), ());
/// let table = Table::new(&mut store, TableType::new(RefType::Func, 2, None), Ref::null(RefType::Func))?;
/// let func = Func::wrap(&mut store, || 1_i32);
/// table.set(&mut store, 1, func.into())?;
/// assert!(table.get(&store, 0).is_some_and(|item| item.is_null()));
/// assert_eq!(table.get(&store, 1), Some(func.into()));
/// # Ok::<(), ermine::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Table(pub(crate) Handle);

impl Table {
    /// A table whose elements are all `init`.
    ///
    /// # Errors
    ///
    /// If `init` has another type, if a bound or the limiter forbids it, or the host has no memory left.
    pub fn new(mut ctx: impl AsContextMut, ty: TableType, init: Ref) -> Result<Self, Error> {
        let store = ctx.as_context_mut().store;
        let init = store.inner.reference_bits(init, ty.element())?;
        let index = add_table(store, ty, init)?;
        Ok(Self(store.inner.handle(index)))
    }

    /// The type it was made with.
    pub fn ty(&self, ctx: impl AsContext) -> TableType {
        let inner = &ctx.as_context().store.inner;
        inner.table_by(self.0).map_or(TableType::new(RefType::Func, 0, Some(0)), TableEntity::ty)
    }

    /// How many elements it has.
    pub fn size(&self, ctx: impl AsContext) -> u64 {
        ctx.as_context().store.inner.table_by(self.0).map_or(0, |table| table.size().into())
    }

    /// Grows it by `delta` elements, all `init`. Gives the size before.
    ///
    /// # Errors
    ///
    /// If `init` has another type, if its maximum, a bound or the limiter forbids it, or the host has no memory left. Then
    /// nothing has changed.
    pub fn grow(&self, mut ctx: impl AsContextMut, delta: u64, init: Ref) -> Result<u64, Error> {
        let store = ctx.as_context_mut().store;
        let index = self.0.index_in(store.inner.id()).ok_or_else(Error::foreign)?;
        let element = store.inner.table_by(self.0)?.ty().element();
        let init = store.inner.reference_bits(init, element)?;
        let delta = u32::try_from(delta).map_err(|_| ErrorKind::GrowthDenied)?;
        let (inner, limiter) = store.inner_and_limiter();
        Ok(inner.grow_table(index, delta, init, limiter)?.into())
    }

    /// An element; nothing outside of the table.
    pub fn get(&self, ctx: impl AsContext, index: u64) -> Option<Ref> {
        let inner = &ctx.as_context().store.inner;
        let table = inner.table_by(self.0).ok()?;
        let bits = *table.elements().get(usize::try_from(index).ok()?)?;
        Some(inner.reference(bits, table.ty().element()))
    }

    /// Replaces an element.
    ///
    /// # Errors
    ///
    /// If `value` has another type, or there is no such element.
    pub fn set(&self, mut ctx: impl AsContextMut, index: u64, value: Ref) -> Result<(), Error> {
        let inner = &mut ctx.as_context_mut().store.inner;
        let element = inner.table_by(self.0)?.ty().element();
        let bits = inner.reference_bits(value, element)?;
        let elements = inner.table_by_mut(self.0)?.elements_mut();
        let place = usize::try_from(index).ok().and_then(|index| elements.get_mut(index));
        *place.ok_or(ErrorKind::TableAccess)? = bits;
        Ok(())
    }

    /// Copies elements from one table to another, or within one.
    ///
    /// # Errors
    ///
    /// If a range is not inside its table, or the tables' element types differ. Then nothing has changed.
    pub fn copy(
        mut ctx: impl AsContextMut,
        dst_table: &Self,
        dst_index: u64,
        src_table: &Self,
        src_index: u64,
        len: u64,
    ) -> Result<(), Error> {
        let inner = &mut ctx.as_context_mut().store.inner;
        let narrow = |index: u64| u32::try_from(index).map_err(|_| Error::from(ErrorKind::TableAccess));
        let place = |inner: &StoreInner, table: &Self, index| {
            let number = table.0.index_in(inner.id()).ok_or_else(Error::foreign)?;
            Ok::<_, Error>((number, narrow(index)?))
        };
        if inner.table_by(dst_table.0)?.ty().element() != inner.table_by(src_table.0)?.ty().element() {
            return Err(ErrorKind::ValueType.into());
        }
        let (to, from) = (place(inner, dst_table, dst_index)?, place(inner, src_table, src_index)?);
        inner.copy_elements(to, from, narrow(len)?).ok_or_else(|| ErrorKind::TableAccess.into())
    }

    /// Sets `len` elements from `dst` on.
    ///
    /// # Errors
    ///
    /// If `value` has another type, or the range is not inside the table. Then nothing has changed.
    pub fn fill(&self, mut ctx: impl AsContextMut, dst: u64, value: Ref, len: u64) -> Result<(), Error> {
        let inner = &mut ctx.as_context_mut().store.inner;
        let element = inner.table_by(self.0)?.ty().element();
        let bits = inner.reference_bits(value, element)?;
        let start = usize::try_from(dst).map_err(|_| ErrorKind::TableAccess)?;
        let len = usize::try_from(len).map_err(|_| ErrorKind::TableAccess)?;
        let range =
            start.checked_add(len).and_then(|end| inner.table_by_mut(self.0).ok()?.elements_mut().get_mut(start..end));
        range.ok_or(ErrorKind::TableAccess)?.fill(bits);
        Ok(())
    }
}

/// Makes a table and gives its number in the store.
pub(crate) fn add_table<T>(store: &mut Store<T>, ty: TableType, init: u32) -> Result<u32, Error> {
    store.check_count(Bound::StoreTables, |inner| inner.tables().len(), |limiter| limiter.tables())?;
    let (inner, limiter) = store.inner_and_limiter();
    let table = TableEntity::new(ty, init, inner.limits(), limiter)?;
    inner.add_table(table)
}
