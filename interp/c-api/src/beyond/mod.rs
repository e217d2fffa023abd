//! `ermine.h`: what the standard does not have.

mod call;
mod config;
mod error;
mod module;
mod store;
mod trap;
