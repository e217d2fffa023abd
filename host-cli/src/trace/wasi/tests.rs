//! Calls decoded from memory made for the purpose, and from hostile arguments.

use super::Decoder;
use ermine_wasi::{Call, Errno, FUNCTIONS, Function};

fn function(name: &str) -> &'static Function {
    FUNCTIONS.iter().find(|function| function.name == name).expect("a WASI function")
}

/// The line for a call that changes memory from `before` to `after`.
fn line(name: &str, args: &[u64], before: &[u8], after: &[u8]) -> String {
    let mut decoder = Decoder::new(["/data".to_owned()]);
    let call = Call { function: function(name), args };
    decoder.call(before, call) + &decoder.result(after, call, Ok(()))
}

/// Memory with these bytes at these places.
fn memory(parts: &[(usize, &[u8])]) -> Vec<u8> {
    let mut memory = vec![0; 1024];
    for (at, bytes) in parts {
        memory[*at..*at + bytes.len()].copy_from_slice(bytes);
    }
    memory
}

/// Words as they lie in memory.
fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

#[test]
fn writes_show_what_is_written() {
    let memory = memory(&[(0, &words(&[100, 6, 106, 2])), (100, b"hello\nab"), (16, &words(&[8]))]);
    assert_eq!(line("fd_write", &[1, 0, 2, 16], &memory, &memory), r#"fd_write(1, ["hello\n", "ab"]) = 0, 8 bytes"#);
}

#[test]
fn reads_show_what_came() {
    let before = memory(&[(0, &words(&[100, 4, 200, 4, 300, 4]))]);
    let after = memory(&[(0, &words(&[100, 4, 200, 4, 300, 4])), (100, b"abcd"), (200, b"efgh"), (40, &words(&[6]))]);
    assert_eq!(
        line("fd_read", &[0, 0, 3, 40], &before, &after),
        r#"fd_read(0, [4, 4, 4]) = 0, ["abcd", "ef"], 6 bytes"#
    );
}

#[test]
fn paths_and_flags_have_names_and_arguments_are_decoded_before_the_call() {
    let before = memory(&[(100, b"notes.txt")]);
    // The descriptor's number goes where the path was.
    let after = memory(&[(100, &words(&[4]))]);
    let mut decoder = Decoder::new(["/data".to_owned()]);
    let open = Call { function: function("path_open"), args: &[3, 1, 100, 9, 9, 66, 0, 0, 100] };
    let shown = decoder.call(&before, open) + &decoder.result(&after, open, Ok(()));
    assert_eq!(
        shown,
        r#"path_open(3 "/data", SYMLINK_FOLLOW, "notes.txt", CREAT|TRUNC, rights=READ|WRITE, inheriting=0) = 0, fd 4"#
    );
    let close = Call { function: function("fd_close"), args: &[4] };
    assert_eq!(decoder.call(&after, close), r#"fd_close(4 "/data/notes.txt")"#);
    assert_eq!(decoder.result(&after, close, Err(Errno::Badf)), " = BADF (Bad file descriptor)");
    assert_eq!(decoder.result(&after, close, Ok(())), " = 0");
    assert_eq!(decoder.call(&after, close), "fd_close(4)");
}

#[test]
fn arguments_of_the_program_are_shown_once_their_number_is_known() {
    let memory = memory(&[(0, &words(&[2, 6])), (100, &words(&[200, 203])), (200, b"ab\0cd\0")]);
    let mut decoder = Decoder::default();
    let sizes = Call { function: function("args_sizes_get"), args: &[0, 4] };
    assert_eq!(decoder.result(&memory, sizes, Ok(())), " = 0, 2 strings, 6 bytes");
    let get = Call { function: function("args_get"), args: &[100, 200] };
    assert_eq!(decoder.call(&memory, get) + &decoder.result(&memory, get, Ok(())), r#"args_get() = 0, ["ab", "cd"]"#);
}

#[test]
fn structures_are_decoded() {
    let fdstat = memory(&[(0, &[4, 0, 1, 0]), (8, &[2]), (16, &[0x40])]);
    assert_eq!(
        line("fd_fdstat_get", &[4, 0], &fdstat, &fdstat),
        "fd_fdstat_get(4) = 0, REGULAR_FILE, APPEND, rights=READ, inheriting=WRITE"
    );
    let filestat = memory(&[(16, &[3]), (32, &[99])]);
    assert_eq!(line("fd_filestat_get", &[4, 0], &filestat, &filestat), "fd_filestat_get(4) = 0, DIRECTORY, 99 bytes");
    let time = memory(&[(0, &1718_u64.to_le_bytes())]);
    assert_eq!(line("clock_time_get", &[0, 1, 0], &time, &time), "clock_time_get(REALTIME) = 0, 1718");
    assert_eq!(
        line("fd_seek", &[4, (-3_i64).cast_unsigned(), 1, 0], &time, &time),
        "fd_seek(4, offset=-3, CUR) = 0, position 1718"
    );
}

#[test]
fn entries_of_directories_are_named() {
    let entry = |name: &str| {
        let mut entry = [0; 24];
        entry[16] = u8::try_from(name.len()).expect("short");
        [&entry[..], name.as_bytes()].concat()
    };
    let entries = [entry("."), entry("a.txt"), entry("cut")].concat();
    let used = u32::try_from(entries.len()).expect("small") - 1;
    let memory = memory(&[(100, &entries), (0, &words(&[used]))]);
    assert_eq!(
        line("fd_readdir", &[3, 100, 200, 0, 0], &memory, &memory),
        format!(r#"fd_readdir(3 "/data", [200], cookie=0) = 0, [".", "a.txt", "cu"], {used} bytes"#)
    );
}

#[test]
fn polls_show_subscriptions_and_events() {
    let mut subscriptions = vec![0; 96];
    subscriptions[16] = 1;
    subscriptions[24] = 50;
    subscriptions[56] = 1;
    let before = memory(&[(0, &subscriptions)]);
    // The events lie where the subscriptions were: one error, one with bytes.
    let mut events = vec![0; 64];
    events[8] = 8;
    events[10] = 2;
    events[42] = 1;
    events[48] = 7;
    let after = memory(&[(0, &events), (500, &words(&[2]))]);
    assert_eq!(
        line("poll_oneoff", &[0, 0, 2, 500], &before, &after),
        "poll_oneoff([CLOCK(MONOTONIC, 50), FD_READ(0)]) = 0, [FD_WRITE BADF, FD_READ 7 bytes]"
    );
}

#[test]
fn pointers_outside_of_memory_are_shown_as_such() {
    let memory = memory(&[(0, &words(&[u32::MAX, u32::MAX]))]);
    assert_eq!(
        line("path_unlink_file", &[3, 1020, 5], &memory, &memory),
        r#"path_unlink_file(3 "/data", 0x3fc+5 (outside)) = 0"#
    );
    assert_eq!(
        line("fd_write", &[1, 0, 1, 1024], &memory, &memory),
        "fd_write(1, [0xffffffff+4294967295 (outside)], nwritten=0x400 (outside)) = 0"
    );
    assert_eq!(
        line("fd_write", &[1, 0, 0xffff_ffff, 16], &memory, &memory),
        "fd_write(1, 4294967295 buffers at 0x0 (outside)) = 0, 0 bytes"
    );
    assert_eq!(line("random_get", &[1000, 25], &memory, &memory), "random_get([0x3e8+25 (outside)]) = 0");
}

#[test]
fn long_lists_are_shortened() {
    let buffers: Vec<u32> = (0..40).flat_map(|_| [100, 1]).collect();
    let memory = memory(&[(500, &words(&buffers)), (100, b"x"), (0, &words(&[40]))]);
    let shown = line("fd_write", &[1, 500, 40, 0], &memory, &memory);
    assert!(shown.ends_with(r#""x", "x", …32 more]) = 0, 40 bytes"#), "{shown}");
    let shown = line("fd_read", &[1, 500, 40, 0], &memory, &memory);
    assert!(shown.ends_with(r#", "x", …], 40 bytes"#), "{shown}");
}

/// Every function with every mixture of odd arguments, over memories of several sizes: there is always a short line.
#[test]
fn no_arguments_can_do_harm() {
    const ODD: [u64; 9] = [0, 1, 7, 1000, 1 << 31, 0xffff_fff8, 0xffff_ffff, 1 << 63, u64::MAX];
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random
    };
    for size in [0, 1, 1024, 70_000] {
        let memory: Vec<u8> = (0..size).map(|_| next().to_le_bytes()[0] & next().to_le_bytes()[0]).collect();
        let mut decoder = Decoder::default();
        for function in FUNCTIONS {
            for _ in 0..500 {
                let args: Vec<u64> = function
                    .params
                    .iter()
                    .map(|_| {
                        let choice = usize::try_from(next() % 12).expect("small");
                        ODD.get(choice).copied().unwrap_or_else(|| next() % 2000)
                    })
                    .collect();
                let call = Call { function, args: &args };
                let shown = decoder.call(&memory, call) + &decoder.result(&memory, call, Ok(()));
                assert!(shown.len() < 16_384 && !shown.contains('\n'), "{shown}");
            }
        }
    }
}
