//! The board of this build. Each file has the same names: `Chosen`, `TABLE`, `entry`, and how much guests get.

#[cfg_attr(board = "netduinoplus2", path = "netduinoplus2.rs")]
#[cfg_attr(board = "stm32vldiscovery", path = "stm32vldiscovery.rs")]
#[cfg_attr(board = "microbit", path = "microbit.rs")]
#[cfg_attr(board = "nrf52840-dk", path = "nrf52840_dk.rs")]
#[cfg_attr(board = "pico", path = "pico.rs")]
#[cfg_attr(any(board = "mps2-an386", board = "mps2-an505"), path = "mps2.rs")]
#[cfg_attr(board = "virt", path = "virt.rs")]
mod chosen;

#[cfg(any(board = "microbit", board = "nrf52840-dk"))]
pub use chosen::NAME;
pub use chosen::{ARENA, Chosen, FUEL, MEMORY, SCRATCH, SLOTS, STACK, Slot, TABLE, entry};
