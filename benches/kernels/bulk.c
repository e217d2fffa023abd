/* Copies and fills of 16 bytes to 8 KiB, overlapping ones too: `memory.copy` and `memory.fill`. */
#include "kernel.h"

enum { SIZE = 65536, LARGEST = 8192 };
static uint8_t arena[SIZE];

KERNEL int64_t run(int32_t n) {
    uint32_t seed = 29;
    uint64_t sum = 0;
    for (int i = 0; i < SIZE; i++) arena[i] = (uint8_t)next_random(&seed);
    for (int32_t i = 0; i < n; i++) {
        /* Sizes are spread evenly over the powers of two, so small ones are as frequent as large ones. */
        uint32_t length = (16u << next_random(&seed) % 9) + next_random(&seed) % 16;
        uint32_t from = next_random(&seed) % (SIZE - LARGEST), to = next_random(&seed) % (SIZE - LARGEST);
        if (length > LARGEST) length = LARGEST;
        if (i % 4 == 3) {
            __builtin_memset(&arena[to], i & 0xff, length);
            arena[to + length / 2] = (uint8_t)(seed >> 9);
        } else {
            __builtin_memmove(&arena[to], &arena[from], length);
        }
        sum = fold(sum, (uint64_t)arena[to] << 8 | arena[to + length - 1]);
    }
    return (int64_t)sum;
}
