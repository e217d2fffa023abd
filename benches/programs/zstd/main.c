/* zstd: 192 KiB of text and of binary records through levels 1, 3 and 9 and back; n round trips. */
#include <stdlib.h>
#include <string.h>

#include "../program.h"
#include "zstd.h"

enum { SIZE = 192 * 1024 };

/* Records with a counter, a slowly changing value and noise. */
static void records(char *out) {
    uint32_t seed = 9, value = 1000;
    for (uint32_t i = 0; i < SIZE / 16; i++) {
        value += next_random(&seed) % 7 - 3;
        uint32_t record[4] = {i, value, next_random(&seed) & 0xff, 0xabcd0000u | (i & 15)};
        memcpy(out + 16 * i, record, 16);
    }
}

static uint64_t round_trip(const char *input, int level, uint64_t sum) {
    size_t bound = ZSTD_compressBound(SIZE);
    char *packed = malloc(bound), *back = malloc(SIZE);
    if (!packed || !back) abort();
    size_t size = ZSTD_compress(packed, bound, input, SIZE, level);
    if (ZSTD_isError(size) || ZSTD_decompress(back, SIZE, packed, size) != SIZE) abort();
    if (memcmp(input, back, SIZE) != 0) abort();
    sum = fold(sum, packed, size);
    free(packed);
    free(back);
    return sum;
}

int64_t program(int32_t n) {
    static char text[SIZE], binary[SIZE];
    uint64_t sum = 0;
    prose(text, SIZE, 5);
    records(binary);
    for (int32_t i = 0; i < n; i++) {
        static const int levels[] = {1, 1, 3, 3, 9, 9};
        sum = round_trip(i % 2 == 0 ? text : binary, levels[i % 6], sum);
    }
    return (int64_t)sum;
}
