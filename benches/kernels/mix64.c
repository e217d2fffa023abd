/* 64-bit mixing: a hash, two generators and bit counting, all on i64 held in locals. */
#include "kernel.h"

static inline uint64_t rotate(uint64_t x, int by) {
    return x << by | x >> (64 - by);
}

static inline uint64_t avalanche(uint64_t x) {
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

KERNEL int64_t run(int32_t n) {
    uint64_t counter = 1, shifter = 0x2545f4914f6cdd1du, sum = 0, ones = 0;
    for (int32_t i = 0; i < n; i++) {
        counter += 0x9e3779b97f4a7c15u;
        shifter ^= shifter << 13;
        shifter ^= shifter >> 7;
        shifter ^= shifter << 17;
        uint64_t mixed = avalanche(counter) + rotate(shifter, 23);
        sum = rotate(sum ^ mixed, 41) * 5 + 0x52dce729;
        ones += (uint64_t)__builtin_popcountll(mixed);
    }
    return (int64_t)(sum ^ ones);
}
