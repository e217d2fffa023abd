/* The Mandelbrot set on an n by n grid, at most 64 steps a point: f64 in registers, a data-dependent exit. */
#include "kernel.h"

enum { STEPS = 64 };

static uint32_t escape_time(double cr, double ci) {
    double zr = 0.0, zi = 0.0;
    uint32_t step = 0;
    while (step < STEPS) {
        double rr = zr * zr, ii = zi * zi;
        if (rr + ii > 4.0) break;
        zi = 2.0 * zr * zi + ci;
        zr = rr - ii + cr;
        step++;
    }
    return step;
}

KERNEL int64_t run(int32_t n) {
    uint64_t sum = 0;
    for (int32_t y = 0; y < n; y++) {
        double ci = 2.0 * (double)y / (double)n - 1.0;
        uint32_t row = 0;
        for (int32_t x = 0; x < n; x++) row = row * 31 + escape_time(3.0 * (double)x / (double)n - 2.0, ci);
        sum = fold(sum, row);
    }
    return (int64_t)sum;
}
