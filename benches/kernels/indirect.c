/* Calls through a table of functions, the target chosen by data: `call_indirect` and its type check. */
#include "kernel.h"

typedef uint32_t (*step)(uint32_t, uint32_t);

static uint32_t add(uint32_t a, uint32_t b) { return a + b; }
static uint32_t subtract(uint32_t a, uint32_t b) { return a - b; }
static uint32_t exclusive(uint32_t a, uint32_t b) { return a ^ b; }
static uint32_t multiply(uint32_t a, uint32_t b) { return a * (b | 1); }
static uint32_t turn(uint32_t a, uint32_t b) { return a << (b & 31) | a >> (-b & 31); }
static uint32_t average(uint32_t a, uint32_t b) { return (a & b) + ((a ^ b) >> 1); }
static uint32_t larger(uint32_t a, uint32_t b) { return a > b ? a : b; }
static uint32_t scatter(uint32_t a, uint32_t b) { return (a ^ a >> 15) * 0x2c1b3c6du + b; }

static const step steps[8] = {add, subtract, exclusive, multiply, turn, average, larger, scatter};

KERNEL int64_t run(int32_t n) {
    uint32_t value = 1, seed = 17;
    for (int32_t i = 0; i < n; i++) {
        seed = seed * 1664525u + 1013904223u;
        value = steps[seed >> 29](value, seed);
    }
    return (int64_t)value;
}
