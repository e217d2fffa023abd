//! The public interface as an embedder sees it, on both machines.

mod big_modules;
mod bounds;
mod bulk;
mod fuel;
mod host_functions;
mod host_sequences;
mod images;
mod interrupt;
mod kernels;
mod lazy;
mod limits;
mod linking;
mod memory_access;
mod proposals;
mod recursion;
mod resumable;
mod stores;
mod traps;
mod typed;
