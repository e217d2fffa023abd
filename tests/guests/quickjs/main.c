/* QuickJS as a command: evaluates one script.
 *
 * usage: quickjs [-e SOURCE] [ARGUMENTS...]     (the source is read from standard input without -e)
 *
 * The script sees `print`, `console.log` and `scriptArgs`. Exit code 0, or 1 after an exception nobody caught, which
 * is printed with its stack on standard error. On WASI QuickJS does not limit recursion: a script without end runs out of
 * the engine's stack or of its own, and traps.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "quickjs.h"

static char *read_all(FILE *from, size_t *length) {
    size_t capacity = 4096;
    char *text = malloc(capacity);
    *length = 0;
    while (text) {
        *length += fread(text + *length, 1, capacity - *length - 1, from);
        if (*length < capacity - 1) {
            text[*length] = 0;
            return text;
        }
        capacity *= 2;
        char *larger = realloc(text, capacity);
        if (!larger) free(text);
        text = larger;
    }
    return NULL;
}

static JSValue print(JSContext *context, JSValueConst self, int count, JSValueConst *values) {
    (void)self;
    for (int i = 0; i < count; i++) {
        size_t length;
        const char *text = JS_ToCStringLen(context, &length, values[i]);
        if (!text) return JS_EXCEPTION;
        if (i) putchar(' ');
        fwrite(text, 1, length, stdout);
        JS_FreeCString(context, text);
    }
    putchar('\n');
    return JS_UNDEFINED;
}

static void add_globals(JSContext *context, int count, char **arguments) {
    JSValue global = JS_GetGlobalObject(context);
    JSValue console = JS_NewObject(context), list = JS_NewArray(context);
    JS_SetPropertyStr(context, console, "log", JS_NewCFunction(context, print, "log", 1));
    for (int i = 0; i < count; i++) {
        JS_SetPropertyUint32(context, list, (uint32_t)i, JS_NewString(context, arguments[i]));
    }
    JS_SetPropertyStr(context, global, "print", JS_NewCFunction(context, print, "print", 1));
    JS_SetPropertyStr(context, global, "console", console);
    JS_SetPropertyStr(context, global, "scriptArgs", list);
    JS_FreeValue(context, global);
}

static void report_exception(JSContext *context) {
    JSValue exception = JS_GetException(context);
    const char *text = JS_ToCString(context, exception);
    fprintf(stderr, "uncaught %s\n", text ? text : "exception");
    JS_FreeCString(context, text);
    if (JS_IsError(exception)) {
        JSValue stack = JS_GetPropertyStr(context, exception, "stack");
        const char *lines = JS_ToCString(context, stack);
        if (lines) fputs(lines, stderr);
        JS_FreeCString(context, lines);
        JS_FreeValue(context, stack);
    }
    JS_FreeValue(context, exception);
}

static int evaluate(JSContext *context, const char *source, size_t length) {
    JSValue result = JS_Eval(context, source, length, "script", JS_EVAL_TYPE_GLOBAL);
    int failed = JS_IsException(result);
    JS_FreeValue(context, result);
    /* Promise callbacks wait in a queue. */
    for (JSContext *owner; !failed;) {
        int ran = JS_ExecutePendingJob(JS_GetRuntime(context), &owner);
        if (ran == 0) break;
        failed = ran < 0;
    }
    if (failed) report_exception(context);
    return failed;
}

int main(int argc, char **argv) {
    int from_argument = argc > 2 && strcmp(argv[1], "-e") == 0, first = from_argument ? 3 : 1;
    size_t length;
    char *source = from_argument ? strdup(argv[2]) : read_all(stdin, &length);
    JSRuntime *runtime = JS_NewRuntime();
    JSContext *context = runtime ? JS_NewContext(runtime) : NULL;
    if (!source || !context) {
        fputs("quickjs: out of memory\n", stderr);
        return 4;
    }
    if (from_argument) length = strlen(source);
    add_globals(context, argc - first, argv + first);
    int failed = evaluate(context, source, length);
    free(source);
    JS_FreeContext(context);
    JS_FreeRuntime(runtime);
    return failed;
}
