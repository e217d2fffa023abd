//! wasmparser's types, turned into ours. What the validator has accepted always converts; errors here are a second net.

use alloc::{boxed::Box, vec::Vec};

use wasmparser::{DataKind, ElementKind, Operator};

use super::{
    DataSegment, ElementItems, ElementSegment, ExportEntry, ItemIndex, SegmentMode,
    init::{ConstExpr, ConstOp},
    parse::offset,
};
use crate::{
    error::Error,
    types::{FuncType, GlobalType, MemoryType, Mutability, RefType, TableType, ValType},
};

#[cold]
fn unsupported() -> Error {
    Error::wasm("unsupported type", 0)
}

pub(crate) fn val_type(ty: wasmparser::ValType) -> Result<ValType, Error> {
    match ty {
        wasmparser::ValType::I32 => Ok(ValType::I32),
        wasmparser::ValType::I64 => Ok(ValType::I64),
        wasmparser::ValType::F32 => Ok(ValType::F32),
        wasmparser::ValType::F64 => Ok(ValType::F64),
        wasmparser::ValType::V128 => Err(unsupported()),
        wasmparser::ValType::Ref(ty) => ref_type(ty).map(ValType::from),
    }
}

fn ref_type(ty: wasmparser::RefType) -> Result<RefType, Error> {
    match ty {
        wasmparser::RefType::FUNCREF => Ok(RefType::Func),
        wasmparser::RefType::EXTERNREF => Ok(RefType::Extern),
        _ => Err(unsupported()),
    }
}

pub(super) fn func_type(ty: &wasmparser::FuncType) -> Result<FuncType, Error> {
    let list = |types: &[wasmparser::ValType]| types.iter().map(|&ty| val_type(ty)).collect::<Result<Vec<_>, _>>();
    Ok(FuncType::new(list(ty.params())?, list(ty.results())?))
}

pub(super) fn table_type(ty: &wasmparser::TableType) -> Result<TableType, Error> {
    let narrow = |count: u64| u32::try_from(count).map_err(|_| unsupported());
    Ok(TableType::new(ref_type(ty.element_type)?, narrow(ty.initial)?, ty.maximum.map(narrow).transpose()?))
}

pub(super) fn memory_type(ty: &wasmparser::MemoryType) -> Result<MemoryType, Error> {
    let log2 = u8::try_from(ty.page_size_log2()).map_err(|_| unsupported())?;
    let mut builder = MemoryType::builder();
    builder.min(ty.initial).max(ty.maximum).page_size_log2(log2);
    builder.build_lenient()
}

pub(super) fn global_type(ty: &wasmparser::GlobalType) -> Result<GlobalType, Error> {
    let mutability = if ty.mutable { Mutability::Var } else { Mutability::Const };
    Ok(GlobalType::new(val_type(ty.content_type)?, mutability))
}

pub(super) fn export(export: &wasmparser::Export<'_>) -> Result<ExportEntry, Error> {
    let item = ItemIndex::new(export.kind, export.index).ok_or_else(unsupported)?;
    Ok(ExportEntry { name: export.name.into(), item })
}

pub(super) fn element(element: wasmparser::Element<'_>) -> Result<ElementSegment, Error> {
    let mode = match element.kind {
        ElementKind::Passive => SegmentMode::Passive,
        ElementKind::Declared => SegmentMode::Declared,
        ElementKind::Active { table_index, offset_expr } => {
            SegmentMode::Active { target: table_index.unwrap_or(0), offset: const_expr(&offset_expr)? }
        }
    };
    let items = match element.items {
        wasmparser::ElementItems::Functions(reader) => {
            ElementItems::Funcs(reader.into_iter().collect::<Result<Box<[u32]>, _>>()?)
        }
        wasmparser::ElementItems::Expressions(_, reader) => {
            let items = reader.into_iter().map(|expr| const_expr(&expr?));
            ElementItems::Exprs(items.collect::<Result<Box<[ConstExpr]>, Error>>()?)
        }
    };
    Ok(ElementSegment { mode, items })
}

pub(super) fn data(data: &wasmparser::Data<'_>) -> Result<DataSegment, Error> {
    let mode = match &data.kind {
        DataKind::Passive => SegmentMode::Passive,
        DataKind::Active { memory_index, offset_expr } => {
            SegmentMode::Active { target: *memory_index, offset: const_expr(offset_expr)? }
        }
    };
    // The bytes are the last thing of a segment.
    let end = offset(data.range.end);
    Ok(DataSegment { mode, bytes: end.saturating_sub(data.data.len())..end })
}

pub(super) fn const_expr(expr: &wasmparser::ConstExpr<'_>) -> Result<ConstExpr, Error> {
    if let Some(op) = single(expr) {
        return Ok(ConstExpr::One(op));
    }
    let mut ops = Vec::new();
    for op in expr.get_operators_reader() {
        match const_op(&op?)? {
            Some(op) => ops.push(op),
            None => break,
        }
    }
    Ok(match *ops {
        [op] => ConstExpr::One(op),
        _ => ConstExpr::Many(ops.into()),
    })
}

/// The operator of an expression that is a constant or a function and nothing else, as nearly all are. A program may have 100,000 of them, and a reader of
/// operators allocates.
fn single(expr: &wasmparser::ConstExpr<'_>) -> Option<ConstOp> {
    let mut reader = expr.get_binary_reader();
    let op = match reader.read_u8().ok()? {
        0x41 => ConstOp::Value(u64::from(reader.read_var_i32().ok()?.cast_unsigned())),
        0xd2 => ConstOp::RefFunc(reader.read_var_u32().ok()?),
        _ => return None,
    };
    (reader.read_u8().ok()? == 0x0b && reader.eof()).then_some(op)
}

/// An operator of a constant expression; nothing for its end.
fn const_op(op: &Operator<'_>) -> Result<Option<ConstOp>, Error> {
    Ok(Some(match *op {
        Operator::I32Const { value } => ConstOp::Value(u64::from(value.cast_unsigned())),
        Operator::I64Const { value } => ConstOp::Value(value.cast_unsigned()),
        Operator::F32Const { value } => ConstOp::Value(u64::from(value.bits())),
        Operator::F64Const { value } => ConstOp::Value(value.bits()),
        Operator::RefNull { .. } => ConstOp::Value(0),
        Operator::RefFunc { function_index } => ConstOp::RefFunc(function_index),
        Operator::GlobalGet { global_index } => ConstOp::GlobalGet(global_index),
        Operator::I32Add => ConstOp::I32Add,
        Operator::I32Sub => ConstOp::I32Sub,
        Operator::I32Mul => ConstOp::I32Mul,
        Operator::I64Add => ConstOp::I64Add,
        Operator::I64Sub => ConstOp::I64Sub,
        Operator::I64Mul => ConstOp::I64Mul,
        Operator::End => return Ok(None),
        _ => return Err(Error::wasm("constant expression required", 0)),
    }))
}
