//! What arrives on the serial line: orders, images, pieces of them, noise.

use ermine_boards::Grant;
use ermine_boards::link::message::{MOST_DATA, Request};

use super::{desk::Desk, program};
use crate::bytes::Bytes;

/// Things that arrive.
const MOST: usize = 24;

/// Lets them arrive: how many requests there are at the most.
pub(super) fn script(bytes: &mut Bytes<'_>, table: &[Grant], desk: &mut Desk) -> usize {
    let (mut at_us, mut requests) = (0, 0);
    for _ in 0..MOST {
        if bytes.is_empty() {
            break;
        }
        at_us += u64::from(bytes.byte()) * 500;
        let mut line = Vec::new();
        match bytes.below(12) {
            0 => send(&mut line, &Request::Stop),
            1 | 2 => send(&mut line, &Request::Run),
            3 => send(&mut line, &Request::Begin { size: bytes.number() as u32 >> bytes.below(32) }),
            4 => {
                let offset = u32::from(bytes.byte());
                let data = bytes.byte().into();
                send(
                    &mut line,
                    &Request::Data { offset, bytes: bytes.take(data).get(..MOST_DATA).unwrap_or_default() },
                );
            }
            5 => send(&mut line, &Request::Commit),
            6 => line.extend(bytes.take(16)),
            // For a second and more.
            7 => (0..bytes.byte()).for_each(|_| (0..8).for_each(|_| send(&mut line, &Request::Status))),
            8 | 9 => image(&mut line, bytes, table),
            _ => send(&mut line, &Request::Status),
        }
        // A byte is lost, or another one arrives.
        if bytes.below(4) == 0 && !line.is_empty() {
            let place = bytes.number() as usize % line.len();
            match bytes.below(3) {
                0 => {
                    line.remove(place);
                }
                1 => line[place] ^= bytes.byte(),
                _ => line.insert(place, bytes.byte()),
            }
        }
        // There is a zero at either end of a frame; what arrives in between may be one.
        requests += line.iter().filter(|byte| **byte == 0).count();
        desk.receive(at_us, &line);
    }
    requests
}

fn send(line: &mut Vec<u8>, request: &Request<'_>) {
    let number = line.len() as u8;
    line.extend(request.encode(number).expect("it fits"));
}

/// A guest, whole or with a bit changed.
fn image(line: &mut Vec<u8>, bytes: &mut Bytes<'_>, table: &[Grant]) {
    let Some(mut image) = program::image(bytes, table) else { return };
    if bytes.below(4) == 0 {
        let place = bytes.number() as usize % image.len();
        image[place] ^= 1 << bytes.below(8);
    }
    send(line, &Request::Begin { size: image.len() as u32 });
    for (index, piece) in image.chunks(MOST_DATA).enumerate() {
        send(line, &Request::Data { offset: (index * MOST_DATA) as u32, bytes: piece });
    }
    send(line, &Request::Commit);
}
