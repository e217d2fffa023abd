/* What the programs in C share.
 *
 * A program defines `int64_t program(int32_t n)`: an amount of work set by `n`, the same whenever it is called, with a checksum
 * of everything it computed. `alone.c` exports it as `run`, the contract of the kernels.
 */
#ifndef PROGRAM_H
#define PROGRAM_H

#include <stddef.h>
#include <stdint.h>

int64_t program(int32_t n);

/* Folds bytes into a running checksum. */
static inline uint64_t fold(uint64_t sum, const void *bytes, size_t length) {
    const unsigned char *byte = bytes;
    for (size_t i = 0; i < length; i++) {
        sum = (sum ^ byte[i]) * 0x100000001b3u;
    }
    return sum;
}

/* A small linear congruential generator. */
static inline uint32_t next_random(uint32_t *state) {
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

/* Fills `length` bytes with text of words that repeat the way words of prose do. */
void prose(char *out, size_t length, uint32_t seed);

#endif
