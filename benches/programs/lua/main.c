/* Lua: the scripts of scripts/ in turn, each in a fresh state, n in all. A script returns a string, which is the checksum's food.
 *
 * Errors that a script would have to catch cannot be thrown here, for WebAssembly without exceptions has no longjmp (build.sh says how
 * Lua is told so): no script raises one or yields.
 */
#include <stdlib.h>

#include "../program.h"
#include "lauxlib.h"
#include "lualib.h"

struct script {
    const char *name, *text;
    size_t length;
};

#define SCRIPT(name)                                                                                                                         \
    static const char name[] = {
#define END                                                                                                                                  \
    };

SCRIPT(queens)
#embed "scripts/queens.lua"
END
SCRIPT(words)
#embed "scripts/words.lua"
END
SCRIPT(objects)
#embed "scripts/objects.lua"
END
SCRIPT(sieve)
#embed "scripts/sieve.lua"
END
SCRIPT(numeric)
#embed "scripts/numeric.lua"
END

static const struct script scripts[] = {
    {"queens", queens, sizeof queens},    {"words", words, sizeof words},       {"objects", objects, sizeof objects},
    {"sieve", sieve, sizeof sieve},       {"numeric", numeric, sizeof numeric},
};

static void open_libraries(lua_State *lua) {
    static const luaL_Reg libraries[] = {
        {LUA_GNAME, luaopen_base}, {LUA_TABLIBNAME, luaopen_table}, {LUA_STRLIBNAME, luaopen_string}, {LUA_MATHLIBNAME, luaopen_math},
    };
    for (size_t i = 0; i < sizeof libraries / sizeof *libraries; i++) {
        luaL_requiref(lua, libraries[i].name, libraries[i].func, 1);
        lua_pop(lua, 1);
    }
}

static uint64_t run_script(const struct script *script, uint64_t sum) {
    lua_State *lua = luaL_newstate();
    size_t length;
    if (!lua) abort();
    open_libraries(lua);
    if (luaL_loadbuffer(lua, script->text, script->length, script->name) != LUA_OK) abort();
    lua_call(lua, 0, 1);
    const char *result = lua_tolstring(lua, -1, &length);
    if (!result) abort();
    sum = fold(sum, result, length);
    lua_close(lua);
    return sum;
}

int64_t program(int32_t n) {
    uint64_t sum = 0;
    for (int32_t i = 0; i < n; i++) {
        sum = run_script(&scripts[(size_t)i % (sizeof scripts / sizeof *scripts)], sum);
    }
    return (int64_t)sum;
}
