//! `--invoke`: calls an exported function with arguments from the command line.

use crate::exit::{Exit, Failure};
use crate::nearest::nearest;
use crate::trace::calls::START;
use crate::values;
use ermine::{Extern, ExternType, Func, Instance, Module, Store, Val};
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
            let hint = nearest(name, exported_functions(module)).map(|known| format!(" (is `{known}` meant?)"));
            let message = format!("no function `{name}` is exported{}", hint.unwrap_or_default());
            Err(Failure::new(Exit::Usage, message).with_details(there_is(module)))
        }
    }
}

/// The line that tells what functions there are to call, if there are any.
pub(crate) fn there_is(module: &Module) -> Option<String> {
    let names: Vec<&str> = exported_functions(module).collect();
    (!names.is_empty()).then(|| format!("there is: {}", names.join(", ")))
}

/// The names of all exported functions that are the module's own.
pub(crate) fn exported_functions(module: &Module) -> impl Iterator<Item = &str> {
    let functions = module.exports().filter(|export| matches!(export.ty(), ExternType::Func(_)));
    functions.map(|export| export.name()).filter(|name| *name != START)
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
        let count = match params.len() {
            0 => "no arguments".to_owned(),
            1 => "1 argument".to_owned(),
            many => format!("{many} arguments"),
        };
        let message = format!("`{name}` takes {count}, not {}: it is a {}", args.len(), ExternType::Func(ty.clone()));
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
