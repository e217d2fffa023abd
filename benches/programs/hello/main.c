/* A greeting: the start-up of a small C program, with the formatting that such programs bring along. */
#include <stdio.h>

#include "../program.h"

int64_t program(int32_t n) {
    char text[96];
    int length = snprintf(text, sizeof text, "hello, world number %d of %.3f\n", (int)n, n * 0.5);
    return (int64_t)fold(0, text, (size_t)length);
}
