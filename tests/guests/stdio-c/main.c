/* Statistics of named series: what an ordinary C program asks of its library (formatted input and output, heap,
 * sorting through a callback) compiled to WebAssembly.
 *
 * usage: stdio-c [name|mean|count] < "name number number ..." lines; lines starting with # are ignored
 * exit:  0, or 3 when a line could not be understood (the others are still reported)
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct series {
    char *name;
    double *values;
    size_t count, capacity;
    double mean, deviation, median;
};

static struct series *all;
static size_t series_count;

static void *need(void *memory) {
    if (!memory) {
        fputs("stdio-c: out of memory\n", stderr);
        exit(4);
    }
    return memory;
}

static struct series *series_named(const char *name) {
    for (size_t i = 0; i < series_count; i++) {
        if (strcmp(all[i].name, name) == 0) return &all[i];
    }
    all = need(realloc(all, (series_count + 1) * sizeof *all));
    struct series *fresh = &all[series_count++];
    *fresh = (struct series){.name = need(strdup(name))};
    return fresh;
}

static void push(struct series *s, double value) {
    if (s->count == s->capacity) {
        s->capacity = s->capacity ? s->capacity * 2 : 2;
        s->values = need(realloc(s->values, s->capacity * sizeof *s->values));
    }
    s->values[s->count++] = value;
}

static int read_line(char *line) {
    char *name = strtok(line, " \t\n");
    if (!name || name[0] == '#') return 1;
    struct series *s = series_named(name);
    for (char *word; (word = strtok(NULL, " \t\n"));) {
        char *end;
        errno = 0;
        double value = strtod(word, &end);
        if (*end || errno == ERANGE) return 0;
        push(s, value);
    }
    return 1;
}

static int by_value(const void *left, const void *right) {
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static int by_name(const void *left, const void *right) {
    return strcmp(((const struct series *)left)->name, ((const struct series *)right)->name);
}

static int by_mean(const void *left, const void *right) {
    return by_value(&((const struct series *)left)->mean, &((const struct series *)right)->mean);
}

static int by_count(const void *left, const void *right) {
    size_t a = ((const struct series *)left)->count, b = ((const struct series *)right)->count;
    return a == b ? by_name(left, right) : (a < b) - (a > b);
}

static void summarise(struct series *s) {
    double sum = 0, squares = 0;
    for (size_t i = 0; i < s->count; i++) sum += s->values[i];
    s->mean = sum / (double)s->count;
    for (size_t i = 0; i < s->count; i++) squares += (s->values[i] - s->mean) * (s->values[i] - s->mean);
    s->deviation = sqrt(squares / (double)s->count);
    qsort(s->values, s->count, sizeof *s->values, by_value);
    if (s->count) s->median = (s->values[(s->count - 1) / 2] + s->values[s->count / 2]) / 2;
}

/* WebAssembly leaves the sign of a computed NaN open, and printf shows it. */
static double settled(double value) {
    return isnan(value) ? (double)NAN : value;
}

static void print(const struct series *s) {
    printf("%-12.10s|%4zu|%12.4f|%+.3e|%-10.7g|", s->name, s->count, settled(s->mean), settled(s->deviation),
           settled(s->median));
    for (size_t i = 0; i < s->count && i < 4; i++) printf("%s%a", i ? " " : "", s->values[i]);
    double scaled = fabs(s->mean) * 16;
    printf("|%08.3f|%#x\n", s->count ? s->values[s->count - 1] : 0.0, scaled < 4e9 ? (unsigned)scaled : 0);
}

int main(int argc, char **argv) {
    int (*order)(const void *, const void *) = by_name;
    if (argc > 1) {
        if (strcmp(argv[1], "mean") == 0) order = by_mean;
        else if (strcmp(argv[1], "count") == 0) order = by_count;
        else if (strcmp(argv[1], "name") != 0) {
            fprintf(stderr, "stdio-c: cannot sort by %s\n", argv[1]);
            return 2;
        }
    }
    static char line[4096];
    int number = 0, bad = 0;
    while (fgets(line, sizeof line, stdin)) {
        number++;
        if (!read_line(line)) {
            fprintf(stderr, "stdio-c: line %d is not a name and numbers\n", number);
            bad++;
        }
    }
    for (size_t i = 0; i < series_count; i++) summarise(&all[i]);
    qsort(all, series_count, sizeof *all, order);
    for (size_t i = 0; i < series_count; i++) print(&all[i]);
    printf("%zu series from %d lines, %d bad\n", series_count, number, bad);
    for (size_t i = 0; i < series_count; i++) {
        free(all[i].name);
        free(all[i].values);
    }
    free(all);
    return bad ? 3 : 0;
}
