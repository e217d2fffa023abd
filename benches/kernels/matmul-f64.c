/* The product of two 96 by 96 f64 matrices, n times: multiply-add chains, one strided and one dense load. */
#include "kernel.h"

enum { SIZE = 96 };
static double a[SIZE][SIZE], b[SIZE][SIZE], c[SIZE][SIZE];

static void fill(void) {
    uint32_t seed = 1;
    for (int i = 0; i < SIZE; i++) {
        for (int j = 0; j < SIZE; j++) {
            a[i][j] = (double)(next_random(&seed) % 1024) / 256;
            b[i][j] = (double)(next_random(&seed) % 1024) / 512;
        }
    }
}

static void multiply(void) {
    for (int i = 0; i < SIZE; i++) {
        for (int j = 0; j < SIZE; j++) {
            double sum = 0;
            for (int k = 0; k < SIZE; k++) sum += a[i][k] * b[k][j];
            c[i][j] = sum;
        }
    }
}

KERNEL int64_t run(int32_t n) {
    uint64_t sum = 0;
    fill();
    for (int32_t round = 0; round < n; round++) {
        multiply();
        int row = round % SIZE;
        sum = fold(sum, bits_of(c[row][SIZE - 1 - row]));
        a[row][row] = c[row][0] / 4096;
    }
    return (int64_t)sum;
}
