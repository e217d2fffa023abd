/* SHA-256 of n kibibytes: i32 rotations, shifts, logic and additions in long straight lines. */
#include "kernel.h"

static uint32_t state[8];
static uint8_t block[64];
static uint32_t constants[64];

/* The round constants are the first 32 fraction bits of the cube roots of the first 64 primes. */
static uint32_t cube_root_fraction(uint32_t prime) {
    /* The largest r with r^3 <= prime * 2^96, r below 2^35, found bit by bit on 128-bit products cut to 64 bits. */
    uint64_t root = 0;
    for (int bit = 34; bit >= 0; bit--) {
        uint64_t r = root | (uint64_t)1 << bit;
        uint64_t low = r & 0xffffffffu, high = r >> 32;
        uint64_t sq0 = low * low, sq1 = 2 * low * high + (sq0 >> 32);
        uint64_t s0 = sq0 & 0xffffffffu, s1 = sq1 & 0xffffffffu, s2 = high * high + (sq1 >> 32);
        uint64_t c0 = s0 * low, c1 = s0 * high + (c0 >> 32);
        uint64_t d1 = s1 * low + (c1 & 0xffffffffu);
        uint64_t c2 = s1 * high + s2 * low + (c1 >> 32) + (d1 >> 32);
        uint64_t c3 = s2 * high + (c2 >> 32);
        if (c3 < prime) root = r;
    }
    return (uint32_t)root;
}

static void make_constants(void) {
    uint32_t prime = 2;
    for (int i = 0; i < 64; prime++) {
        uint32_t divisor = 2;
        while (prime % divisor) divisor++;
        if (divisor == prime) constants[i++] = cube_root_fraction(prime);
    }
}

static inline uint32_t rotate(uint32_t x, int by) {
    return x >> by | x << (32 - by);
}

static void compress(void) {
    uint32_t w[64];
    for (int i = 0; i < 16; i++) {
        const uint8_t *p = &block[4 * i];
        w[i] = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
    }
    for (int i = 16; i < 64; i++) {
        uint32_t s0 = rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ w[i - 15] >> 3;
        uint32_t s1 = rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ w[i - 2] >> 10;
        w[i] = w[i - 16] + s0 + w[i - 7] + s1;
    }
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
    uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
    for (int i = 0; i < 64; i++) {
        uint32_t s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
        uint32_t t1 = h + s1 + ((e & f) ^ (~e & g)) + constants[i] + w[i];
        uint32_t s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
        uint32_t t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));
        h = g, g = f, f = e, e = d + t1, d = c, c = b, b = a, a = t1 + t2;
    }
    state[0] += a, state[1] += b, state[2] += c, state[3] += d;
    state[4] += e, state[5] += f, state[6] += g, state[7] += h;
}

static void start(void) {
    static const uint32_t initial[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                        0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    for (int i = 0; i < 8; i++) state[i] = initial[i];
}

KERNEL int64_t run(int32_t n) {
    uint32_t seed = 3;
    make_constants();
    start();
    for (int32_t i = 0; i < n * 16; i++) {
        for (int j = 0; j < 64; j++) block[j] = (uint8_t)next_random(&seed);
        compress();
    }
    /* The closing block: the 0x80 mark, zeros, the length in bits. */
    uint64_t length = (uint64_t)(uint32_t)n * 8192;
    for (int j = 0; j < 64; j++) block[j] = j < 56 ? 0 : (uint8_t)(length >> (8 * (63 - j)));
    block[0] = 0x80;
    compress();
    return (int64_t)((uint64_t)state[0] << 32 | state[1]);
}
