/* Counts words in 32 KiB of generated text, n rounds, by naive search and by Boyer-Moore-Horspool: byte loads. */
#include "kernel.h"

enum { SIZE = 32768, WORDS = 6 };
static uint8_t text[SIZE];
static int32_t skip[256];

static const char *const words[WORDS] = {"ermine", "an", "stoat", "nonsense", "tea", "eat in state"};

static int32_t length_of(const char *word) {
    int32_t length = 0;
    while (word[length]) length++;
    return length;
}

static void make_text(void) {
    static const char letters[] = "aeinorst enmtas  eo";
    uint32_t seed = 23;
    for (int i = 0; i < SIZE; i++) text[i] = (uint8_t)letters[next_random(&seed) % (sizeof letters - 1)];
    for (int word = 0; word < WORDS; word++) {
        for (int copy = 0; copy < 20; copy++) {
            uint32_t at = next_random(&seed) % (SIZE - 32);
            for (int32_t i = 0; words[word][i]; i++) text[at + (uint32_t)i] = (uint8_t)words[word][i];
        }
    }
}

static uint32_t count_naive(const char *word, int32_t length) {
    uint32_t found = 0;
    for (int32_t i = 0; i <= SIZE - length; i++) {
        int32_t j = 0;
        while (j < length && text[i + j] == (uint8_t)word[j]) j++;
        found += j == length;
    }
    return found;
}

static uint32_t count_horspool(const char *word, int32_t length) {
    uint32_t found = 0;
    for (int i = 0; i < 256; i++) skip[i] = length;
    for (int32_t i = 0; i < length - 1; i++) skip[(uint8_t)word[i]] = length - 1 - i;
    for (int32_t at = 0; at <= SIZE - length; at += skip[text[at + length - 1]]) {
        int32_t j = length - 1;
        while (j >= 0 && text[at + j] == (uint8_t)word[j]) j--;
        found += j < 0;
    }
    return found;
}

KERNEL int64_t run(int32_t n) {
    uint64_t sum = 0;
    make_text();
    for (int32_t round = 0; round < n; round++) {
        for (int word = 0; word < WORDS; word++) {
            int32_t length = length_of(words[word]);
            uint32_t naive = count_naive(words[word], length), fast = count_horspool(words[word], length);
            if (naive != fast) return -1;
            sum = fold(sum, (uint64_t)naive << 32 | fast);
        }
        text[(round * 977) & (SIZE - 1)] ^= 1;
    }
    return (int64_t)sum;
}
