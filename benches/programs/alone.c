/* Makes a program of wasi-libc stand alone: `run` is all it exports (and its memory), and it imports nothing.
 *
 * The functions of WASI that libc would import are defined here instead, so that every engine runs the same code whether it has WASI
 * or not. There are no files, the clock stands still, and random numbers are not random. What a program prints is lost.
 */
#include <stdint.h>
#include <string.h>

#include "program.h"

enum { SUCCESS = 0, BAD_DESCRIPTOR = 8, NOT_SUPPORTED = 58 };

void __wasm_call_ctors(void);

__attribute__((export_name("run"))) int64_t run(int32_t n) {
    static int ready;
    if (!ready) {
        ready = 1;
        __wasm_call_ctors();
    }
    return program(n);
}

void prose(char *out, size_t length, uint32_t seed) {
    static const char *const words[] = {
        "the ", "of ", "machine ", "code ", "and ", "a ", "stack ", "slot ", "to ", "in ", "memory ", "is ", "engine ", "that ", "call ",
        "branch ", "loop, ", "value. ", "returns ", "operand ", "with ", "fuel ", "table ", "for ", "image ", "trap\n", "module ", "as ",
    };
    size_t at = 0;
    while (at < length) {
        uint32_t random = next_random(&seed);
        /* The smaller of two numbers: early words are frequent, late ones are rare. */
        uint32_t first = random % 28, second = (random >> 8) % 28;
        const char *word = words[first < second ? first : second];
        size_t size = strlen(word);
        if (size > length - at) size = length - at;
        memcpy(out + at, word, size);
        at += size;
    }
}

#define WASI(name) __imported_wasi_snapshot_preview1_##name

/* A function of WASI that does nothing but fail. */
#define REFUSED(name, ...)                                                                                                                   \
    int32_t WASI(name)(__VA_ARGS__) {                                                                                                        \
        return NOT_SUPPORTED;                                                                                                                \
    }

REFUSED(fd_fdstat_get, int32_t, int32_t)
REFUSED(fd_fdstat_set_flags, int32_t, int32_t)
REFUSED(fd_prestat_dir_name, int32_t, int32_t, int32_t)
REFUSED(fd_read, int32_t, int32_t, int32_t, int32_t)
REFUSED(fd_renumber, int32_t, int32_t)
REFUSED(fd_seek, int32_t, int64_t, int32_t, int32_t)
REFUSED(path_open, int32_t, int32_t, int32_t, int32_t, int32_t, int64_t, int64_t, int32_t, int32_t)

/* In place of libc's: zig's calls WASI by a name of its own. */
int close(int descriptor) {
    (void)descriptor;
    return -1;
}

/* The end of the list of directories that are open from the start. */
int32_t WASI(fd_prestat_get)(int32_t descriptor, int32_t out) {
    (void)descriptor, (void)out;
    return BAD_DESCRIPTOR;
}

_Noreturn void WASI(proc_exit)(int32_t code) {
    (void)code;
    __builtin_trap();
}

int32_t WASI(fd_write)(int32_t descriptor, int32_t vectors, int32_t count, int32_t out) {
    const uint32_t *vector = (const uint32_t *)(uintptr_t)vectors;
    uint32_t written = 0;
    for (int32_t i = 0; i < count; i++) written += vector[2 * i + 1];
    *(uint32_t *)(uintptr_t)out = written;
    return descriptor > 2 ? BAD_DESCRIPTOR : SUCCESS;
}

int32_t WASI(clock_time_get)(int32_t clock, int64_t precision, int32_t out) {
    (void)clock, (void)precision;
    *(uint64_t *)(uintptr_t)out = 1700000000000000000u;
    return SUCCESS;
}

int32_t WASI(random_get)(int32_t out, int32_t length) {
    memset((void *)(uintptr_t)out, 7, (size_t)length);
    return SUCCESS;
}
