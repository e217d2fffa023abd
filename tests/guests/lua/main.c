/* Lua as a command: runs one script.
 *
 * usage: lua [FILE [ARGUMENTS...]]     (the script is read from standard input if there is no FILE, or it is `-`)
 *
 * The script finds its arguments in `arg` and `...`. Exit code 0, 1 after an error, which is printed with its traceback on
 * standard error, or what `os.exit` says. An error ends the program even below `pcall`: wasi/config.h says why.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lauxlib.h"
#include "lua.h"
#include "lualib.h"

/* Ends the program instead of going back to the nearest protected call. */
_Noreturn void throw_away(lua_State *state, int status) {
    const char *message = status == LUA_YIELD ? "coroutines cannot yield in this build" : luaL_tolstring(state, -1, NULL);
    luaL_traceback(state, state, message, 0);
    fflush(stdout);
    fprintf(stderr, "lua: %s\n", lua_tostring(state, -1));
    exit(1);
}

/* There is no folder for files without a name. */
FILE *no_tmpfile(void) {
    return NULL;
}

/* The script is `arg[0]`, its arguments are above it. */
static void set_arg(lua_State *state, int argc, char **argv) {
    int script = argc > 1;
    lua_createtable(state, argc, 1);
    for (int i = 0; i < argc; i++) {
        lua_pushstring(state, argv[i]);
        lua_rawseti(state, -2, i - script);
    }
    lua_setglobal(state, "arg");
}

/* Loads the script and calls it with its arguments. Runs below a protected call, for Lua reports errors only there. */
static int run(lua_State *state) {
    int argc = (int)lua_tointeger(state, 1);
    char **argv = lua_touserdata(state, 2);
    const char *file = argc > 1 && strcmp(argv[1], "-") != 0 ? argv[1] : NULL;
    luaL_openlibs(state);
    set_arg(state, argc, argv);
    if (luaL_loadfile(state, file) != LUA_OK) lua_error(state);
    for (int i = 2; i < argc; i++) lua_pushstring(state, argv[i]);
    lua_call(state, argc > 2 ? argc - 2 : 0, 0);
    return 0;
}

int main(int argc, char **argv) {
    lua_State *state = luaL_newstate();
    if (!state) {
        fputs("lua: out of memory\n", stderr);
        return 4;
    }
    lua_pushcfunction(state, run);
    lua_pushinteger(state, argc);
    lua_pushlightuserdata(state, argv);
    lua_pcall(state, 2, 0, 0);
    lua_close(state);
    return 0;
}
