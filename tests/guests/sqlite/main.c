/* SQLite as a command: runs SQL from standard input on a database in memory.
 *
 * usage: sqlite [--header] < statements
 *
 * Rows are printed as `a|b|c`, NULL as nothing. Exit code 0, or 1 after the first statement that fails, whose message
 * goes to standard error; nothing after it runs.
 *
 * SQLite is built for no operating system (SQLITE_OS_OTHER). It still wants a file layer for its clock and random
 * numbers, which is the second half of this file; no file can be opened through it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "sqlite3.h"

static char *read_all(FILE *from) {
    size_t capacity = 4096, length = 0;
    char *text = malloc(capacity);
    while (text) {
        length += fread(text + length, 1, capacity - length - 1, from);
        if (length < capacity - 1) {
            text[length] = 0;
            return text;
        }
        capacity *= 2;
        char *larger = realloc(text, capacity);
        if (!larger) free(text);
        text = larger;
    }
    return NULL;
}

static void print_header(sqlite3_stmt *statement) {
    for (int i = 0; i < sqlite3_column_count(statement); i++) {
        printf("%s%s", i ? "|" : "", sqlite3_column_name(statement, i));
    }
    putchar('\n');
}

static void print_row(sqlite3_stmt *statement) {
    for (int i = 0; i < sqlite3_column_count(statement); i++) {
        if (i) putchar('|');
        const unsigned char *text = sqlite3_column_text(statement, i);
        if (text) fwrite(text, 1, (size_t)sqlite3_column_bytes(statement, i), stdout);
    }
    putchar('\n');
}

/* Runs every statement of `sql`; returns SQLite's code for the first failure. */
static int run_all(sqlite3 *database, const char *sql, int header) {
    while (*sql) {
        sqlite3_stmt *statement;
        int code = sqlite3_prepare_v2(database, sql, -1, &statement, &sql);
        if (code != SQLITE_OK) return code;
        if (!statement) continue; /* a comment or white space */
        int named = !header;
        while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
            if (!named) print_header(statement);
            named = 1;
            print_row(statement);
        }
        if (code != SQLITE_DONE) {
            sqlite3_finalize(statement);
            return code;
        }
        sqlite3_finalize(statement);
    }
    return SQLITE_OK;
}

int main(int argc, char **argv) {
    int header = argc > 1 && strcmp(argv[1], "--header") == 0;
    char *sql = read_all(stdin);
    sqlite3 *database;
    if (!sql || sqlite3_open(":memory:", &database) != SQLITE_OK) {
        fputs("sqlite: cannot open a database\n", stderr);
        return 4;
    }
    int code = run_all(database, sql, header);
    if (code != SQLITE_OK) {
        fflush(stdout);
        fprintf(stderr, "error %d: %s\n", code, sqlite3_errmsg(database));
    }
    free(sql);
    sqlite3_close(database);
    return code != SQLITE_OK;
}

/* The layer below SQLite. */

static int no_file(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *file, int flags, int *out) {
    (void)vfs, (void)name, (void)flags, (void)out;
    file->pMethods = NULL;
    return SQLITE_CANTOPEN;
}

static int no_delete(sqlite3_vfs *vfs, const char *name, int sync) {
    (void)vfs, (void)name, (void)sync;
    return SQLITE_IOERR_DELETE;
}

static int never_there(sqlite3_vfs *vfs, const char *name, int flags, int *out) {
    (void)vfs, (void)name, (void)flags;
    *out = 0;
    return SQLITE_OK;
}

static int same_name(sqlite3_vfs *vfs, const char *name, int size, char *out) {
    (void)vfs;
    sqlite3_snprintf(size, out, "%s", name);
    return SQLITE_OK;
}

static int random_bytes(sqlite3_vfs *vfs, int size, char *out) {
    (void)vfs;
    return getentropy(out, (size_t)size) == 0 ? size : 0;
}

static int no_sleep(sqlite3_vfs *vfs, int microseconds) {
    (void)vfs;
    return microseconds;
}

/* Milliseconds since the start of the Julian calendar. */
static int julian_time(sqlite3_vfs *vfs, sqlite3_int64 *out) {
    (void)vfs;
    *out = 210866760000000 + (sqlite3_int64)time(NULL) * 1000;
    return SQLITE_OK;
}

static int julian_days(sqlite3_vfs *vfs, double *out) {
    sqlite3_int64 milliseconds;
    julian_time(vfs, &milliseconds);
    *out = (double)milliseconds / 86400000.0;
    return SQLITE_OK;
}

static int no_error(sqlite3_vfs *vfs, int size, char *out) {
    (void)vfs, (void)size, (void)out;
    return 0;
}

int sqlite3_os_init(void) {
    static sqlite3_vfs nothing = {
        .iVersion = 2,
        .szOsFile = sizeof(sqlite3_file),
        .mxPathname = 64,
        .zName = "nothing",
        .xOpen = no_file,
        .xDelete = no_delete,
        .xAccess = never_there,
        .xFullPathname = same_name,
        .xRandomness = random_bytes,
        .xSleep = no_sleep,
        .xCurrentTime = julian_days,
        .xGetLastError = no_error,
        .xCurrentTimeInt64 = julian_time,
    };
    return sqlite3_vfs_register(&nothing, 1);
}

int sqlite3_os_end(void) {
    return SQLITE_OK;
}
