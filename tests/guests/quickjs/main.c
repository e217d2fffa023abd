/* QuickJS as a command: evaluates one script or module.
 *
 * usage: quickjs [-e SOURCE | -m FILE] [ARGUMENTS...]     (a script is read from standard input without either)
 *
 * It sees `print`, `console.log` and `scriptArgs`. A module, from FILE, can import others and QuickJS's own modules `std`
 * and `os`, with files, directories and timers. Exit code 0, or 1 after an exception nobody caught, which
 * is printed with its stack on standard error. On WASI QuickJS does not limit recursion: a script without end runs out of
 * the engine's stack or of its own, and traps.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "quickjs-libc.h"
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

/* Runs what waits in the queue, promise callbacks for instance; says whether one of them failed. */
static int run_jobs(JSContext *context) {
    for (JSContext *owner;;) {
        int ran = JS_ExecutePendingJob(JS_GetRuntime(context), &owner);
        if (ran <= 0) return ran < 0;
    }
}

static int evaluate(JSContext *context, const char *source, size_t length) {
    JSValue result = JS_Eval(context, source, length, "script", JS_EVAL_TYPE_GLOBAL);
    int failed = JS_IsException(result);
    JS_FreeValue(context, result);
    failed = failed || run_jobs(context);
    if (failed) report_exception(context);
    return failed;
}

/* The module's promise and its timers are waited for. */
static int evaluate_module(JSContext *context, const char *name, const char *source, size_t length) {
    JSValue promise = JS_Eval(context, source, length, name, JS_EVAL_TYPE_MODULE);
    JSValue result = JS_IsException(promise) ? promise : js_std_await(context, promise);
    int failed = JS_IsException(result);
    JS_FreeValue(context, result);
    failed = failed || js_std_loop(context) != 0;
    if (failed) report_exception(context);
    return failed;
}

static char *read_file(const char *name, size_t *length) {
    FILE *file = fopen(name, "r");
    if (!file) return NULL;
    char *text = read_all(file, length);
    fclose(file);
    return text;
}

/* What modules need beyond the engine. */
static void add_modules(JSRuntime *runtime, JSContext *context) {
    js_std_init_handlers(runtime);
    JS_SetModuleLoaderFunc2(runtime, NULL, js_module_loader, js_module_check_attributes, NULL);
    js_init_module_std(context, "std");
    js_init_module_os(context, "os");
}

int main(int argc, char **argv) {
    int from_argument = argc > 2 && strcmp(argv[1], "-e") == 0, module = argc > 2 && strcmp(argv[1], "-m") == 0;
    int first = from_argument || module ? 3 : 1;
    size_t length = 0;
    char *source = from_argument ? strdup(argv[2]) : module ? read_file(argv[2], &length) : read_all(stdin, &length);
    if (!source) {
        fprintf(stderr, "quickjs: cannot read %s\n", module ? argv[2] : "the script");
        return 4;
    }
    JSRuntime *runtime = JS_NewRuntime();
    JSContext *context = runtime ? JS_NewContext(runtime) : NULL;
    if (!context) {
        fputs("quickjs: out of memory\n", stderr);
        return 4;
    }
    if (from_argument) length = strlen(source);
    add_globals(context, argc - first, argv + first);
    if (module) add_modules(runtime, context);
    int failed = module ? evaluate_module(context, argv[2], source, length) : evaluate(context, source, length);
    free(source);
    if (module) js_std_free_handlers(runtime);
    JS_FreeContext(context);
    JS_FreeRuntime(runtime);
    return failed;
}
