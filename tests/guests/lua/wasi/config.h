/* How Lua does on WASI preview 1 what it does with the C library elsewhere; included in front of each of its files.
 *
 * Without exceptions there is no way to leave several calls of C at once. So nothing is caught, and an error ends the
 * program: `throw_away`, in main.c, reports it first. A coroutine cannot yield either, for it leaves in the same way.
 */
#ifndef CONFIG_H
#define CONFIG_H

struct lua_State;
_Noreturn void throw_away(struct lua_State *state, int status);

#define luai_jmpbuf int
#define LUAI_TRY(L, c, a) { a }
#define LUAI_THROW(L, c) throw_away(L, (c)->status)

/* There are no signals, no processes to start, and no names for temporary files. */
#define l_signalT int
#define l_system(command) ((command) == NULL ? 0 : -1)
#define lua_tmpnam(buffer, failed) { failed = 1; }
#define tmpfile no_tmpfile

#endif
