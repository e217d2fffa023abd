//! What an Ermine firmware shares between microcontroller boards: a harness that runs guests which nobody has to trust.
//!
//! A firmware is a [`Board`] (console, clock, pins, buses), a capability table of [`Grant`]s in flash, and buffers; [`Supervisor`] does the rest. It
//! opens the guest's image, refuses what the table does not grant, runs the guest a slice of fuel at a time, delivers events, stops a guest that does not
//! return, drives the safe state, feeds the watchdog, and takes new guests over the serial line. Guests call functions of [`abi`]; `docs/boards.md` has them all.
//!
//! Nothing here allocates, formats, or knows a chip. The firmware of each board is a thin crate in `boards/firmware`, in a workspace of its own.

#![no_std]
#![forbid(unsafe_code)]

pub mod abi;
mod board;
mod calls;
mod errno;
mod grant;
pub mod link;
mod refusal;
mod report;
mod slot;
mod soft_i2c;
mod state;
mod supervisor;

pub use self::{
    board::{Absent, Board, Mode},
    calls::{Ports, look_up},
    errno::Errno,
    grant::{Access, Grant, Level, Limit, Pull, What, line_for},
    refusal::{Refusal, Room, check},
    report::{Kind, Report},
    slot::{Mark, MemorySlot, Ram, RamSlot, Slot, SlotError},
    soft_i2c::SoftI2c,
    state::{Event, MOST_EVENTS, MOST_GRANTS, MOST_TIMERS, State},
    supervisor::{Buffers, Settings, Supervisor},
};
