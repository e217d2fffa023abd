/* The sieve of Eratosthenes over 64 KiB of flags, n times: byte stores with a stride, short loops. */
#include "kernel.h"

enum { LIMIT = 65536 };
static uint8_t composite[LIMIT];

static uint32_t count_primes(uint32_t limit) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < limit; i++) composite[i] = 0;
    for (uint32_t i = 2; i < limit; i++) {
        if (composite[i]) continue;
        count++;
        for (uint32_t j = i + i; j < limit; j += i) composite[j] = 1;
    }
    return count;
}

KERNEL int64_t run(int32_t n) {
    uint64_t sum = 0;
    for (int32_t round = 0; round < n; round++) sum = fold(sum, count_primes(LIMIT - (uint32_t)round % 1024));
    return (int64_t)sum;
}
