/* The largest singular value of an n by n matrix that is computed, never stored: f64 and i32 mixed, divisions. */
#include "kernel.h"

enum { MAX = 1024, STEPS = 4 };
static double u[MAX], v[MAX], w[MAX];

static NOINLINE double element(int32_t i, int32_t j) {
    int32_t diagonal = i + j;
    return 1.0 / (double)(diagonal * (diagonal + 1) / 2 + i + 1);
}

static void times(const double *in, double *out, int32_t n) {
    for (int32_t i = 0; i < n; i++) {
        double sum = 0.0;
        for (int32_t j = 0; j < n; j++) sum += element(i, j) * in[j];
        out[i] = sum;
    }
}

static void times_transposed(const double *in, double *out, int32_t n) {
    for (int32_t i = 0; i < n; i++) {
        double sum = 0.0;
        for (int32_t j = 0; j < n; j++) sum += element(j, i) * in[j];
        out[i] = sum;
    }
}

KERNEL int64_t run(int32_t n) {
    if (n > MAX) n = MAX;
    for (int32_t i = 0; i < n; i++) u[i] = 1.0;
    for (int step = 0; step < STEPS; step++) {
        times(u, w, n);
        times_transposed(w, v, n);
        times(v, w, n);
        times_transposed(w, u, n);
    }
    double uv = 0.0, vv = 0.0;
    for (int32_t i = 0; i < n; i++) {
        uv += u[i] * v[i];
        vv += v[i] * v[i];
    }
    return (int64_t)bits_of(__builtin_sqrt(uv / vv));
}
