//! The program's table of host functions.

use core::ffi::{CStr, c_char, c_void};
use core::slice;

use ermine::bare::{self, Halt, Host};
use ermine::image::{Import, Signature};
use ermine::{Trap, ValType};

/// `ermine_bare_call_t`
#[repr(C)]
#[derive(Debug)]
pub struct Call {
    slots: *mut u32,
    memory: *mut u8,
    memory_size: usize,
    code: u32,
}

/// `ermine_bare_function_t`
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct Function {
    module: *const c_char,
    name: *const c_char,
    params: *const c_char,
    results: *const c_char,
    function: Option<unsafe extern "C" fn(*mut c_void, *mut Call) -> u32>,
}

/// Functions, and what each is handed.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) functions: *const Function,
    pub(crate) count: usize,
    pub(crate) env: *mut c_void,
}

impl Table {
    fn functions(&self) -> &[Function] {
        // SAFETY: promises C1 and C2: so many functions are there.
        unsafe { shared(self.functions, self.count) }
    }
}

impl Function {
    fn is(&self, import: &Import<'_>, signature: &Signature<'_>) -> bool {
        is_text(self.module, import.module)
            && is_text(self.name, import.name)
            && are_types(self.params, signature.params())
            && are_types(self.results, signature.results())
    }
}

/// As many things as C says there are, to be looked at.
///
/// # Safety
///
/// They are there, and nobody writes to them, as long as they are looked at.
pub(crate) unsafe fn shared<'a, T>(things: *const T, count: usize) -> &'a [T] {
    // SAFETY: the caller's contract.
    if things.is_null() { &[] } else { unsafe { slice::from_raw_parts(things, count) } }
}

/// The bytes of a text of C's; none if there is no text.
fn bytes<'a>(text: *const c_char) -> &'a [u8] {
    if text.is_null() {
        return &[];
    }
    // SAFETY: promise C4: it ends in a zero, and it stays (promise C2).
    unsafe { CStr::from_ptr(text) }.to_bytes()
}

pub(crate) fn is_text(text: *const c_char, name: &str) -> bool {
    bytes(text) == name.as_bytes()
}

fn are_types(letters: *const c_char, types: impl ExactSizeIterator<Item = ValType>) -> bool {
    let letter = |ty| match ty {
        ValType::I32 => b'i',
        ValType::I64 => b'I',
        ValType::F32 => b'f',
        ValType::F64 => b'F',
        ValType::FuncRef | ValType::ExternRef => 0,
    };
    bytes(letters).iter().copied().eq(types.map(letter))
}

impl Host for Table {
    fn resolve(&mut self, import: &Import<'_>, signature: &Signature<'_>) -> Option<u32> {
        let position = self.functions().iter().position(|function| function.is(import, signature))?;
        u32::try_from(position).ok()
    }

    fn call(&mut self, function: u32, call: &mut bare::Call<'_>) -> Result<(), Halt> {
        let function = self.functions().get(function as usize).and_then(|function| function.function);
        let function = function.ok_or(Trap::BadReference)?;
        let slots = call.slots().as_mut_ptr();
        let memory = call.memory();
        let mut call = Call { slots, memory: memory.as_mut_ptr(), memory_size: memory.len(), code: 0 };
        // SAFETY: promise C4: it is a function of this type; slots and memory are the call's, and nothing else uses them meanwhile.
        match unsafe { function(self.env, &raw mut call) } {
            0 => Ok(()),
            1 => Err(Halt::Failed(call.code)),
            2 => Err(Halt::Exit(call.code as i32)),
            3 => Err(Halt::Suspend),
            _ => Err(Halt::Trap(Trap::MemoryOutOfBounds)),
        }
    }
}
