/* bzip2: 96 KiB of text through the Burrows-Wheeler transform and Huffman codes, and back. */
#include <stdlib.h>
#include <string.h>

#include "../program.h"
#include "bzlib.h"

enum { SIZE = 96 * 1024, BOUND = SIZE + SIZE / 100 + 600 };

int64_t program(int32_t n) {
    static char text[SIZE], packed[BOUND], back[SIZE];
    uint64_t sum = 0;
    for (int32_t i = 0; i < n; i++) {
        unsigned size = BOUND, length = SIZE;
        prose(text, SIZE, (uint32_t)i + 1);
        if (BZ2_bzBuffToBuffCompress(packed, &size, text, SIZE, 9, 0, 30) != BZ_OK) abort();
        if (BZ2_bzBuffToBuffDecompress(back, &length, packed, size, 0, 0) != BZ_OK) abort();
        if (length != SIZE || memcmp(text, back, SIZE) != 0) abort();
        sum = fold(sum, packed, size);
    }
    return (int64_t)sum;
}

/* bzip2 without stdio calls this when its own state is broken. */
void bz_internal_error(int code) {
    (void)code;
    abort();
}
