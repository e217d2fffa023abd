//! Where a guest is: functions and offsets, for reports that `ermine symbolize` turns into names.

#![allow(unsafe_code, reason = "walks the links of frames")]

use core::fmt;

use super::{Host, Instance};
use crate::{
    exec::{self, Kind, LINK_BYTES},
    image::Image,
    isa::packed,
};

/// A place in a guest's code.
///
/// Written as `func 3 + 0x2a`, which `ermine symbolize` understands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The function, by its index in the module.
    pub func: u32,
    /// Units of u16 from the start of its code to the instruction: the one that trapped, or a call.
    pub offset: u32,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "func {} + {:#x}", self.func, self.offset)
    }
}

/// The active functions of an instance, the innermost first.
#[derive(Debug)]
pub struct Frames<'i> {
    image: Image<'i>,
    ip: *const u8,
    sp: *const u8,
}

impl<H: Host> Instance<'_, H> {
    /// The functions that were active when the last call trapped, or that are while a call is suspended. The innermost first.
    #[must_use]
    pub fn frames(&self) -> Frames<'_> {
        let ip = match self.inner.state {
            super::run::State::Idle => core::ptr::null(),
            _ if self.inner.at_ip => self.inner.ctx.ip,
            _ => inside_call(self.inner.ctx.ip),
        };
        Frames { image: self.image, ip, sp: self.inner.ctx.sp }
    }

    /// The innermost place, if any function of the module is active.
    pub(super) fn position(&self) -> Option<Position> {
        self.frames().next()
    }
}

impl Iterator for Frames<'_> {
    type Item = Position;

    fn next(&mut self) -> Option<Position> {
        if self.ip.is_null() {
            return None;
        }
        let position = self.image.position(self.ip)?;
        match self.image.link(position.func) {
            // SAFETY: `ip` is in code of this function, so `sp` is a frame of it, whose link is where the header says (invariants 2 and 3).
            Some(link) => match unsafe { exec::caller(Kind::Loop, self.sp, link) } {
                Some((outer, after)) => (self.sp, self.ip) = (outer, inside_call(after)),
                None => self.ip = core::ptr::null(),
            },
            None => self.ip = core::ptr::null(),
        }
        Some(position)
    }
}

/// An address in the instruction before a return address: the call. Null stays null.
fn inside_call(after: *const u8) -> *const u8 {
    if after.is_null() { after } else { after.wrapping_sub(1) }
}

/// Where the instruction starts that this unit of a function is in.
fn start(code: &[u16], unit: usize) -> Option<usize> {
    let mut at = 0;
    loop {
        let next = at + packed::units(code.get(at..)?)?;
        if next > unit {
            return Some(at);
        }
        at = next;
    }
}

impl Image<'_> {
    /// The function that an address of code is in, and how far.
    fn position(self, ip: *const u8) -> Option<Position> {
        let bytes = ip.addr().checked_sub(self.code().as_ptr().addr())? as u32;
        let defined = self.functions().get(self.imported_funcs() as usize..)?;
        let index = defined.partition_point(|record| record.offset <= bytes).checked_sub(1)?;
        let header = defined.get(index)?.offset as usize / 2;
        let offset = start(self.code().get(header..)?, (bytes as usize / 2).checked_sub(header)?)?;
        Some(Position { func: self.imported_funcs().wrapping_add(index as u32), offset: offset as u32 })
    }

    /// Where the link of a function's frames is, in bytes from the frame's start.
    fn link(self, func: u32) -> Option<usize> {
        let header = self.functions().get(func as usize)?.offset as usize / 2;
        // Behind the number and the size of the frame: where the locals start.
        let [low, high] = *self.code().get(header..)?.get(3..)?.first_chunk()?;
        (usize::from(high) << 16 | usize::from(low)).checked_sub(LINK_BYTES)
    }
}
