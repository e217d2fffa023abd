//! Makes host functions of the rows of the table.

use crate::calls::{clock, dir, fd, file, path, poll, process, random, sock, startup};
use crate::observe::{Call, Observe};
use crate::table::{Function, MODULE, ValueType};
use crate::{Errno, GuestMemory, Port, WasiCtx};
use ermine::{Caller, Error, Extern, Linker};

/// Links all 46 functions of `wasi_snapshot_preview1`.
///
/// `get` finds the WASI state in the store's data. Functions that the port has nothing for link too, and return the
/// error code that fits. `proc_exit` ends the call with the error [`Error::i32_exit`] makes: ask for the code with
/// `i32_exit_status`.
///
/// # Errors
///
/// If the linker has one of the names already.
pub fn add_to_linker<T, P, F>(linker: &mut Linker<T>, get: F) -> Result<(), Error>
where
    T: 'static,
    P: Port + 'static,
    F: Fn(&mut T) -> &mut WasiCtx<P> + Copy + Send + Sync + 'static,
{
    add_to_linker_with(linker, get, ())
}

/// As [`add_to_linker`], with an observer that sees every call.
///
/// # Errors
///
/// As [`add_to_linker`].
pub fn add_to_linker_with<T, P, F, O>(linker: &mut Linker<T>, get: F, observer: O) -> Result<(), Error>
where
    T: 'static,
    P: Port + 'static,
    F: Fn(&mut T) -> &mut WasiCtx<P> + Copy + Send + Sync + 'static,
    O: Observe<T> + Copy + Send + Sync + 'static,
{
    macro_rules! link {
        ($($name:literal = $first:ident $(:: $second:ident)? ($($param:ident: $ty:ident),*);)*) => {
            $({
                const FUNCTION: &Function = &signature!($name = $first $(:: $second)? ($($param: $ty),*));
                link_one!($first $(:: $second)?, ($($param: $ty),*));
            })*
        };
    }
    macro_rules! link_one {
        (exit, ($code:ident: $ty:ident)) => {
            linker.func_wrap(MODULE, FUNCTION.name, move |mut caller: Caller<'_, T>, $code: $ty| -> Result<(), Error> {
                let call = Call { function: FUNCTION, args: &[$code.into()] };
                observer.before(caller.data_mut(), &[], call);
                Err(exit($code))
            })?;
        };
        ($theme:ident :: $function:ident, ($($param:ident: $ty:ident),*)) => {
            linker.func_wrap(
                MODULE,
                FUNCTION.name,
                move |mut caller: Caller<'_, T>, $($param: $ty),*| -> Result<u32, Error> {
                    let (bytes, data) = guest(&mut caller)?;
                    let call = Call { function: FUNCTION, args: &[$($param.word()),*] };
                    observer.before(data, bytes, call);
                    let result = $theme::$function(get(data), &mut GuestMemory::new(bytes), $($param),*);
                    observer.after(data, bytes, call, result);
                    Ok(errno(result))
                },
            )?;
        };
    }
    for_each_call!(link);
    Ok(())
}

/// The caller's linear memory, and the store's data.
fn guest<'a, T>(caller: &'a mut Caller<'_, T>) -> Result<(&'a mut [u8], &'a mut T), Error> {
    let memory = caller.get_export("memory").and_then(Extern::into_memory).ok_or_else(no_memory)?;
    Ok(memory.data_and_store_mut(caller))
}

#[cold]
fn no_memory() -> Error {
    Error::new("a program that calls WASI must export its memory as `memory`")
}

/// `proc_exit`: the guest ends itself. The code's bits are kept.
fn exit(code: u32) -> Error {
    Error::i32_exit(code.cast_signed())
}

/// What the guest gets back.
fn errno(result: Result<(), Errno>) -> u32 {
    u32::from(result.err().unwrap_or(Errno::Success).code())
}

/// An argument of any type as an observer sees it.
trait Word {
    fn word(self) -> u64;
}

impl Word for u32 {
    fn word(self) -> u64 {
        self.into()
    }
}

impl Word for u64 {
    fn word(self) -> u64 {
        self
    }
}

impl Word for i64 {
    fn word(self) -> u64 {
        self.cast_unsigned()
    }
}
