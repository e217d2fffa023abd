//! Which functions are active: the walk over frames that a backtrace is taken from.

use alloc::collections::BTreeMap;

use super::{Activation, Run};
use crate::{
    backtrace::{Backtrace, FrameInfo},
    code::Finder,
    error::{Error, ErrorKind},
    exec,
    store::StoreInner,
};

impl Run {
    /// Gives an error the backtrace of this run.
    #[cold]
    pub(super) fn error_at(&self, inner: &StoreInner, mut error: Error) -> Error {
        let limit = inner.limits().backtrace_frames;
        // A program that ends itself is no fault.
        if limit == 0 || matches!(error.kind(), ErrorKind::I32Exit(_)) {
            return error;
        }
        let (mut backtrace, mut finders) = (Backtrace::default(), BTreeMap::new());
        let ip = if self.at_ip { self.ctx.ip } else { inside_call(self.ctx.ip) };
        self.walk(inner, (self.ctx.instance, ip, self.ctx.sp), &mut finders, &mut backtrace);
        for activation in self.activations.iter().rev() {
            let Activation { instance, ip, sp } = *activation;
            self.walk(inner, (instance, inside_call(ip), sp), &mut finders, &mut backtrace);
        }
        if !backtrace.is_empty() {
            error.extend_backtrace(backtrace, limit);
        }
        error
    }

    /// Adds the frames of one instance, from `sp` to the one that the driver entered.
    fn walk<'a>(
        &self,
        inner: &'a StoreInner,
        (number, ip, sp): (u32, *const u8, *mut u8),
        finders: &mut BTreeMap<u32, Finder<'a>>,
        backtrace: &mut Backtrace,
    ) {
        let Some(instance) = inner.instance(number) else { return };
        let (module, limit) = (instance.module(), inner.limits().backtrace_frames);
        let (mut ip, mut sp) = (ip, sp.cast_const());
        let finder = finders.entry(number).or_insert_with(|| module.inner.code.finder());
        while !ip.is_null() {
            let Some((func, position, link)) = finder.find(ip) else { return };
            backtrace.push(|| FrameInfo::new(module.clone(), func, position), limit);
            // SAFETY: invariant 9: `ip` is in code of this function, so `sp` is a frame of it, whose link is where the header says.
            match unsafe { exec::caller(self.kind, sp, link) } {
                Some((outer, after)) => (sp, ip) = (outer, inside_call(after)),
                None => return,
            }
        }
    }
}

/// An address in the instruction before a return address: the call. Null stays null: no frame of that instance exists yet.
fn inside_call(after: *const u8) -> *const u8 {
    if after.is_null() { after } else { after.wrapping_sub(1) }
}
