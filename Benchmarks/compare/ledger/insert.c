/* Copies the rows of a ledger's table of calls into a table without any index, as fast as SQLite goes.
 * Prints the seconds of reading alone, and of reading and writing. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static void check(int code, sqlite3 *db) {
    if (code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ROW) return;
    fprintf(stderr, "%s\n", sqlite3_errmsg(db));
    exit(1);
}

int main(int argc, char **argv) {
    if (argc != 3) return 64;
    sqlite3 *from, *to;
    sqlite3_stmt *read, *insert, *schema;
    check(sqlite3_open_v2(argv[1], &from, SQLITE_OPEN_READONLY, 0), from);
    check(sqlite3_open(argv[2], &to), to);
    check(sqlite3_exec(to, "PRAGMA page_size=8192; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;", 0, 0, 0), to);
    check(sqlite3_prepare_v2(from, "SELECT sql FROM sqlite_master WHERE name = 'call'", -1, &schema, 0), from);
    check(sqlite3_step(schema), from);
    check(sqlite3_exec(to, (const char *)sqlite3_column_text(schema, 0), 0, 0, 0), to);
    check(sqlite3_prepare_v2(from, "SELECT * FROM call", -1, &read, 0), from);
    int columns = sqlite3_column_count(read);
    double start = now();
    long rows = 0;
    while (sqlite3_step(read) == SQLITE_ROW) {
        for (int c = 0; c < columns; c++) (void)sqlite3_column_value(read, c);
        rows++;
    }
    sqlite3_reset(read);
    double alone = now() - start;
    char sql[512] = "INSERT INTO call VALUES(?";
    char *end = sql + 25;
    for (int c = 1; c < columns; c++) end += sprintf(end, ",?");
    sprintf(end, ")");
    check(sqlite3_prepare_v2(to, sql, -1, &insert, 0), to);
    start = now();
    long number = 0;
    while (sqlite3_step(read) == SQLITE_ROW) {
        if (number % 4096 == 0) check(sqlite3_exec(to, number ? "COMMIT; BEGIN" : "BEGIN", 0, 0, 0), to);
        number++;
        for (int c = 0; c < columns; c++) sqlite3_bind_value(insert, c + 1, sqlite3_column_value(read, c));
        check(sqlite3_step(insert), to);
        sqlite3_reset(insert);
    }
    check(sqlite3_exec(to, "COMMIT; PRAGMA wal_checkpoint(TRUNCATE)", 0, 0, 0), to);
    printf("%ld %.3f %.3f\n", rows, alone, now() - start);
    return 0;
}
