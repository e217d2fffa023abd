//! Traps and the frames in them.

use std::cell::{OnceCell, RefCell};
use std::ffi::{CStr, CString, c_char};
use std::fmt;
use std::mem::MaybeUninit;
use std::rc::Rc;

use ermine::{Error, FrameInfo, HostError};

use crate::boundary::{Env, OneThread, c_text, guard, guard_out};
use crate::home::Home;
use crate::object::{Object, Same, Which};
use crate::runtime::StoreHandle;
use crate::vector::{Bytes, Own, Vector};

/// What a trap is.
#[derive(Debug)]
pub struct TrapData {
    message: String,
    /// The code, if the engine made it.
    pub code: Option<ermine::Trap>,
    /// The status, if the guest ended itself.
    pub exit: Option<i32>,
    /// Whether it is no failure, but a callback that is not ready.
    suspends: bool,
    /// The frames it has come through, innermost first.
    frames: RefCell<Vec<Frame>>,
    /// What C attached.
    pub info: RefCell<Option<Env>>,
}

impl TrapData {
    fn plain(message: String, suspends: bool) -> Rc<Self> {
        let (frames, info) = (RefCell::default(), RefCell::default());
        Rc::new(Self { message, code: None, exit: None, suspends, frames, info })
    }

    /// A trap of the embedder's.
    pub fn new(message: String) -> Rc<Self> {
        Self::plain(message, false)
    }

    /// What a callback gives that is not ready.
    pub fn suspension() -> Rc<Self> {
        Self::plain("a callback suspends, but the call cannot wait; make it with `ermine_call_new`".to_owned(), true)
    }

    /// The trap that an error of a call is: the embedder's own, where a callback gave one, with the frames that it came through.
    pub fn of(error: &Error) -> Rc<Self> {
        let frames = error.backtrace().map_or_else(Vec::new, |trace| trace.frames().iter().map(Frame::new).collect());
        if let Some(Raised(OneThread(trap))) = error.downcast_ref() {
            trap.frames.replace(frames);
            return Rc::clone(trap);
        }
        Rc::new(Self {
            message: error.to_string(),
            code: error.as_trap_code(),
            exit: error.i32_exit_status(),
            suspends: false,
            frames: RefCell::new(frames),
            info: RefCell::default(),
        })
    }

    /// The error that carries the trap through a guest.
    pub fn raise(self: Rc<Self>) -> Error {
        Error::host(Raised(OneThread(self)))
    }
}

/// A trap on its way through a guest.
struct Raised(OneThread<Rc<TrapData>>);

impl HostError for Raised {}

impl fmt::Display for Raised {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.0.message)
    }
}

impl fmt::Debug for Raised {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0.0.message, f)
    }
}

/// Whether an error is a callback that is not ready.
pub fn suspends(error: &Error) -> bool {
    error.downcast_ref().is_some_and(|Raised(OneThread(trap))| trap.suspends)
}

/// A handle on a trap.
pub fn handle(home: &Rc<Home>, trap: Rc<TrapData>) -> Box<Object> {
    Object::new(home, Which::Trap(Same(trap)))
}

/// The handle on the trap that an error is.
pub fn trap(home: &Rc<Home>, error: &Error) -> Box<Object> {
    handle(home, TrapData::of(error))
}

/// Hands a trap to C, which may not want it.
pub fn give(out: *mut Own<Object>, trap: Own<Object>) {
    // SAFETY: promise C1: it is null or a place for a pointer, which need not be initialised.
    if let Some(out) = unsafe { out.cast::<MaybeUninit<Own<Object>>>().as_mut() } {
        out.write(trap);
    }
}

/// `wasm_frame_t`: what it has is looked up when somebody asks.
#[derive(Debug, Clone)]
pub struct Frame {
    info: FrameInfo,
    /// The name, once it was asked for: C keeps its address.
    func_name: OnceCell<Option<CString>>,
}

impl Frame {
    fn new(info: &FrameInfo) -> Self {
        Self { info: info.clone(), func_name: OnceCell::new() }
    }

    /// Where the instruction is in its function, and in the module. In a module from an image, both are the offset in the function's code.
    fn offsets(&self) -> (usize, usize) {
        let module = self.info.module();
        let (_, imported) = module.func_counts();
        let defined = self.info.func_index().checked_sub(imported).and_then(|index| usize::try_from(index).ok());
        let start = defined.and_then(|index| Some(module.func_bodies().get(index)?.start as usize));
        match (self.info.module_offset(), start) {
            (Some(module_offset), Some(start)) => (module_offset.saturating_sub(start), module_offset),
            _ => {
                let offset = self.info.code_offset().map_or(0, |offset| offset as usize);
                (offset, offset)
            }
        }
    }

    /// The name that the module's name section gives to the function.
    pub fn func_name(&self) -> Option<&CStr> {
        self.func_name.get_or_init(|| self.info.func_name().map(c_text)).as_deref()
    }
}

#[unsafe(no_mangle)]
extern "C" fn wasm_trap_new(store: Option<&StoreHandle>, message: Option<&Bytes>) -> Own<Object> {
    guard(None, || {
        let bytes = message?.bytes();
        // The standard has the message end in a zero; it is no part of it.
        let text = String::from_utf8_lossy(bytes.strip_suffix(&[0]).unwrap_or(bytes));
        Some(Some(handle(&store?.home, TrapData::new(text.into_owned()))))
    })
}

/// What a handle on a trap has.
pub fn data(trap: Option<&Object>) -> Option<&TrapData> {
    if let Which::Trap(trap) = &trap?.which { Some(&trap.0) } else { None }
}

#[unsafe(no_mangle)]
extern "C" fn wasm_trap_message(trap: Option<&Object>, out: Option<&mut MaybeUninit<Vector<c_char>>>) {
    guard_out(out, Bytes::of(&[0]), || Some(Bytes::of(c_text(&data(trap)?.message).as_bytes_with_nul())));
}

#[unsafe(no_mangle)]
extern "C" fn wasm_trap_origin(trap: Option<&Object>) -> Own<Frame> {
    guard(None, || Some(data(trap)?.frames.borrow().first().cloned().map(Box::new)))
}

#[unsafe(no_mangle)]
extern "C" fn wasm_trap_trace(trap: Option<&Object>, out: Option<&mut MaybeUninit<Vector<Own<Frame>>>>) {
    guard_out(out, Vector::empty(), || {
        let frames = data(trap)?.frames.borrow();
        Some(Vector::new(frames.iter().map(|frame| Some(Box::new(frame.clone()))).collect()))
    });
}

#[unsafe(no_mangle)]
extern "C" fn wasm_frame_delete(frame: Own<Frame>) {
    drop(frame);
}

#[unsafe(no_mangle)]
extern "C" fn wasm_frame_copy(frame: Option<&Frame>) -> Own<Frame> {
    frame.cloned().map(Box::new)
}

/// The engine remembers modules, not instances.
#[unsafe(no_mangle)]
extern "C" fn wasm_frame_instance(_frame: Option<&Frame>) -> Option<&Object> {
    None
}

#[unsafe(no_mangle)]
extern "C" fn wasm_frame_func_index(frame: Option<&Frame>) -> u32 {
    frame.map_or(0, |frame| frame.info.func_index())
}

#[unsafe(no_mangle)]
extern "C" fn wasm_frame_func_offset(frame: Option<&Frame>) -> usize {
    guard(0, || Some(frame?.offsets().0))
}

#[unsafe(no_mangle)]
extern "C" fn wasm_frame_module_offset(frame: Option<&Frame>) -> usize {
    guard(0, || Some(frame?.offsets().1))
}
