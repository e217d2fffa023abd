//! `--invoke`: calls an exported function with arguments from the command line.

use crate::exit::{Exit, Failure};
use crate::trace::calls::START;
use crate::values;
use ermine::{Extern, ExternType, Func, Instance, Module, Store, Val, ValType};
use std::ffi::OsString;

/// Looks up the function `--invoke` names.
///
/// # Errors
///
/// [`Exit::Usage`] with the names there are.
pub(crate) fn function<T>(module: &Module, instance: &Instance, store: &Store<T>, name: &str) -> Result<Func, Failure> {
    match instance.get_export(store, name) {
        Some(Extern::Func(func)) => Ok(func),
        Some(_) => Err(Failure::new(Exit::Usage, format!("the export `{name}` is not a function"))),
        None => {
            let names = exported_functions(module);
            let failure = Failure::new(Exit::Usage, format!("no function `{name}` is exported"));
            Err(if names.is_empty() { failure } else { failure.with_details([format!("there is: {names}")]) })
        }
    }
}

/// The names of all exported functions, for messages; empty if there are none.
pub(crate) fn exported_functions(module: &Module) -> String {
    let functions = module.exports().filter(|export| matches!(export.ty(), ExternType::Func(_)));
    let functions = functions.filter(|export| export.name() != START);
    let names: Vec<&str> = functions.map(|export| export.name()).collect();
    names.join(", ")
}

/// Parses the arguments by the function's type. A first `--` is passed over.
///
/// # Errors
///
/// [`Exit::Usage`] if there are too many or too few, or one does not fit its type.
pub(crate) fn arguments<T>(func: Func, store: &Store<T>, name: &str, args: &[OsString]) -> Result<Vec<Val>, Failure> {
    let args = match args {
        [first, rest @ ..] if first == "--" => rest,
        all => all,
    };
    let ty = func.ty(store);
    let params = ty.params();
    if params.len() != args.len() {
        let types: Vec<String> = params.iter().map(ValType::to_string).collect();
        let message = format!("`{name}` takes {} arguments ({}), not {}", params.len(), types.join(" "), args.len());
        return Err(Failure::new(Exit::Usage, message));
    }
    let parsed = params.iter().zip(args).enumerate().map(|(index, (ty, arg))| {
        let text = arg.to_string_lossy();
        values::parse(&text, *ty).map_err(|expected| {
            let message = format!("argument {} of `{name}` is `{text}`, expected {expected}", index + 1);
            Failure::new(Exit::Usage, message)
        })
    });
    parsed.collect()
}

/// Calls the function.
///
/// # Errors
///
/// What the guest ended with.
pub(crate) fn call<T>(func: Func, store: &mut Store<T>, args: &[Val]) -> Result<Vec<Val>, ermine::Error> {
    let ty = func.ty(&*store);
    let mut results: Vec<Val> = ty.results().iter().map(|ty| Val::default_for_ty(*ty)).collect();
    func.call(store, args, &mut results)?;
    Ok(results)
}
