/* CRC-32 of a 16 KiB buffer, n times, a byte at a time through a table: a chain of dependent loads. */
#include "kernel.h"

enum { SIZE = 16384 };
static uint32_t table[256];
static uint8_t buffer[SIZE];

static void make_table(void) {
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t value = i;
        for (int bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320u ^ value >> 1 : value >> 1;
        table[i] = value;
    }
}

static uint32_t crc(uint32_t value, const uint8_t *bytes, uint32_t length) {
    value = ~value;
    for (uint32_t i = 0; i < length; i++) value = table[(value ^ bytes[i]) & 0xff] ^ value >> 8;
    return ~value;
}

KERNEL int64_t run(int32_t n) {
    uint32_t seed = 5, value = 0;
    make_table();
    for (uint32_t i = 0; i < SIZE; i++) buffer[i] = (uint8_t)next_random(&seed);
    for (int32_t round = 0; round < n; round++) value = crc(value, buffer, SIZE);
    return (int64_t)value;
}
