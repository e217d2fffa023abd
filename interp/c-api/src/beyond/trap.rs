//! What a trap is, beyond its message.

use std::ffi::c_char;
use std::ptr;

use crate::boundary::guard;
use crate::object::Object;
use crate::runtime::StoreHandle;
use crate::trap::{Frame, TrapData, data, handle};
use crate::vector::Own;

#[unsafe(no_mangle)]
extern "C" fn ermine_trap_code(trap: Option<&Object>) -> u8 {
    data(trap).and_then(|trap| trap.code).map_or(0, |code| code as u8)
}

#[unsafe(no_mangle)]
extern "C" fn ermine_trap_exit_status(trap: Option<&Object>, status: Option<&mut i32>) -> bool {
    let exit = data(trap).and_then(|trap| trap.exit);
    if let (Some(exit), Some(status)) = (exit, status) {
        *status = exit;
    }
    exit.is_some()
}

#[unsafe(no_mangle)]
extern "C" fn ermine_frame_func_name(frame: Option<&Frame>) -> *const c_char {
    guard(ptr::null(), || Some(frame?.func_name()?.as_ptr()))
}

#[unsafe(no_mangle)]
extern "C" fn ermine_suspend(store: Option<&StoreHandle>) -> Own<Object> {
    guard(None, || Some(Some(handle(&store?.home, TrapData::suspension()))))
}
