//! What an Ermine firmware shares between microcontroller boards.
//!
//! Not here yet: the harness (load an image, lend it RAM, run it, report), host functions over `embedded-hal`, and one firmware
//! per board in workspaces of their own. Today there is `boards/probe`, which shows that the loop
//! machine runs on a Cortex-M.
#![no_std]
