//! Makes host functions of the rows of the table.

use crate::calls::{clock, dir, fd, file, path, poll, process, random, sock, startup};
use crate::table::MODULE;
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
    macro_rules! link {
        ($($name:literal = $first:ident $(:: $second:ident)? ($($param:ident: $ty:ident),*);)*) => {
            $(link_one!($name, $first $(:: $second)?, ($($param: $ty),*));)*
        };
    }
    macro_rules! link_one {
        ($name:literal, exit, ($code:ident: $ty:ident)) => {
            linker.func_wrap(MODULE, $name, |$code: $ty| -> Result<(), Error> { Err(exit($code)) })?;
        };
        ($name:literal, $theme:ident :: $function:ident, ($($param:ident: $ty:ident),*)) => {
            linker.func_wrap(
                MODULE,
                $name,
                move |mut caller: Caller<'_, T>, $($param: $ty),*| -> Result<u32, Error> {
                    let (mut memory, ctx) = guest(&mut caller, get)?;
                    Ok(errno($theme::$function(ctx, &mut memory, $($param),*)))
                },
            )?;
        };
    }
    for_each_call!(link);
    Ok(())
}

/// The caller's linear memory and WASI state.
fn guest<'a, T, P, F>(caller: &'a mut Caller<'_, T>, get: F) -> Result<(GuestMemory<'a>, &'a mut WasiCtx<P>), Error>
where
    P: 'a,
    F: Fn(&mut T) -> &mut WasiCtx<P>,
{
    let memory = caller.get_export("memory").and_then(Extern::into_memory).ok_or_else(no_memory)?;
    let (bytes, data) = memory.data_and_store_mut(caller);
    Ok((GuestMemory::new(bytes), get(data)))
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
