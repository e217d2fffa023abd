//! WASI preview 1: what guests are granted, and instances with its functions.

mod streams;

use std::ffi::c_char;
use std::fmt;
use std::mem::{self, MaybeUninit};
use std::rc::Rc;

use ermine::{Error, Linker};
use ermine_wasi::{Access, HostFiles, MODULE, StdPort, WasiCtx, WithConsole, add_to_linker};

use self::streams::Streams;
use super::error::{Failure, given, made, status};
use super::module::text;
use crate::boundary::discard;
use crate::home::Data;
use crate::instance::imported;
use crate::module::module_of;
use crate::object::{Object, Which, copied};
use crate::runtime::StoreHandle;
use crate::vector::{Bytes, Own, Vector};

type Port = WithConsole<StdPort, Streams>;

/// What guests of a store are granted: nothing at first.
pub struct Grants(WasiCtx<Port>);

impl Default for Grants {
    fn default() -> Self {
        let host = StdPort::new().without_clocks().without_random();
        Self(WasiCtx::new(WithConsole::new(host, Streams::default())).without_stdio())
    }
}

impl fmt::Debug for Grants {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Grants").finish_non_exhaustive()
    }
}

/// `ermine_wasi_t`
#[derive(Default)]
pub struct Wasi {
    host: StdPort,
    files: HostFiles,
    streams: Streams,
}

#[unsafe(no_mangle)]
extern "C" fn ermine_wasi_new(out: Option<&mut MaybeUninit<Own<Wasi>>>) -> Own<Failure> {
    made(out, || Ok(Some(Box::default())))
}

#[unsafe(no_mangle)]
extern "C" fn ermine_wasi_delete(wasi: Own<Wasi>) {
    discard(wasi);
}

#[unsafe(no_mangle)]
extern "C" fn ermine_wasi_arg(wasi: Option<&mut Wasi>, arg: *const c_char) -> Own<Failure> {
    status(|| {
        let (wasi, arg) = (given(wasi)?, text(arg)?);
        wasi.host = mem::take(&mut wasi.host).args([arg]);
        Ok(())
    })
}

#[unsafe(no_mangle)]
extern "C" fn ermine_wasi_env(wasi: Option<&mut Wasi>, name: *const c_char, value: *const c_char) -> Own<Failure> {
    status(|| {
        let (wasi, name, value) = (given(wasi)?, text(name)?, text(value)?);
        wasi.host = mem::take(&mut wasi.host).env(name, value);
        Ok(())
    })
}

#[unsafe(no_mangle)]
extern "C" fn ermine_wasi_dir(
    wasi: Option<&mut Wasi>,
    host: *const c_char,
    guest: *const c_char,
    access: u8,
) -> Own<Failure> {
    status(|| {
        let (wasi, host, guest) = (given(wasi)?, text(host)?, text(guest)?);
        let access = match access {
            0 => Access::ReadWrite,
            1 => Access::ReadOnly,
            _ => return Err(Error::new("there is no such access; use one of ermine.h")),
        };
        // What cannot be opened is tried first: the list is given away to be extended.
        let cannot = |error| Error::new(format!("cannot open the directory `{host}`: {error}"));
        HostFiles::new().dir(host, guest, access).map_err(cannot)?;
        wasi.files = mem::take(&mut wasi.files).dir(host, guest, access).map_err(cannot)?;
        Ok(())
    })
}

#[unsafe(no_mangle)]
extern "C" fn ermine_wasi_stdin(wasi: Option<&mut Wasi>, bytes: Option<&Bytes>) -> Own<Failure> {
    status(|| {
        given(wasi)?.streams.feed(given(bytes)?.bytes());
        Ok(())
    })
}

#[unsafe(no_mangle)]
extern "C" fn ermine_wasi_keep_output(wasi: Option<&mut Wasi>, bytes: usize) -> Own<Failure> {
    status(|| {
        given(wasi)?.streams.keep(bytes);
        Ok(())
    })
}

#[unsafe(no_mangle)]
extern "C" fn ermine_store_set_wasi(store: Option<&StoreHandle>, wasi: Own<Wasi>) -> Own<Failure> {
    status(|| {
        let Wasi { host, files, streams } = *given(wasi)?;
        given(store)?.home.try_with(|mut ctx| {
            ctx.data_mut().wasi = Grants(WasiCtx::new(WithConsole::new(host.files(files), streams)));
            Ok(())
        })
    })
}

#[unsafe(no_mangle)]
extern "C" fn ermine_store_take_output(
    store: Option<&StoreHandle>,
    descriptor: u32,
    out: Option<&mut MaybeUninit<Bytes>>,
) -> Own<Failure> {
    made(out, || {
        let bytes =
            given(store)?.home.try_with(|mut ctx| ctx.data_mut().wasi.0.port_mut().console_mut().take(descriptor))?;
        Ok(Bytes::of(&bytes))
    })
}

fn instantiate(store: &Object, imports: *const Vector<Own<Object>>) -> Result<Own<Object>, Error> {
    let home = &store.home;
    let module = given(module_of(Some(store)))?;
    let mut linker: Linker<Data> = Linker::new(module.engine());
    add_to_linker(&mut linker, |data: &mut Data| &mut data.wasi.0)?;
    linker.allow_shadowing(true);
    // SAFETY: promise C1: it is null or a vector of handles.
    let others = unsafe { imports.as_ref() }.map_or(&[][..], Vector::as_slice);
    let wanted: Vec<_> = module.imports().filter(|import| import.module() != MODULE).collect();
    if wanted.len() != others.len() {
        let (wanted, others) = (wanted.len(), others.len());
        return Err(Error::new(format!(
            "the module has {wanted} imports beside those of WASI, but {others} were given"
        )));
    }
    for (import, other) in wanted.iter().zip(others) {
        linker.define(import.module(), import.name(), imported(home, other)?)?;
    }
    let instance = home.try_with(|ctx| linker.instantiate_and_start(ctx, module))?;
    Ok(Some(Object::new(home, Which::Instance(instance))))
}

/// A start function may call back, and a callback may delete what this was called with: handles are copied first.
#[unsafe(no_mangle)]
extern "C" fn ermine_wasi_instance_new(
    store: *const StoreHandle,
    module: *const Object,
    imports: *const Vector<Own<Object>>,
    out: *mut MaybeUninit<Own<Object>>,
) -> Own<Failure> {
    status(|| {
        // SAFETY: promise C1: it is null or a live store.
        let home = Rc::clone(&given(unsafe { store.as_ref() })?.home);
        let module = Object { home, which: given(copied(module))?.which };
        let instance = instantiate(&module, imports)?;
        // SAFETY: promise C1: it is null or a place for a pointer.
        given(unsafe { out.as_mut() })?.write(instance);
        Ok(())
    })
}
