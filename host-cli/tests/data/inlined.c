// Traps in a function that is inlined, for the backtraces of tests/backtraces.rs. Built with Zig's C compiler, in this folder:
// python3 -m ziglang cc -target wasm32-freestanding -O2 -g -fno-sanitize=all -ffile-prefix-map=$PWD=. -nostdlib -Wl,--no-entry \
//     -Wl,--export=run -Wl,-z,stack-size=4096 inlined.c -o inlined.wasm

static inline int divide(int a, int b) {
    return a / b;
}

__attribute__((noinline)) int half(int x) {
    return divide(x + 100, x) + 1;
}

int run(int x) {
    return half(x - 1) + 2;
}
