/* What every kernel shares.
 *
 * A kernel is one file that defines `int64_t run(int32_t n)`: it does an amount of work set by `n`, starting from
 * the same state each time, and returns a checksum of everything it computed. No libc, no allocation, no SIMD. The
 * same file is compiled to WebAssembly (build.sh) and natively (../build.rs, which passes -DKERNEL_NAME=kernel_x).
 */
#ifndef KERNEL_H
#define KERNEL_H

#include <stdint.h>

#ifdef __wasm__
#define KERNEL __attribute__((export_name("run")))
#else
#define KERNEL
#endif

#ifdef KERNEL_NAME
#define run KERNEL_NAME
#endif

int64_t run(int32_t n);

#define NOINLINE __attribute__((noinline))

/* Folds one value into a running checksum. */
static inline uint64_t fold(uint64_t sum, uint64_t value) {
    sum = (sum ^ value) * 0x9e3779b97f4a7c15u;
    return sum ^ (sum >> 29);
}

/* The bits of a double, so that a float result can be compared exactly. */
static inline uint64_t bits_of(double value) {
    union {
        double f;
        uint64_t u;
    } pun = {value};
    return pun.u;
}

/* A small linear congruential generator: good enough to fill arrays. */
static inline uint32_t next_random(uint32_t *state) {
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

#endif
