//! The host's functions that a rewritten module calls, and the table they are in.

use crate::watch::Watched;
use ermine::{Error, Func, FuncType, Instance, Ref, Store, Val, ValType as Type};
use wasm_encoder::ValType;

/// Under this name the module exports the table of hooks.
pub(super) const TABLE: &str = "ermine:hooks";

/// Under this name it exports what was its start function, which must not run before the table is filled.
pub(crate) const START: &str = "ermine:start";

/// The types of values, in the order of the elements and types made of them.
pub(super) const VALUES: [(ValType, Type); 6] = [
    (ValType::I32, Type::I32),
    (ValType::I64, Type::I64),
    (ValType::F32, Type::F32),
    (ValType::F64, Type::F64),
    (ValType::FUNCREF, Type::FuncRef),
    (ValType::EXTERNREF, Type::ExternRef),
];

/// Elements of the table.
pub(super) const ELEMENTS: u32 = 9;

/// A function of the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hook {
    /// Takes a parameter or result.
    Value(ValType),
    /// The function with this number was entered; its parameters came before.
    Enter,
    /// It returns; its results came before.
    Leave,
    /// It makes a tail call.
    Tail,
}

impl Hook {
    /// Which element of the table it is.
    pub(super) fn element(self) -> u32 {
        match self {
            Self::Value(_) => self.param(),
            Self::Enter => 6,
            Self::Leave => 7,
            Self::Tail => 8,
        }
    }

    /// Which of [`VALUES`] it takes.
    pub(super) fn param(self) -> u32 {
        match self {
            Self::Value(ValType::I64) => 1,
            Self::Value(ValType::F32) => 2,
            Self::Value(ValType::F64) => 3,
            Self::Value(ty) if ty == ValType::FUNCREF => 4,
            Self::Value(ty) if ty == ValType::EXTERNREF => 5,
            // All that is left: the others take the number of a function.
            Self::Value(_) | Self::Enter | Self::Leave | Self::Tail => 0,
        }
    }
}

/// Fills an instance's table of hooks, and returns the function that it has to start with.
///
/// # Errors
///
/// If the store takes no more functions.
pub(crate) fn install<T: Watched + 'static>(store: &mut Store<T>, instance: &Instance) -> Result<Option<Func>, Error> {
    let Some(table) = instance.get_table(&*store, TABLE) else { return Ok(None) };
    for (element, (_, ty)) in (0..).zip(VALUES) {
        let hook = Func::new(&mut *store, FuncType::new([ty], []), |mut caller, params, _| {
            if let (Some(trace), [value]) = (&mut caller.data_mut().watch().trace, params) {
                trace.value(value);
            }
            Ok(())
        });
        table.set(&mut *store, element, Ref::from(hook))?;
    }
    for hook in [Hook::Enter, Hook::Leave, Hook::Tail] {
        let func = Func::new(&mut *store, FuncType::new([Type::I32], []), move |mut caller, params, _| {
            if let (Some(trace), [Val::I32(func)]) = (&mut caller.data_mut().watch().trace, params) {
                let func = func.cast_unsigned();
                match hook {
                    Hook::Enter => trace.enter(func),
                    Hook::Leave => trace.leave(func),
                    Hook::Tail => trace.tail(func),
                    Hook::Value(_) => {}
                }
            }
            Ok(())
        });
        table.set(&mut *store, hook.element().into(), Ref::from(func))?;
    }
    Ok(instance.get_func(&*store, START))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_hook_has_an_element_of_its_own() {
        let hooks = VALUES.map(|(ty, _)| Hook::Value(ty)).into_iter().chain([Hook::Enter, Hook::Leave, Hook::Tail]);
        assert!(hooks.map(Hook::element).eq(0..ELEMENTS));
        for (param, (ty, _)) in (0..).zip(VALUES) {
            assert_eq!(Hook::Value(ty).param(), param);
        }
    }
}
