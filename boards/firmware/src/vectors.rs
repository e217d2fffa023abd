//! Handlers of interrupts. None is enabled: everything is polled. Without this table, which has one all the same, there would be 240 or 480 of them, a
//! kilobyte or two of flash.

#![allow(unsafe_code, reason = "a table that the linker places")]

unsafe extern "C" {
    fn DefaultHandler();
}

/// See [the module](self).
#[unsafe(link_section = ".vector_table.interrupts")]
#[unsafe(no_mangle)]
pub static __INTERRUPTS: [unsafe extern "C" fn(); 1] = [DefaultHandler];
