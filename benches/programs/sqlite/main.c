/* SQLite: a database in memory with a mixed workload: inserts by prepared statements, an index, look-ups, joins with grouping,
 * window functions, updates, deletes, a recursive query, text functions. `n` rounds, each with a database of its own.
 */
#include <stdlib.h>
#include <string.h>

#include "../program.h"
#include "sqlite3.h"

static uint64_t sum;

static void check(sqlite3 *database, int code) {
    if (code != SQLITE_OK && code != SQLITE_ROW && code != SQLITE_DONE) abort();
    (void)database;
}

/* Runs statements; their rows go into the checksum. */
static void execute(sqlite3 *database, const char *sql) {
    while (*sql) {
        sqlite3_stmt *statement;
        int code = sqlite3_prepare_v2(database, sql, -1, &statement, &sql);
        check(database, code);
        if (!statement) continue;
        while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
            for (int i = 0; i < sqlite3_column_count(statement); i++) {
                const unsigned char *text = sqlite3_column_text(statement, i);
                if (text) sum = fold(sum, text, (size_t)sqlite3_column_bytes(statement, i));
            }
        }
        check(database, code);
        sqlite3_finalize(statement);
    }
}

static void fill(sqlite3 *database, int rows) {
    sqlite3_stmt *insert;
    uint32_t seed = 3;
    check(database, sqlite3_prepare_v2(database, "INSERT INTO item VALUES (?, ?, ?, ?)", -1, &insert, NULL));
    execute(database, "BEGIN");
    for (int i = 0; i < rows; i++) {
        char name[24];
        prose(name, sizeof name, next_random(&seed));
        sqlite3_bind_int(insert, 1, i);
        sqlite3_bind_int(insert, 2, (int)(next_random(&seed) % 40));
        sqlite3_bind_text(insert, 3, name, (int)sizeof name, SQLITE_TRANSIENT);
        sqlite3_bind_double(insert, 4, next_random(&seed) % 10000 / 8.0);
        check(database, sqlite3_step(insert));
        sqlite3_reset(insert);
    }
    execute(database, "COMMIT");
    sqlite3_finalize(insert);
}

static void look_up(sqlite3 *database, int times) {
    sqlite3_stmt *find;
    uint32_t seed = 11;
    check(database, sqlite3_prepare_v2(database, "SELECT name, price FROM item WHERE id = ?", -1, &find, NULL));
    for (int i = 0; i < times; i++) {
        sqlite3_bind_int(find, 1, (int)(next_random(&seed) % 1000));
        if (sqlite3_step(find) == SQLITE_ROW) sum = fold(sum, sqlite3_column_text(find, 0), (size_t)sqlite3_column_bytes(find, 0));
        sqlite3_reset(find);
    }
    sqlite3_finalize(find);
}

static const char schema[] =
    "CREATE TABLE item (id INTEGER PRIMARY KEY, kind INTEGER, name TEXT, price REAL);"
    "CREATE TABLE kind (id INTEGER PRIMARY KEY, label TEXT);"
    "WITH RECURSIVE i(x) AS (SELECT 0 UNION ALL SELECT x + 1 FROM i WHERE x < 39) INSERT INTO kind SELECT x, 'kind ' || x FROM i;";

static const char queries[] =
    "CREATE INDEX by_kind ON item (kind, price);"
    "SELECT label, count(*), sum(price), max(name) FROM item JOIN kind ON kind.id = item.kind GROUP BY label ORDER BY 3 DESC LIMIT 12;"
    "SELECT id, rank() OVER (PARTITION BY kind ORDER BY price DESC, id) AS place FROM item WHERE kind < 8 ORDER BY place, id LIMIT 40;"
    "SELECT upper(substr(name, 1, 8)), length(replace(name, 'e', '__')) FROM item WHERE name LIKE '%stack%' ORDER BY name LIMIT 25;"
    "UPDATE item SET price = price * 1.25, name = name || '!' WHERE kind % 3 = 1;"
    "DELETE FROM item WHERE price < 100 AND id % 2 = 0;"
    "SELECT a.id, b.id FROM item a JOIN item b ON a.kind = b.kind AND a.price < b.price AND b.id = a.id + 40 ORDER BY 1 LIMIT 30;"
    "WITH RECURSIVE path(x, way) AS (SELECT 27, '27' UNION ALL SELECT CASE x % 2 WHEN 0 THEN x / 2 ELSE 3 * x + 1 END, way || ',' || x"
    " FROM path WHERE x > 1) SELECT count(*), max(length(way)) FROM path;"
    "SELECT kind, printf('%.3f', avg(price)), group_concat(id % 10, '') FROM item WHERE kind > 20 GROUP BY kind ORDER BY kind;";

int64_t program(int32_t n) {
    sum = 0;
    for (int32_t i = 0; i < n; i++) {
        sqlite3 *database;
        if (sqlite3_open(":memory:", &database) != SQLITE_OK) abort();
        execute(database, schema);
        fill(database, 1000);
        look_up(database, 600);
        execute(database, queries);
        sqlite3_close(database);
    }
    return (int64_t)sum;
}

/* SQLite is built for no operating system; it still asks for a file layer, and gets one that opens nothing. */

static int no_file(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *file, int flags, int *out) {
    (void)vfs, (void)name, (void)flags, (void)out;
    file->pMethods = NULL;
    return SQLITE_CANTOPEN;
}

static int not_random(sqlite3_vfs *vfs, int size, char *out) {
    (void)vfs;
    memset(out, 7, (size_t)size);
    return size;
}

static int no_time(sqlite3_vfs *vfs, sqlite3_int64 *out) {
    (void)vfs;
    *out = 212567328000000;
    return SQLITE_OK;
}

int sqlite3_os_init(void) {
    static sqlite3_vfs nothing = {
        .iVersion = 2,
        .szOsFile = sizeof(sqlite3_file),
        .mxPathname = 64,
        .zName = "nothing",
        .xOpen = no_file,
        .xRandomness = not_random,
        .xCurrentTimeInt64 = no_time,
    };
    return sqlite3_vfs_register(&nothing, 1);
}

int sqlite3_os_end(void) {
    return SQLITE_OK;
}
