/* Recursive Fibonacci: direct calls and returns, little else. */
#include "kernel.h"

static NOINLINE uint32_t fib(uint32_t n) {
    return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

KERNEL int64_t run(int32_t n) {
    return (int64_t)fib((uint32_t)n);
}
