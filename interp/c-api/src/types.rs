//! Types: of values, functions, globals, tables, memories, imports and exports.
//!
//! The four kinds of external types are one Rust type, as are their C types behind a cast. Parts that C looks at through pointers lie in them as C has them.

use std::ptr;

use ermine::{FuncType, GlobalType, MemoryType, Mutability, RefType, TableType};

use crate::boundary::{discard, guard};
use crate::vector::{Bytes, Own, Vector};

/// `wasm_valkind_t`: a number of `wasm_valkind_enum`.
pub type ValKind = u8;

/// `WASM_EXTERNREF`
pub const EXTERNREF: ValKind = 128;
/// `WASM_FUNCREF`
pub const FUNCREF: ValKind = 129;

/// The kind of a type.
pub fn kind_of(ty: ermine::ValType) -> ValKind {
    match ty {
        ermine::ValType::I32 => 0,
        ermine::ValType::I64 => 1,
        ermine::ValType::F32 => 2,
        ermine::ValType::F64 => 3,
        ermine::ValType::ExternRef => EXTERNREF,
        ermine::ValType::FuncRef => FUNCREF,
    }
}

/// The type of a kind.
pub fn of_kind(kind: ValKind) -> Option<ermine::ValType> {
    Some(match kind {
        0 => ermine::ValType::I32,
        1 => ermine::ValType::I64,
        2 => ermine::ValType::F32,
        3 => ermine::ValType::F64,
        EXTERNREF => ermine::ValType::ExternRef,
        FUNCREF => ermine::ValType::FuncRef,
        _ => return None,
    })
}

/// `wasm_valtype_t`
#[derive(Debug, Clone, Copy)]
pub struct ValType(pub ermine::ValType);

type ValTypes = Vector<Own<ValType>>;

fn listed(types: &[ermine::ValType]) -> ValTypes {
    Vector::new(types.iter().map(|&ty| Some(Box::new(ValType(ty)))).collect())
}

/// The types in a list. Nothing if one is null.
fn unlisted(types: &ValTypes) -> Option<Vec<ermine::ValType>> {
    types.as_slice().iter().map(|ty| ty.as_deref().map(|ty| ty.0)).collect()
}

/// `wasm_limits_t`
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// At the start.
    pub min: u32,
    /// At most; `wasm_limits_max_default` for no bound.
    pub max: u32,
}

/// `wasm_limits_max_default`
const UNBOUNDED: u32 = u32::MAX;

impl Limits {
    fn new(min: u64, max: Option<u64>) -> Self {
        let narrow = |pages: u64| u32::try_from(pages).unwrap_or(UNBOUNDED);
        Self { min: narrow(min), max: max.map_or(UNBOUNDED, narrow) }
    }

    fn bound(self) -> Option<u32> {
        (self.max != UNBOUNDED).then_some(self.max)
    }
}

/// `wasm_externtype_t`, and the four that are one.
#[derive(Debug, Clone)]
pub enum ExternType {
    /// `wasm_functype_t`
    Func { params: ValTypes, results: ValTypes },
    /// `wasm_globaltype_t`
    Global { content: Box<ValType>, mutability: u8 },
    /// `wasm_tabletype_t`
    Table { element: Box<ValType>, limits: Limits },
    /// `wasm_memorytype_t`
    Memory { limits: Limits },
}

impl From<&ermine::ExternType> for ExternType {
    fn from(ty: &ermine::ExternType) -> Self {
        match ty {
            ermine::ExternType::Func(ty) => Self::Func { params: listed(ty.params()), results: listed(ty.results()) },
            ermine::ExternType::Global(ty) => Self::Global {
                content: Box::new(ValType(ty.content())),
                mutability: u8::from(ty.mutability().is_mut()),
            },
            ermine::ExternType::Table(ty) => Self::Table {
                element: Box::new(ValType(ty.element().into())),
                limits: Limits::new(ty.minimum(), ty.maximum()),
            },
            ermine::ExternType::Memory(ty) => Self::Memory { limits: Limits::new(ty.minimum(), ty.maximum()) },
        }
    }
}

impl ExternType {
    /// The engine's function type.
    pub fn func(&self) -> Option<FuncType> {
        let Self::Func { params, results } = self else { return None };
        Some(FuncType::new(unlisted(params)?, unlisted(results)?))
    }

    /// The engine's global type.
    pub fn global(&self) -> Option<GlobalType> {
        let Self::Global { content, mutability } = self else { return None };
        Some(GlobalType::new(content.0, if *mutability == 0 { Mutability::Const } else { Mutability::Var }))
    }

    /// The engine's table type.
    pub fn table(&self) -> Option<TableType> {
        let Self::Table { element, limits } = self else { return None };
        let element: RefType = element.0.as_ref()?;
        Some(TableType::new(element, limits.min, limits.bound()))
    }

    /// The engine's memory type.
    pub fn memory(&self) -> Option<MemoryType> {
        let Self::Memory { limits } = self else { return None };
        Some(MemoryType::new(limits.min, limits.bound()))
    }
}

/// `wasm_importtype_t`
#[derive(Debug, Clone)]
pub struct ImportType {
    /// The module's name.
    pub module: Bytes,
    /// The item's name.
    pub name: Bytes,
    /// The item's type.
    pub ty: Own<ExternType>,
}

/// `wasm_exporttype_t`
#[derive(Debug, Clone)]
pub struct ExportType {
    /// The item's name.
    pub name: Bytes,
    /// The item's type.
    pub ty: Own<ExternType>,
}

#[unsafe(no_mangle)]
extern "C" fn wasm_valtype_new(kind: ValKind) -> Own<ValType> {
    of_kind(kind).map(|ty| Box::new(ValType(ty)))
}

#[unsafe(no_mangle)]
extern "C" fn wasm_valtype_kind(ty: Option<&ValType>) -> ValKind {
    ty.map_or(0, |ty| kind_of(ty.0))
}

#[unsafe(no_mangle)]
extern "C" fn wasm_functype_new(params: Option<&mut ValTypes>, results: Option<&mut ValTypes>) -> Own<ExternType> {
    let owned = |types: Option<&mut ValTypes>| Vector::new(types.map(Vector::take).unwrap_or_default());
    guard(None, || Some(Some(Box::new(ExternType::Func { params: owned(params), results: owned(results) }))))
}

#[unsafe(no_mangle)]
extern "C" fn wasm_functype_params(ty: Option<&ExternType>) -> Option<&ValTypes> {
    if let ExternType::Func { params, .. } = ty? { Some(params) } else { None }
}

#[unsafe(no_mangle)]
extern "C" fn wasm_functype_results(ty: Option<&ExternType>) -> Option<&ValTypes> {
    if let ExternType::Func { results, .. } = ty? { Some(results) } else { None }
}

#[unsafe(no_mangle)]
extern "C" fn wasm_globaltype_new(content: Own<ValType>, mutability: u8) -> Own<ExternType> {
    guard(None, || Some(Some(Box::new(ExternType::Global { content: content?, mutability }))))
}

#[unsafe(no_mangle)]
extern "C" fn wasm_globaltype_content(ty: Option<&ExternType>) -> Option<&ValType> {
    if let ExternType::Global { content, .. } = ty? { Some(content) } else { None }
}

#[unsafe(no_mangle)]
extern "C" fn wasm_globaltype_mutability(ty: Option<&ExternType>) -> u8 {
    if let Some(ExternType::Global { mutability, .. }) = ty { *mutability } else { 0 }
}

#[unsafe(no_mangle)]
extern "C" fn wasm_tabletype_new(element: Own<ValType>, limits: Option<&Limits>) -> Own<ExternType> {
    guard(None, || Some(Some(Box::new(ExternType::Table { element: element?, limits: *limits? }))))
}

#[unsafe(no_mangle)]
extern "C" fn wasm_tabletype_element(ty: Option<&ExternType>) -> Option<&ValType> {
    if let ExternType::Table { element, .. } = ty? { Some(element) } else { None }
}

#[unsafe(no_mangle)]
extern "C" fn wasm_tabletype_limits(ty: Option<&ExternType>) -> Option<&Limits> {
    if let ExternType::Table { limits, .. } = ty? { Some(limits) } else { None }
}

#[unsafe(no_mangle)]
extern "C" fn wasm_memorytype_new(limits: Option<&Limits>) -> Own<ExternType> {
    guard(None, || Some(Some(Box::new(ExternType::Memory { limits: *limits? }))))
}

#[unsafe(no_mangle)]
extern "C" fn wasm_memorytype_limits(ty: Option<&ExternType>) -> Option<&Limits> {
    if let ExternType::Memory { limits } = ty? { Some(limits) } else { None }
}

#[unsafe(no_mangle)]
extern "C" fn wasm_externtype_kind(ty: Option<&ExternType>) -> u8 {
    match ty {
        Some(ExternType::Func { .. }) | None => 0,
        Some(ExternType::Global { .. }) => 1,
        Some(ExternType::Table { .. }) => 2,
        Some(ExternType::Memory { .. }) => 3,
    }
}

#[unsafe(no_mangle)]
extern "C" fn wasm_importtype_new(
    module: Option<&mut Bytes>,
    name: Option<&mut Bytes>,
    ty: Own<ExternType>,
) -> Own<ImportType> {
    guard(None, || {
        let (module, name) = (Vector::new(module?.take()), Vector::new(name?.take()));
        Some(Some(Box::new(ImportType { module, name, ty: Some(ty?) })))
    })
}

#[unsafe(no_mangle)]
extern "C" fn wasm_importtype_module(ty: Option<&ImportType>) -> Option<&Bytes> {
    Some(&ty?.module)
}

#[unsafe(no_mangle)]
extern "C" fn wasm_importtype_name(ty: Option<&ImportType>) -> Option<&Bytes> {
    Some(&ty?.name)
}

#[unsafe(no_mangle)]
extern "C" fn wasm_importtype_type(ty: Option<&ImportType>) -> Option<&ExternType> {
    ty?.ty.as_deref()
}

#[unsafe(no_mangle)]
extern "C" fn wasm_exporttype_new(name: Option<&mut Bytes>, ty: Own<ExternType>) -> Own<ExportType> {
    guard(None, || Some(Some(Box::new(ExportType { name: Vector::new(name?.take()), ty: Some(ty?) }))))
}

#[unsafe(no_mangle)]
extern "C" fn wasm_exporttype_name(ty: Option<&ExportType>) -> Option<&Bytes> {
    Some(&ty?.name)
}

#[unsafe(no_mangle)]
extern "C" fn wasm_exporttype_type(ty: Option<&ExportType>) -> Option<&ExternType> {
    ty?.ty.as_deref()
}

/// Deleting and copying.
macro_rules! owned {
    ($($item:ty: $delete:ident $copy:ident)*) => {$(
        #[unsafe(no_mangle)]
        extern "C" fn $delete(item: Own<$item>) {
            discard(item);
        }

        #[unsafe(no_mangle)]
        extern "C" fn $copy(item: Option<&$item>) -> Own<$item> {
            guard(None, || Some(item.cloned().map(Box::new)))
        }
    )*};
}

owned! {
    ValType: wasm_valtype_delete wasm_valtype_copy
    ExternType: wasm_functype_delete wasm_functype_copy
    ExternType: wasm_globaltype_delete wasm_globaltype_copy
    ExternType: wasm_tabletype_delete wasm_tabletype_copy
    ExternType: wasm_memorytype_delete wasm_memorytype_copy
    ExternType: wasm_externtype_delete wasm_externtype_copy
    ImportType: wasm_importtype_delete wasm_importtype_copy
    ExportType: wasm_exporttype_delete wasm_exporttype_copy
}

/// The pointer itself, if what it points to is of the right kind.
fn cast(ty: *mut ExternType, is: fn(&ExternType) -> bool) -> *mut ExternType {
    // SAFETY: promise C1: it is null or a live type.
    let fits = unsafe { ty.as_ref() }.is_some_and(is);
    if fits { ty } else { ptr::null_mut() }
}

/// As those of handles.
macro_rules! casts {
    ($($kind:pat => $up:ident $up_const:ident $down:ident $down_const:ident)*) => {$(
        #[unsafe(no_mangle)]
        extern "C" fn $up(ty: *mut ExternType) -> *mut ExternType {
            ty
        }

        #[unsafe(no_mangle)]
        extern "C" fn $up_const(ty: *const ExternType) -> *const ExternType {
            ty
        }

        #[unsafe(no_mangle)]
        extern "C" fn $down(ty: *mut ExternType) -> *mut ExternType {
            cast(ty, |ty| matches!(ty, $kind))
        }

        #[unsafe(no_mangle)]
        extern "C" fn $down_const(ty: *const ExternType) -> *const ExternType {
            cast(ty.cast_mut(), |ty| matches!(ty, $kind))
        }
    )*};
}

casts! {
    ExternType::Func { .. } =>
        wasm_functype_as_externtype wasm_functype_as_externtype_const wasm_externtype_as_functype wasm_externtype_as_functype_const
    ExternType::Global { .. } =>
        wasm_globaltype_as_externtype wasm_globaltype_as_externtype_const wasm_externtype_as_globaltype wasm_externtype_as_globaltype_const
    ExternType::Table { .. } =>
        wasm_tabletype_as_externtype wasm_tabletype_as_externtype_const wasm_externtype_as_tabletype wasm_externtype_as_tabletype_const
    ExternType::Memory { .. } =>
        wasm_memorytype_as_externtype wasm_memorytype_as_externtype_const wasm_externtype_as_memorytype wasm_externtype_as_memorytype_const
}
