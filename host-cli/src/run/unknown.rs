//! `--unknown-imports`: stands in for what nothing provides.

use super::State;
use crate::args::UnknownImports;
use ermine::{Error, Extern, ExternType, FuncType, Global, Linker, Memory, MissingImport, Ref, Store, Table, Val};

/// Defines each of the imports.
///
/// # Errors
///
/// If a memory or table is beyond a bound.
pub(super) fn define(
    linker: &mut Linker<State>,
    store: &mut Store<State>,
    imports: &[MissingImport],
    policy: UnknownImports,
) -> Result<(), Error> {
    // A module may import one thing twice.
    linker.allow_shadowing(true);
    for MissingImport { module, name, ty } in imports {
        let item: Extern = match ty {
            ExternType::Func(ty) => {
                function(linker, module, name, ty, policy)?;
                continue;
            }
            ExternType::Table(ty) => Table::new(&mut *store, *ty, Ref::null(ty.element()))?.into(),
            ExternType::Memory(ty) => Memory::new(&mut *store, *ty)?.into(),
            ExternType::Global(ty) => {
                Global::new(&mut *store, Val::default_for_ty(ty.content()), ty.mutability()).into()
            }
        };
        linker.define(module, name, item)?;
    }
    linker.allow_shadowing(false);
    Ok(())
}

/// A function that traps, or returns zeros.
fn function(
    linker: &mut Linker<State>,
    module: &str,
    name: &str,
    ty: &FuncType,
    policy: UnknownImports,
) -> Result<(), Error> {
    let zeros: Vec<Val> = ty.results().iter().map(|ty| Val::default_for_ty(*ty)).collect();
    let shown = format!("it called {module}.{name}, which nothing provides");
    linker.func_new(module, name, ty.clone(), move |_, _, results| match policy {
        UnknownImports::Zero => {
            results.copy_from_slice(&zeros);
            Ok(())
        }
        UnknownImports::Trap | UnknownImports::Error => Err(Error::new(shown.clone())),
    })?;
    Ok(())
}
