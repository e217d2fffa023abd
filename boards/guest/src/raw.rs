//! The functions of the board, see `docs/boards.md`.

#![allow(unsafe_code, reason = "what is imported takes addresses")]

/// An operation of a transaction.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub(crate) struct Operation {
    pub(crate) kind: usize,
    pub(crate) bytes: *const u8,
    pub(crate) length: usize,
    pub(crate) other: *const u8,
}

impl Operation {
    pub(crate) const NONE: Self = Self { kind: 0, bytes: core::ptr::null(), length: 0, other: core::ptr::null() };
}

#[link(wasm_import_module = "ermine:gpio@1")]
unsafe extern "C" {
    #[link_name = "read"]
    pub(crate) safe fn gpio_read(handle: i32) -> i32;
    #[link_name = "write"]
    pub(crate) safe fn gpio_write(handle: i32, level: i32) -> i32;
    #[link_name = "toggle"]
    pub(crate) safe fn gpio_toggle(handle: i32) -> i32;
    #[link_name = "set_direction"]
    pub(crate) safe fn gpio_set_direction(handle: i32, output: i32) -> i32;
    #[link_name = "watch"]
    pub(crate) safe fn gpio_watch(handle: i32, edges: i32) -> i32;
}

#[link(wasm_import_module = "ermine:delay@1")]
unsafe extern "C" {
    #[link_name = "ns"]
    pub(crate) safe fn delay_ns(ns: i64);
}

#[link(wasm_import_module = "ermine:time@1")]
unsafe extern "C" {
    #[link_name = "now"]
    pub(crate) safe fn time_now() -> i64;
    #[link_name = "start"]
    pub(crate) safe fn time_start(handle: i32, period_us: i64, repeat: i32) -> i32;
    #[link_name = "stop"]
    pub(crate) safe fn time_stop(handle: i32) -> i32;
}

#[link(wasm_import_module = "ermine:serial@1")]
unsafe extern "C" {
    #[link_name = "read"]
    pub(crate) unsafe fn serial_read(handle: i32, bytes: *mut u8, length: usize) -> i32;
    #[link_name = "write"]
    pub(crate) unsafe fn serial_write(handle: i32, bytes: *const u8, length: usize) -> i32;
    #[link_name = "watch"]
    pub(crate) safe fn serial_watch(handle: i32, on: i32) -> i32;
}

#[link(wasm_import_module = "ermine:i2c@1")]
unsafe extern "C" {
    #[link_name = "read"]
    pub(crate) unsafe fn i2c_read(handle: i32, device: i32, bytes: *mut u8, length: usize) -> i32;
    #[link_name = "write"]
    pub(crate) unsafe fn i2c_write(handle: i32, device: i32, bytes: *const u8, length: usize) -> i32;
    #[link_name = "write_read"]
    pub(crate) unsafe fn i2c_write_read(
        handle: i32,
        device: i32,
        bytes: *const u8,
        length: usize,
        to: *mut u8,
        to_length: usize,
    ) -> i32;
    #[link_name = "transaction"]
    pub(crate) unsafe fn i2c_transaction(handle: i32, device: i32, operations: *const Operation, count: usize) -> i32;
}

#[link(wasm_import_module = "ermine:spi@1")]
unsafe extern "C" {
    #[link_name = "read"]
    pub(crate) unsafe fn spi_read(handle: i32, bytes: *mut u8, length: usize) -> i32;
    #[link_name = "write"]
    pub(crate) unsafe fn spi_write(handle: i32, bytes: *const u8, length: usize) -> i32;
    #[link_name = "transfer"]
    pub(crate) unsafe fn spi_transfer(handle: i32, to: *mut u8, from: *const u8, length: usize) -> i32;
    #[link_name = "transfer_in_place"]
    pub(crate) unsafe fn spi_transfer_in_place(handle: i32, bytes: *mut u8, length: usize) -> i32;
    #[link_name = "transaction"]
    pub(crate) unsafe fn spi_transaction(handle: i32, operations: *const Operation, count: usize) -> i32;
}

#[link(wasm_import_module = "ermine:adc@1")]
unsafe extern "C" {
    #[link_name = "read"]
    pub(crate) safe fn adc_read(handle: i32) -> i32;
}

#[link(wasm_import_module = "ermine:pwm@1")]
unsafe extern "C" {
    #[link_name = "max_duty"]
    pub(crate) safe fn pwm_max_duty(handle: i32) -> i32;
    #[link_name = "set_duty"]
    pub(crate) safe fn pwm_set_duty(handle: i32, duty: i32) -> i32;
}

#[link(wasm_import_module = "ermine:log@1")]
unsafe extern "C" {
    #[link_name = "write"]
    pub(crate) unsafe fn log_write(level: i32, bytes: *const u8, length: usize) -> i32;
}

#[link(wasm_import_module = "ermine:storage@1")]
unsafe extern "C" {
    #[link_name = "size"]
    pub(crate) safe fn storage_size(handle: i32) -> i32;
    #[link_name = "read"]
    pub(crate) unsafe fn storage_read(handle: i32, offset: i32, bytes: *mut u8, length: usize) -> i32;
    #[link_name = "write"]
    pub(crate) unsafe fn storage_write(handle: i32, offset: i32, bytes: *const u8, length: usize) -> i32;
}

#[link(wasm_import_module = "ermine:random@1")]
unsafe extern "C" {
    #[link_name = "fill"]
    pub(crate) unsafe fn random_fill(bytes: *mut u8, length: usize) -> i32;
}
