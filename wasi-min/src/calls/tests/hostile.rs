//! Guests that pass nonsense: every call, with numbers from the edges.

use super::Guest;
use crate::Errno;
use crate::calls::{clock, dir, fd, file, path, poll, process, random, sock, startup};

/// Rounds of all calls.
const ROUNDS: usize = 3000;

/// A stream of awkward numbers, the same in every run.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        match self.0 % 16 {
            0..=3 => self.0 >> 8 & 3,
            4 => 4095,
            5 => 4096,
            6 => 4093,
            7 => u64::from(u32::MAX),
            8 => u64::from(u32::MAX) - 7,
            9 => u64::MAX,
            10 => 1 << 31,
            11 => self.0 >> 8,
            _ => self.0 >> 8 & 0xfff,
        }
    }

    fn u32(&mut self) -> u32 {
        u32::try_from(self.next() & u64::from(u32::MAX)).unwrap()
    }

    fn u64(&mut self) -> u64 {
        self.next()
    }

    fn i64(&mut self) -> i64 {
        self.next().cast_signed()
    }
}

macro_rules! call_all {
    ($($name:literal = $first:ident $(:: $second:ident)? ($($param:ident: $ty:ident),*);)*) => {
        /// Makes every call of the table once.
        fn call_all(guest: &mut Guest, numbers: &mut Numbers) {
            $(call_one!(guest, numbers, $first $(:: $second)? ($($ty),*));)*
        }
    };
}

macro_rules! call_one {
    ($guest:ident, $numbers:ident, exit($ty:ident)) => {};
    ($guest:ident, $numbers:ident, $theme:ident :: $function:ident ($($ty:ident),*)) => {
        // Whatever the answer is, there is one.
        let _ = $guest.call(|ctx, memory| $theme::$function(ctx, memory, $($numbers.$ty()),*));
    };
}

for_each_call!(call_all);

#[test]
fn no_arguments_make_a_call_panic() {
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    let mut guest = Guest::new();
    for round in 0..ROUNDS {
        if round % 16 == 0 {
            guest = if round % 32 == 0 { Guest::new() } else { Guest::with_files() };
            // Something to be taken for a path.
            guest.put(0, b"../sub/./link/data.txt//out");
        }
        guest.ctx.port_mut().input = std::vec![0xff; 64];
        let at = usize::try_from(numbers.u32() & 0xfff).unwrap();
        guest.bytes[at] = numbers.next().to_le_bytes()[0];
        call_all(&mut guest, &mut numbers);
    }
}

/// Each array is looked at whole, not its first element alone; products of count and size do not wrap.
#[test]
fn polling_arrays_that_end_behind_memory_are_refused() {
    let mut guest = Guest::new();
    let mut poll = |subscriptions, events, count, nevents| {
        guest.bytes.fill(0);
        guest.call(|ctx, memory| poll::poll_oneoff(ctx, memory, subscriptions, events, count, nevents))
    };
    // 4096 bytes: the last subscription and the last event just fit.
    assert_eq!(poll(4096 - 96, 4096 - 64, 2, 0), Ok(()));
    assert_eq!(poll(4096 - 95, 0, 2, 0), Err(Errno::Fault));
    assert_eq!(poll(0, 4096 - 63, 2, 0), Err(Errno::Fault));
    assert_eq!(poll(0, 0, 2, 4093), Err(Errno::Fault));
    for count in [1 << 27, 0x0555_5556, 1 << 31, u32::MAX] {
        assert_eq!(poll(0, 0, count, 0), Err(Errno::Fault), "{count}");
    }
    // Events may lie on top of the subscriptions that they report: there is an answer, whatever it is.
    for events in [0, 1, 16, 47, 48] {
        let _ = poll(0, events, 80, 4000);
    }
}
