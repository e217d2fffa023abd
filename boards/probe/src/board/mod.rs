//! The board of this build. Each file has the same names: `NAME`, `Counter`, `entry`.

#[cfg_attr(board = "mps2-an386", path = "mps2_an386.rs")]
#[cfg_attr(board = "microbit", path = "microbit.rs")]
#[cfg_attr(board = "virt", path = "virt.rs")]
mod chosen;
#[cfg(target_arch = "arm")]
mod cortex_m;

pub use chosen::{Counter, NAME, entry};
