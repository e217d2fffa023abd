//! What C calls.

use core::ffi::{c_char, c_void};
use core::{ptr, slice};

use ermine::bare::{self, Instance, Position};
use ermine::image::{Image, ImageError, ItemKind};

use crate::host::{Function, Table, is_text, shared};
use crate::status::Status;

/// `ermine_bare_resources_t`
#[repr(C)]
#[derive(Debug)]
pub struct Resources {
    image: *const u8,
    image_size: usize,
    stack: *mut u32,
    stack_words: usize,
    memory: *mut u8,
    memory_size: usize,
    arena: *mut u64,
    arena_words: usize,
    fuel: u64,
    functions: *const Function,
    function_count: usize,
    env: *mut c_void,
}

/// `ermine_bare_needs_t`
#[repr(C)]
#[derive(Debug)]
pub struct Needs {
    memory: u64,
    arena_words: usize,
    stack_words: usize,
    verify_words: usize,
}

/// What is in an `ermine_bare_t`.
#[derive(Debug)]
#[repr(C)]
pub struct Guest {
    /// Whether an entry is in use: then the rest is, too, and nobody else may look at it.
    is_used: bool,
    code: u64,
    /// Nothing if it could not be made.
    instance: Option<Instance<'static, Table>>,
}

/// An `ermine_bare_t`.
type Opaque = [u64; 8];
const _: () = assert!(size_of::<Guest>() <= size_of::<Opaque>() && align_of::<Guest>() <= align_of::<Opaque>());

/// The same as [`shared`], to be changed.
///
/// # Safety
///
/// Promises C1 and C2 hold for them.
unsafe fn lent<'a, T>(things: *mut T, count: usize) -> &'a mut [T] {
    // SAFETY: the caller's contract.
    if things.is_null() { &mut [] } else { unsafe { slice::from_raw_parts_mut(things, count) } }
}

/// Uses a guest, unless one of its host functions asks.
fn with(guest: *mut Guest, use_it: impl FnOnce(&mut Instance<'static, Table>) -> Result<Status, Status>) -> u32 {
    if guest.is_null() {
        return Status::NULL.status;
    }
    // SAFETY: promise C1: it was made. This field is looked at while the guest runs, the others are not.
    let is_used = unsafe { &raw mut (*guest).is_used };
    // SAFETY: promise C1: as above.
    if unsafe { is_used.replace(true) } {
        return Status::BUSY.status;
    }
    // SAFETY: promise C3: nobody else is in an entry.
    let instance = unsafe { &mut (*guest).instance };
    let status = instance.as_mut().ok_or(Status::NULL).and_then(use_it).unwrap_or_else(|status| status);
    // SAFETY: promise C1: as above. Host functions may have looked at the code, by its address too.
    unsafe {
        (&raw mut (*guest).code).write(status.code);
        is_used.write(false);
    }
    status.status
}

/// The same where no status is wanted.
fn look<R>(guest: *mut Guest, fallback: R, look: impl FnOnce(&mut Instance<'static, Table>) -> R) -> R {
    let mut seen = fallback;
    with(guest, |instance| {
        seen = look(instance);
        Ok(Status::OK)
    });
    seen
}

/// The bytes of an image.
fn image(image: *const u8, size: usize) -> &'static [u8] {
    // SAFETY: promises C1 and C2.
    unsafe { shared(image, size) }
}

fn make(resources: &Resources) -> Result<Instance<'static, Table>, Status> {
    let Resources { stack, stack_words, memory, memory_size, arena, arena_words, fuel, .. } = *resources;
    // SAFETY: promises C1 and C2, for all three.
    let (stack, memory, arena) =
        unsafe { (lent(stack, stack_words), lent(memory, memory_size), lent(arena, arena_words)) };
    let image = Image::verify(image(resources.image, resources.image_size), stack)?;
    let host = Table { functions: resources.functions, count: resources.function_count, env: resources.env };
    Ok(Instance::new(image, bare::Resources { stack, memory, arena, fuel }, host)?)
}

/// What an image needs; `verify_words` is written first.
fn measure(bytes: &'static [u8], scratch: &mut [u32], out: &mut Needs) -> Result<(), ImageError> {
    out.verify_words = Image::scratch_words(bytes)?;
    let needs = Image::verify(bytes, scratch)?.needs();
    (out.memory, out.arena_words, out.stack_words) = (needs.memory, needs.arena, needs.stack.unwrap_or(0));
    Ok(())
}

#[unsafe(no_mangle)]
extern "C" fn ermine_bare_needs(
    bytes: *const u8,
    size: usize,
    scratch: *mut u32,
    scratch_words: usize,
    out: *mut Needs,
) -> u32 {
    let mut needs = Needs { memory: 0, arena_words: 0, stack_words: 0, verify_words: 0 };
    // SAFETY: promise C1.
    let measured = measure(image(bytes, size), unsafe { lent(scratch, scratch_words) }, &mut needs);
    if out.is_null() {
        return Status::NULL.status;
    }
    // SAFETY: promise C1.
    unsafe { out.write(needs) };
    measured.map_or_else(|error| Status::from(error).status, |()| Status::OK.status)
}

#[unsafe(no_mangle)]
extern "C" fn ermine_bare_new(guest: *mut Guest, resources: *const Resources) -> u32 {
    if guest.is_null() || resources.is_null() {
        return Status::NULL.status;
    }
    // SAFETY: promise C1: there is room for a guest. Nothing of it has to be dropped.
    unsafe { guest.write(Guest { is_used: true, code: 0, instance: None }) };
    // SAFETY: promise C1.
    let made = make(unsafe { &*resources });
    let status = made.as_ref().err().copied().unwrap_or(Status::OK);
    // SAFETY: promise C1: as above. The start function has run: nobody uses it.
    unsafe { guest.write(Guest { is_used: false, code: status.code, instance: made.ok() }) };
    status.status
}

#[unsafe(no_mangle)]
extern "C" fn ermine_bare_function(guest: *mut Guest, name: *const c_char) -> i32 {
    look(guest, -1, |instance| {
        let exports = instance.image().exports();
        let mut functions = exports.filter(|export| export.kind == ItemKind::Func && is_text(name, export.name));
        functions.next().and_then(|export| i32::try_from(export.index).ok()).unwrap_or(-1)
    })
}

#[unsafe(no_mangle)]
extern "C" fn ermine_bare_start(guest: *mut Guest, function: i32, args: *const u64, count: usize) -> u32 {
    with(guest, |instance| {
        let function = u32::try_from(function).map_err(|_| Status::NO_SUCH_FUNCTION)?;
        // SAFETY: promise C1.
        instance.start_bits(function, unsafe { shared(args, count) })?;
        Ok(Status::OK)
    })
}

#[unsafe(no_mangle)]
extern "C" fn ermine_bare_resume(guest: *mut Guest, results: *mut u64, count: usize) -> u32 {
    // SAFETY: promise C1.
    with(guest, |instance| Ok(instance.resume_bits(unsafe { lent(results, count) })?.into()))
}

#[unsafe(no_mangle)]
extern "C" fn ermine_bare_call(
    guest: *mut Guest,
    function: i32,
    args: *const u64,
    arg_count: usize,
    results: *mut u64,
    result_count: usize,
) -> u32 {
    with(guest, |instance| {
        let function = u32::try_from(function).map_err(|_| Status::NO_SUCH_FUNCTION)?;
        // SAFETY: promise C1. They may be where results go: those are written later.
        instance.start_bits(function, unsafe { shared(args, arg_count) })?;
        // SAFETY: promise C1.
        instance.finish_bits(unsafe { lent(results, result_count) })?;
        Ok(Status::OK)
    })
}

#[unsafe(no_mangle)]
extern "C" fn ermine_bare_cancel(guest: *mut Guest) {
    look(guest, (), Instance::cancel);
}

#[unsafe(no_mangle)]
extern "C" fn ermine_bare_code(guest: *mut Guest) -> u64 {
    if guest.is_null() {
        return 0;
    }
    // SAFETY: promises C1 and C3; entries in use write to it at their end.
    unsafe { (&raw const (*guest).code).read() }
}

#[unsafe(no_mangle)]
extern "C" fn ermine_bare_frame(guest: *mut Guest, index: u32, function: *mut u32, offset: *mut u32) -> bool {
    let frame = look(guest, None, |instance| instance.frames().nth(index as usize));
    let Some(Position { func, offset: at }) = frame else { return false };
    for (place, number) in [(function, func), (offset, at)] {
        if !place.is_null() {
            // SAFETY: promise C1.
            unsafe { place.write(number) };
        }
    }
    true
}

#[unsafe(no_mangle)]
extern "C" fn ermine_bare_fuel(guest: *mut Guest) -> u64 {
    look(guest, 0, |instance| instance.fuel())
}

#[unsafe(no_mangle)]
extern "C" fn ermine_bare_set_fuel(guest: *mut Guest, fuel: u64) {
    look(guest, (), |instance| instance.set_fuel(fuel));
}

#[unsafe(no_mangle)]
extern "C" fn ermine_bare_memory(guest: *mut Guest, size: *mut usize) -> *mut u8 {
    let (start, len) = look(guest, (ptr::null_mut(), 0), |instance| match instance.memory() {
        [] => (ptr::null_mut(), 0),
        memory => (memory.as_mut_ptr(), memory.len()),
    });
    if !size.is_null() {
        // SAFETY: promise C1.
        unsafe { size.write(len) };
    }
    start
}
