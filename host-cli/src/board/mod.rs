//! `ermine board`: guests for microcontroller boards, on a simulated one and on those that are connected.
//!
//! `sim` runs a scenario. The others speak the protocol of `ermine_boards::link` over a `port`: `talk` is the conversation, `push` sends
//! guests, `orders` are the short requests. `line` is the other side, where a simulated board is to be reached in the same way.

mod guest;
#[cfg_attr(not(unix), path = "line_none.rs")]
mod line;
mod orders;
#[cfg_attr(not(unix), path = "port_none.rs")]
mod port;
mod push;
mod sim;
#[cfg_attr(not(unix), expect(dead_code, reason = "nothing has such lines there"))]
mod stream;
mod talk;
mod words;

use crate::args::{BoardArgs, BoardCommand};
use crate::exit::{Exit, Failure};

/// Does what the subcommand says.
///
/// # Errors
///
/// If a scenario does not hold, or a board does not do what it is told.
pub fn board(args: &BoardArgs) -> Result<Exit, Failure> {
    match &args.command {
        BoardCommand::Sim(args) => sim::sim(args),
        BoardCommand::Push(args) => push::push(args),
        BoardCommand::Run(args) => orders::run(args),
        BoardCommand::Stop(args) => orders::stop(args),
        BoardCommand::Stat(args) => orders::stat(args),
        BoardCommand::Log(args) => orders::log(args),
    }
}
