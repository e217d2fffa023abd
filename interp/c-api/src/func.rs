//! Functions: of guests, and of the embedder.

use std::ffi::c_void;
use std::rc::Rc;

use ermine::{Caller, Error, ErrorKind, Func, FuncType, Val};

use crate::boundary::{Env, Finalizer, OneThread, guard};
use crate::home::{Data, Home};
use crate::object::{Object, Which, copied};
use crate::runtime::StoreHandle;
use crate::trap;
use crate::types::ExternType;
use crate::value::Value;
use crate::vector::{Own, Vector};

/// `wasm_func_callback_t`
pub type Callback = unsafe extern "C" fn(*const Vector<Value>, *mut Vector<Value>) -> Own<Object>;

/// `wasm_func_callback_with_env_t`
pub type CallbackWithEnv = unsafe extern "C" fn(*mut c_void, *const Vector<Value>, *mut Vector<Value>) -> Own<Object>;

/// A function of the embedder's.
enum Host {
    Plain(Callback),
    WithEnv(CallbackWithEnv, Env),
}

impl Host {
    /// Calls it from a guest: values over, the store lent, results back.
    fn call(&self, mut caller: Caller<'_, Data>, params: &[Val], results: &mut [Val]) -> Result<(), Error> {
        let home = caller.data().home.upgrade().ok_or_else(|| Error::new("the store is being deleted"))?;
        home.lend(&mut caller, || {
            let args = Vector::new(params.iter().map(|&val| Value::new(&home, val)).collect());
            let zeros = results.iter().map(|val| Value::new(&home, *val)).collect();
            let mut places: Vector<Value> = Vector::new(zeros);
            if let Some(trap) = self.run(&args, &mut places) {
                return Err(raised(&trap));
            }
            let ty = FuncType::new(params.iter().map(Val::ty), results.iter().map(Val::ty));
            results.copy_from_slice(&answers(&home, &ty, places.as_slice())?);
            Ok(())
        })
    }

    fn run(&self, args: &Vector<Value>, results: &mut Vector<Value>) -> Own<Object> {
        // SAFETY: promise C5: they are functions of these types, and they return.
        unsafe {
            match self {
                Self::Plain(callback) => callback(args, results),
                Self::WithEnv(callback, env) => callback(env.data(), args, results),
            }
        }
    }
}

/// The error that carries what a callback gave through the guest.
fn raised(trap: &Object) -> Error {
    match &trap.which {
        Which::Trap(trap) => Rc::clone(&trap.0).raise(),
        _ => Error::new("the callback gave back something that is no trap"),
    }
}

/// Makes a function of the embedder's.
fn make(store: Option<&StoreHandle>, ty: Option<&ExternType>, host: Host) -> Own<Object> {
    let (store, host) = (store?, OneThread(host));
    let call = move |caller: Caller<'_, Data>, params: &[Val], results: &mut [Val]| {
        // The whole of it, not its content alone, is what may be sent.
        let OneThread(host) = &host;
        host.call(caller, params, results)
    };
    let ty = ty?.func()?;
    let func = store.home.with(|ctx| Func::new(ctx, ty, call))?;
    Some(Object::new(&store.home, Which::Func(func)))
}

fn func_of(object: &Object) -> Option<Func> {
    if let Which::Func(func) = object.which { Some(func) } else { None }
}

fn type_of(object: Option<&Object>) -> Option<FuncType> {
    let func = func_of(object?)?;
    object?.home.with(|ctx| func.ty(&ctx))
}

/// Whether there are as many values as types, and each is of its type.
fn fit(values: &[Value], types: &[ermine::ValType]) -> bool {
    values.len() == types.len() && values.iter().zip(types).all(|(value, &ty)| value.is(ty))
}

/// The types of what C gave, to be told.
fn given(values: &[Value]) -> Result<Box<[ermine::ValType]>, Error> {
    let types = values.iter().map(Value::ty).collect::<Option<_>>();
    types.ok_or_else(|| Error::new("a value has a kind that there is not; use one of `wasm_valkind_enum`"))
}

/// The engine's values of these types.
fn converted(home: &Rc<Home>, types: &[ermine::ValType], values: &[Value]) -> Result<Vec<Val>, Error> {
    values.iter().zip(types).map(|(value, &ty)| value.to_val(home, ty)).collect()
}

/// The engine's arguments for a call.
pub fn arguments(home: &Rc<Home>, ty: &FuncType, args: &[Value]) -> Result<Vec<Val>, Error> {
    if !fit(args, ty.params()) {
        return Err(ErrorKind::ArgumentType { ty: ty.clone(), given: given(args)? }.into());
    }
    converted(home, ty.params(), args)
}

/// What a callback of this type gives back, as the engine wants it.
pub fn answers(home: &Rc<Home>, ty: &FuncType, results: &[Value]) -> Result<Vec<Val>, Error> {
    if !fit(results, ty.results()) {
        return Err(ErrorKind::ResultType { ty: ty.clone(), given: given(results)? }.into());
    }
    converted(home, ty.results(), results)
}

/// Places for the engine's results.
pub fn places(ty: &FuncType) -> Vec<Val> {
    ty.results().iter().map(|&ty| Val::default_for_ty(ty)).collect()
}

/// Gives results to C, which may have room for none.
pub fn give(home: &Rc<Home>, vals: &[Val], out: *mut Vector<Value>) {
    // SAFETY: promise C1: it is null or a vector with room for as many results as it says.
    let Some(out) = (unsafe { out.as_mut() }) else { return };
    for (place, val) in out.places().iter_mut().zip(vals) {
        place.write(Value::new(home, *val));
    }
}

/// Whether there is room for all results, or for none since nobody wants them.
pub fn fits(results: *const Vector<Value>, ty: &FuncType) -> Result<(), Error> {
    // SAFETY: promise C1: it is null or a vector.
    let room = unsafe { results.as_ref() }.map_or(0, Vector::len);
    if room == 0 || room == ty.results().len() {
        return Ok(());
    }
    Err(ErrorKind::ResultCount { ty: ty.clone(), places: room }.into())
}

/// The function of a handle, and its type.
pub fn callee(object: &Object) -> Result<(Func, FuncType), Error> {
    let func = func_of(object).ok_or_else(|| Error::new("this is no function; call one"))?;
    Ok((func, object.home.try_with(|ctx| Ok(func.ty(&ctx)))?))
}

fn call(object: &Object, args: *const Vector<Value>, results: *mut Vector<Value>) -> Result<(), Error> {
    let (func, ty) = callee(object)?;
    // SAFETY: promise C1: it is null or a vector of values.
    let args = unsafe { args.as_ref() }.map_or(&[][..], Vector::as_slice);
    let inputs = arguments(&object.home, &ty, args)?;
    fits(results, &ty)?;
    let mut outputs = places(&ty);
    object.home.try_with(|ctx| func.call(ctx, &inputs, &mut outputs))?;
    give(&object.home, &outputs, results);
    Ok(())
}

#[unsafe(no_mangle)]
extern "C" fn wasm_func_new(
    store: Option<&StoreHandle>,
    ty: Option<&ExternType>,
    callback: Option<Callback>,
) -> Own<Object> {
    guard(None, || Some(make(store, ty, Host::Plain(callback?))))
}

#[unsafe(no_mangle)]
extern "C" fn wasm_func_new_with_env(
    store: Option<&StoreHandle>,
    ty: Option<&ExternType>,
    callback: Option<CallbackWithEnv>,
    env: *mut c_void,
    finalizer: Option<Finalizer>,
) -> Own<Object> {
    guard(None, || {
        let env = Env::new(env, finalizer);
        Some(make(store, ty, Host::WithEnv(callback?, env)))
    })
}

#[unsafe(no_mangle)]
extern "C" fn wasm_func_type(func: Option<&Object>) -> Own<ExternType> {
    guard(None, || Some(Some(Box::new(ExternType::from(&type_of(func)?.into())))))
}

#[unsafe(no_mangle)]
extern "C" fn wasm_func_param_arity(func: Option<&Object>) -> usize {
    guard(0, || Some(type_of(func)?.params().len()))
}

#[unsafe(no_mangle)]
extern "C" fn wasm_func_result_arity(func: Option<&Object>) -> usize {
    guard(0, || Some(type_of(func)?.results().len()))
}

/// A callback may delete the function that is called: the handle is copied first.
#[unsafe(no_mangle)]
extern "C" fn wasm_func_call(
    func: *const Object,
    args: *const Vector<Value>,
    results: *mut Vector<Value>,
) -> Own<Object> {
    guard(None, || {
        let object = copied(func)?;
        Some(call(&object, args, results).err().map(|error| trap::trap(&object.home, &error)))
    })
}
