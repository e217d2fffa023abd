//! The functions of a board, where there is none.

#![allow(unsafe_code, reason = "as on a board")]

/// Every call is answered with it.
const UNSUPPORTED: i32 = -6;

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

pub(crate) fn gpio_read(_: i32) -> i32 {
    UNSUPPORTED
}

pub(crate) fn gpio_write(_: i32, _: i32) -> i32 {
    UNSUPPORTED
}

pub(crate) fn gpio_toggle(_: i32) -> i32 {
    UNSUPPORTED
}

pub(crate) fn gpio_set_direction(_: i32, _: i32) -> i32 {
    UNSUPPORTED
}

pub(crate) fn gpio_watch(_: i32, _: i32) -> i32 {
    UNSUPPORTED
}

pub(crate) fn delay_ns(_: i64) {}

pub(crate) fn time_now() -> i64 {
    0
}

pub(crate) fn time_start(_: i32, _: i64, _: i32) -> i32 {
    UNSUPPORTED
}

pub(crate) fn time_stop(_: i32) -> i32 {
    UNSUPPORTED
}

pub(crate) unsafe fn serial_read(_: i32, _: *mut u8, _: usize) -> i32 {
    UNSUPPORTED
}

pub(crate) unsafe fn serial_write(_: i32, _: *const u8, _: usize) -> i32 {
    UNSUPPORTED
}

pub(crate) fn serial_watch(_: i32, _: i32) -> i32 {
    UNSUPPORTED
}

pub(crate) unsafe fn i2c_read(_: i32, _: i32, _: *mut u8, _: usize) -> i32 {
    UNSUPPORTED
}

pub(crate) unsafe fn i2c_write(_: i32, _: i32, _: *const u8, _: usize) -> i32 {
    UNSUPPORTED
}

pub(crate) unsafe fn i2c_write_read(_: i32, _: i32, _: *const u8, _: usize, _: *mut u8, _: usize) -> i32 {
    UNSUPPORTED
}

pub(crate) unsafe fn i2c_transaction(_: i32, _: i32, _: *const Operation, _: usize) -> i32 {
    UNSUPPORTED
}

pub(crate) unsafe fn spi_read(_: i32, _: *mut u8, _: usize) -> i32 {
    UNSUPPORTED
}

pub(crate) unsafe fn spi_write(_: i32, _: *const u8, _: usize) -> i32 {
    UNSUPPORTED
}

pub(crate) unsafe fn spi_transfer(_: i32, _: *mut u8, _: *const u8, _: usize) -> i32 {
    UNSUPPORTED
}

pub(crate) unsafe fn spi_transfer_in_place(_: i32, _: *mut u8, _: usize) -> i32 {
    UNSUPPORTED
}

pub(crate) unsafe fn spi_transaction(_: i32, _: *const Operation, _: usize) -> i32 {
    UNSUPPORTED
}

pub(crate) fn adc_read(_: i32) -> i32 {
    UNSUPPORTED
}

pub(crate) fn pwm_max_duty(_: i32) -> i32 {
    UNSUPPORTED
}

pub(crate) fn pwm_set_duty(_: i32, _: i32) -> i32 {
    UNSUPPORTED
}

pub(crate) unsafe fn log_write(_: i32, _: *const u8, _: usize) -> i32 {
    UNSUPPORTED
}

pub(crate) fn storage_size(_: i32) -> i32 {
    UNSUPPORTED
}

pub(crate) unsafe fn storage_read(_: i32, _: i32, _: *mut u8, _: usize) -> i32 {
    UNSUPPORTED
}

pub(crate) unsafe fn storage_write(_: i32, _: i32, _: *const u8, _: usize) -> i32 {
    UNSUPPORTED
}

pub(crate) unsafe fn random_fill(_: *mut u8, _: usize) -> i32 {
    UNSUPPORTED
}
