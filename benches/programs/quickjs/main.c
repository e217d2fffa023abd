/* QuickJS: the scripts of scripts/ in turn, each in a fresh context, n in all. A script's last value is the checksum's food. */
#include <stdlib.h>

#include "../program.h"
#include "quickjs.h"

struct script {
    const char *name, *text;
};

/* QuickJS wants a zero after the source. */
static const char classes[] = {
#embed "scripts/classes.js"
    , 0};
static const char strings[] = {
#embed "scripts/strings.js"
    , 0};
static const char arrays[] = {
#embed "scripts/arrays.js"
    , 0};
static const char numbers[] = {
#embed "scripts/numbers.js"
    , 0};

static const struct script scripts[] = {{"classes", classes}, {"strings", strings}, {"arrays", arrays}, {"numbers", numbers}};
static const size_t lengths[] = {sizeof classes - 1, sizeof strings - 1, sizeof arrays - 1, sizeof numbers - 1};

static uint64_t run_script(JSRuntime *runtime, size_t which, uint64_t sum) {
    JSContext *context = JS_NewContext(runtime);
    size_t length;
    if (!context) abort();
    JSValue value = JS_Eval(context, scripts[which].text, lengths[which], scripts[which].name, JS_EVAL_TYPE_GLOBAL);
    if (JS_IsException(value)) abort();
    const char *text = JS_ToCStringLen(context, &length, value);
    if (!text) abort();
    sum = fold(sum, text, length);
    JS_FreeCString(context, text);
    JS_FreeValue(context, value);
    JS_FreeContext(context);
    return sum;
}

int64_t program(int32_t n) {
    uint64_t sum = 0;
    JSRuntime *runtime = JS_NewRuntime();
    if (!runtime) abort();
    for (int32_t i = 0; i < n; i++) {
        sum = run_script(runtime, (size_t)i % (sizeof scripts / sizeof *scripts), sum);
    }
    JS_FreeRuntime(runtime);
    return (int64_t)sum;
}
