/* SQLite as a command: runs SQL from standard input on a database.
 *
 * usage: sqlite [--header] [DATABASE] < statements     (the database is in memory if no file is named)
 *
 * Rows are printed as `a|b|c`, NULL as nothing. Exit code 0, or 1 after the first statement that fails, whose message
 * goes to standard error; nothing after it runs.
 *
 * Files are SQLite's own affair, in its layer for Unix: journals beside the database, and a directory as its lock.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
    const char *file = argc > 1 + header ? argv[1 + header] : ":memory:";
    char *sql = read_all(stdin);
    sqlite3 *database;
    if (!sql || sqlite3_open(file, &database) != SQLITE_OK) {
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
