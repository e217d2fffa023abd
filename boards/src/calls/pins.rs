//! Pins, analog inputs and duty cycles.

use embedded_hal::{
    digital::{InputPin, OutputPin, PinState},
    pwm::SetDutyCycle,
};

use super::{Answer, Args, Ports};
use crate::{
    abi::Function,
    board::{Board, Mode},
    errno::Errno,
    grant::{Level, What},
    state::Event,
};

/// A rising edge is watched.
const RISING: u8 = 1;
/// A falling edge is watched.
const FALLING: u8 = 2;

impl<B: Board> Ports<'_, B> {
    #[inline(never)]
    pub(super) fn gpio(&mut self, function: Function, [handle, value, ..]: Args) -> Answer {
        let what = self.granted(function, handle, 0)?.what;
        let (pin, is_output) = match what {
            What::Input { pin, .. } | What::InOut { pin, .. } => (pin, false),
            What::Output { pin, .. } => (pin, true),
            // `granted` says that it is a pin.
            _ => return Err(Errno::BadHandle.into()),
        };
        match function {
            Function::GpioRead if is_output => return Ok(self.level_of(handle).into()),
            Function::GpioRead => return Ok(self.read_pin(pin)?.into()),
            Function::GpioWrite => self.drive(handle, pin, value != 0)?,
            Function::GpioToggle => self.drive(handle, pin, !self.level_of(handle))?,
            Function::GpioWatch => {
                let level = self.read_pin(pin)?;
                let used = self.state.uses.get_mut(handle as usize).ok_or(Errno::BadHandle)?;
                (used.watch, used.level) = (value as u8 & (RISING | FALLING), level);
            }
            // `carry_out` sends no other functions here.
            _ => {
                let What::InOut { pull, .. } = what else { return Err(Errno::ModeNotAllowed.into()) };
                self.board.set_mode(pin, if value == 0 { Mode::Input(pull) } else { Mode::Output })?;
            }
        }
        Ok(0)
    }

    fn level_of(&self, handle: u32) -> bool {
        self.state.uses.get(handle as usize).is_some_and(|used| used.level)
    }

    fn read_pin(&mut self, pin: u8) -> Result<bool, Errno> {
        let mut pin = self.board.pin(pin).ok_or(Errno::Unsupported)?;
        pin.is_high().map_err(|error| Errno::of_pin(&error))
    }

    fn write_pin(&mut self, pin: u8, high: bool) -> Result<(), Errno> {
        let mut pin = self.board.pin(pin).ok_or(Errno::Unsupported)?;
        pin.set_state(PinState::from(high)).map_err(|error| Errno::of_pin(&error))
    }

    fn drive(&mut self, handle: u32, pin: u8, high: bool) -> Result<(), Errno> {
        self.write_pin(pin, high)?;
        if let Some(used) = self.state.uses.get_mut(handle as usize) {
            used.level = high;
        }
        Ok(())
    }

    #[inline(never)]
    pub(super) fn analog(&mut self, function: Function, [handle, value, ..]: Args) -> Answer {
        match self.granted(function, handle, 0)?.what {
            What::Adc { channel } => Ok(self.board.adc(channel)?.into()),
            What::Pwm { channel, .. } => {
                let mut output = self.board.pwm(channel).ok_or(Errno::Unsupported)?;
                let most = output.max_duty_cycle();
                if function == Function::PwmMaxDuty {
                    return Ok(most.into());
                }
                let duty = u16::try_from(value).ok().filter(|&duty| duty <= most).ok_or(Errno::Invalid)?;
                output.set_duty_cycle(duty).map_err(|_| Errno::Other)?;
                Ok(0)
            }
            // `granted` says that it is one of these.
            _ => Err(Errno::BadHandle.into()),
        }
    }

    /// Brings everything that is granted to where it is safe. What the board does not have is left out: calls will tell.
    pub fn make_safe(&mut self) {
        for (handle, grant) in self.table.iter().enumerate() {
            let _ = match grant.what {
                What::Output { pin, safe } => self
                    .drive(handle as u32, pin, safe == Level::High)
                    .and_then(|()| self.board.set_mode(pin, Mode::Output)),
                What::Input { pin, pull } | What::InOut { pin, pull } => self.board.set_mode(pin, Mode::Input(pull)),
                What::Pwm { channel, safe } => {
                    let output = self.board.pwm(channel);
                    output.map_or(Ok(()), |mut output| output.set_duty_cycle(safe).map_err(|_| Errno::Other))
                }
                _ => Ok(()),
            };
        }
        self.state.reset();
    }

    /// Looks at the pins that are watched.
    pub(crate) fn poll_pins(&mut self) {
        for (handle, grant) in self.table.iter().enumerate() {
            let (What::Input { pin, .. } | What::InOut { pin, .. }) = grant.what else { continue };
            let Some(&used) = self.state.uses.get(handle) else { break };
            if used.watch == 0 {
                continue;
            }
            let Ok(level) = self.read_pin(pin) else { continue };
            let edge = if level { RISING } else { FALLING };
            if level == used.level {
                continue;
            }
            if let Some(used) = self.state.uses.get_mut(handle) {
                used.level = level;
            }
            if used.watch & edge != 0 {
                self.state.put(Event { id: handle as u32, arg: level.into() });
            }
        }
    }
}
