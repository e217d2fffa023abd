//! The C API as C and C++ see it: programs, what the headers declare, and packages for build systems.

mod headers;
mod packages;
mod programs;
mod support;
