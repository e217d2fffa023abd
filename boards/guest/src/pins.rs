//! Pins, analog inputs, duty cycles.

use embedded_hal::{
    digital::{ErrorType, InputPin, OutputPin, PinState, StatefulOutputPin},
    pwm::{self, SetDutyCycle},
};

use crate::{
    error::{Error, done, result},
    handles, raw,
};

handles! {
    /// A pin that is read.
    Input;
    /// A pin that is driven.
    Output;
    /// A pin whose direction the program chooses. It is an input first.
    InputOutput;
    /// An analog input.
    Analog;
    /// An output with a duty cycle.
    Pwm;
}

/// Edges that are watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub enum Edges {
    /// None.
    None = 0,
    /// From low to high.
    Rising = 1,
    /// From high to low.
    Falling = 2,
    /// Both.
    Both = 3,
}

fn is_high(handle: i32) -> Result<bool, Error> {
    result(raw::gpio_read(handle)).map(|level| level != 0)
}

fn write(handle: i32, high: bool) -> Result<(), Error> {
    done(raw::gpio_write(handle, high.into()))
}

macro_rules! input {
    ($kind:ident) => {
        impl InputPin for $kind {
            fn is_high(&mut self) -> Result<bool, Error> {
                is_high(self.0)
            }

            fn is_low(&mut self) -> Result<bool, Error> {
                is_high(self.0).map(|high| !high)
            }
        }

        impl $kind {
            /// Makes events of edges: `on_event` is called with the handle and the level.
            ///
            /// # Errors
            ///
            /// What the board answers.
            pub fn watch(&mut self, edges: Edges) -> Result<(), Error> {
                done(raw::gpio_watch(self.0, edges as i32))
            }
        }
    };
}

macro_rules! output {
    ($kind:ident) => {
        impl OutputPin for $kind {
            fn set_low(&mut self) -> Result<(), Error> {
                write(self.0, false)
            }

            fn set_high(&mut self) -> Result<(), Error> {
                write(self.0, true)
            }

            fn set_state(&mut self, state: PinState) -> Result<(), Error> {
                write(self.0, state == PinState::High)
            }
        }
    };
}

impl ErrorType for Input {
    type Error = Error;
}

impl ErrorType for Output {
    type Error = Error;
}

impl ErrorType for InputOutput {
    type Error = Error;
}

input!(Input);
input!(InputOutput);
output!(Output);
output!(InputOutput);

impl StatefulOutputPin for Output {
    fn is_set_high(&mut self) -> Result<bool, Error> {
        is_high(self.0)
    }

    fn is_set_low(&mut self) -> Result<bool, Error> {
        is_high(self.0).map(|high| !high)
    }

    fn toggle(&mut self) -> Result<(), Error> {
        done(raw::gpio_toggle(self.0))
    }
}

impl InputOutput {
    /// Makes it an output, or an input.
    ///
    /// # Errors
    ///
    /// What the board answers.
    pub fn set_output(&mut self, output: bool) -> Result<(), Error> {
        done(raw::gpio_set_direction(self.0, output.into()))
    }
}

impl Analog {
    /// What is there now: 0 to 65535 is the full scale.
    ///
    /// # Errors
    ///
    /// What the board answers.
    pub fn read(&mut self) -> Result<u16, Error> {
        let value = result(raw::adc_read(self.0))?;
        u16::try_from(value).map_err(|_| Error::Other)
    }
}

impl pwm::ErrorType for Pwm {
    type Error = Error;
}

impl SetDutyCycle for Pwm {
    fn max_duty_cycle(&self) -> u16 {
        // Without it, no duty can be set, which says what is wrong.
        result(raw::pwm_max_duty(self.0)).ok().and_then(|duty| u16::try_from(duty).ok()).unwrap_or(0)
    }

    fn set_duty_cycle(&mut self, duty: u16) -> Result<(), Error> {
        done(raw::pwm_set_duty(self.0, duty.into()))
    }
}
