/* Quicksort of 16,384 integers, n times with fresh data: compares, swaps, unpredictable branches, recursion. */
#include "kernel.h"

enum { SIZE = 16384, SMALL = 12 };
static int32_t values[SIZE];

static void insertion_sort(int32_t low, int32_t high) {
    for (int32_t i = low + 1; i <= high; i++) {
        int32_t value = values[i], j = i;
        while (j > low && values[j - 1] > value) {
            values[j] = values[j - 1];
            j--;
        }
        values[j] = value;
    }
}

static int32_t partition(int32_t low, int32_t high) {
    int32_t pivot = values[low + (high - low) / 2];
    int32_t i = low - 1, j = high + 1;
    for (;;) {
        do i++; while (values[i] < pivot);
        do j--; while (values[j] > pivot);
        if (i >= j) return j;
        int32_t kept = values[i];
        values[i] = values[j];
        values[j] = kept;
    }
}

static void quicksort(int32_t low, int32_t high) {
    while (high - low >= SMALL) {
        int32_t middle = partition(low, high);
        if (middle - low < high - middle) {
            quicksort(low, middle);
            low = middle + 1;
        } else {
            quicksort(middle + 1, high);
            high = middle;
        }
    }
    insertion_sort(low, high);
}

KERNEL int64_t run(int32_t n) {
    uint32_t seed = 11;
    uint64_t sum = 0;
    for (int32_t round = 0; round < n; round++) {
        for (int i = 0; i < SIZE; i++) values[i] = (int32_t)(next_random(&seed) - (1u << 23));
        quicksort(0, SIZE - 1);
        for (int i = 1; i < SIZE; i++) {
            if (values[i - 1] > values[i]) return -1;
        }
        sum = fold(sum, (uint64_t)(int64_t)values[(round * 4099) & (SIZE - 1)]);
    }
    return (int64_t)sum;
}
