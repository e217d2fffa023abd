//! What an indirect call means: a look into a table, a check of the type. The order of its steps is chosen for registers: a handler of the tail machine has few, and
//! saves others first.
#![allow(unsafe_code, reason = "bodies run on addresses; what may be read where is the verifier's promise")]

use super::ctx::{CodePtr, Ctx};
use super::state::{State, Stream};
use crate::trap::Trap;

/// What an indirect call means.
pub(super) enum Callee {
    /// A function of the running instance, by its code.
    Own(CodePtr),
    /// Another function of the store, by its number.
    Foreign(u32),
}

/// The function that an indirect call means. The common case, one of the running instance, is decided first: null and bad references are none, either.
///
/// # Safety
/// The module has such a table and such a type (invariant 1).
#[inline(always)]
pub(super) unsafe fn callee<C: Stream>(s: &State<C>, index: u32, ty: u32, table: u32) -> Result<Callee, Trap> {
    // SAFETY: the caller's contract; table, function list and types are as long as the driver said (invariant 2).
    unsafe {
        let ctx = &*s.ctx;
        let table = *ctx.tables.add(table as usize);
        if index as usize >= (*table).len {
            return Err(Trap::UndefinedElement);
        }
        let reference = *(*table).base.add(index as usize);
        let own = (reference as usize).wrapping_sub(1).wrapping_sub(ctx.defined_first as usize);
        if own >= ctx.defined_len {
            return foreign(ctx, reference, ty);
        }
        // Read for itself (that is what `volatile` does here), it leaves a register to the rest.
        let wanted = ctx.types.add(ty as usize).read_volatile();
        let record = *ctx.defined.add(own);
        if record.type_id != wanted {
            return Err(Trap::BadSignature);
        }
        Ok(Callee::Own(C::entry_at(ctx, own as u32, record.offset)))
    }
}

/// The function that an indirect call means if it is none of the running instance.
///
/// # Safety
/// As for [`callee`].
#[inline(always)]
unsafe fn foreign(ctx: &Ctx, reference: u32, ty: u32) -> Result<Callee, Trap> {
    let Some(func) = reference.checked_sub(1) else { return Err(Trap::IndirectCallToNull) };
    if func >= ctx.funcs_len {
        return Err(Trap::BadReference);
    }
    // SAFETY: the caller's contract; the list is as long as the driver said (invariant 2).
    let same = unsafe { (*ctx.funcs.add(func as usize)).type_id == *ctx.types.add(ty as usize) };
    if same { Ok(Callee::Foreign(func)) } else { Err(Trap::BadSignature) }
}
