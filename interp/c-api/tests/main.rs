//! The C API as C and C++ see it: programs, and what the headers declare.

mod headers;
mod programs;
mod support;
