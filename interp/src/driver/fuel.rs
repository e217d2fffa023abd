//! Fuel: the store has the sum, a running machine gets slices of it.
//!
//! Slices make interruption the same mechanism: between two of them the flag is looked at. What a machine has not used goes
//! back whenever it leaves for the host, so that the store's sum is exact there and does not depend on slices.

use super::{Next, Run, Step};
use crate::{store::StoreInner, trap::Trap};

/// Units in a slice: about a millisecond.
const SLICE: u64 = 1 << 18;

/// Why a run cannot go on for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    /// This much fuel is needed for the next piece of work.
    OutOfFuel { required: u64 },
    /// Another thread asked for it.
    Interrupt,
}

impl Stop {
    /// What it means for a call that cannot be suspended.
    pub(crate) fn trap(self) -> Trap {
        match self {
            Self::OutOfFuel { .. } => Trap::OutOfFuel,
            Self::Interrupt => Trap::Interrupt,
        }
    }
}

impl Run {
    /// Hands out the first slice, or none if an interrupt waits: the next instruction that pays leads to `refill`.
    pub(super) fn take_slice(&mut self, inner: &mut StoreInner) {
        if self.metered && !inner.interrupt.is_pending() {
            self.hand_out(inner, SLICE);
        }
    }

    fn hand_out(&mut self, inner: &mut StoreInner, wanted: u64) {
        if self.limited {
            let slice = wanted.min(inner.fuel);
            inner.fuel -= slice;
            self.ctx.fuel = slice;
        } else {
            self.ctx.fuel = wanted;
        }
    }

    /// Takes back what the machine has not used, and its count of operators.
    pub(super) fn settle(&mut self, inner: &mut StoreInner) {
        if self.limited {
            inner.fuel = inner.fuel.saturating_add(self.ctx.fuel);
        }
        self.ctx.fuel = 0;
        inner.operators = inner.operators.saturating_add(core::mem::take(&mut self.ctx.operators));
    }

    /// Sees to it that the machine has `required` units.
    pub(super) fn refill(&mut self, inner: &mut StoreInner, required: u64) -> Next {
        match self.provide(inner, required) {
            Ok(()) => Next::Again,
            Err(stop) => Step::Suspended(stop).into(),
        }
    }

    fn provide(&mut self, inner: &mut StoreInner, required: u64) -> Result<(), Stop> {
        self.settle(inner);
        if inner.interrupt.take() {
            return Err(Stop::Interrupt);
        }
        if self.limited && inner.fuel < required {
            return Err(Stop::OutOfFuel { required });
        }
        self.hand_out(inner, required.max(SLICE));
        Ok(())
    }

    /// Pays for work that the driver does.
    pub(super) fn pay(&mut self, inner: &mut StoreInner, units: u64) -> Result<(), Stop> {
        if !self.metered {
            return Ok(());
        }
        if self.ctx.fuel < units || inner.interrupt.is_pending() {
            self.provide(inner, units)?;
        }
        self.ctx.fuel -= units;
        Ok(())
    }
}
