//! A program in Zig with its standard library: greets each argument, then sums up the numbers of standard input.
//!
//! usage: hello-zig [NAME...] < numbers      (one a line; exit code 1 at the first line that is none)
const std = @import("std");
const Io = std.Io;

pub fn main(init: std.process.Init) !u8 {
    const io = init.io;
    var out_buffer: [256]u8 = undefined;
    var out_file: Io.File.Writer = .init(.stdout(), io, &out_buffer);
    const out = &out_file.interface;
    var in_buffer: [256]u8 = undefined;
    var in_file: Io.File.Reader = .init(.stdin(), io, &in_buffer);

    const args = try init.minimal.args.toSlice(init.arena.allocator());
    for (args[1..]) |name| try out.print("hello, {s}!\n", .{name});

    var sum: f64 = 0;
    var count: usize = 0;
    while (try in_file.interface.takeDelimiter('\n')) |line| {
        sum += std.fmt.parseFloat(f64, line) catch {
            try out.print("not a number: {s}\n", .{line});
            try out.flush();
            return 1;
        };
        count += 1;
    }
    try out.print("{d} numbers, sum {d:.3}\n", .{ count, sum });
    try out.flush();
    return 0;
}
