/* Calls that wait: for fuel, and for a callback that is not ready. */

#include "common.h"
#include "ermine.h"

typedef struct {
  wasm_store_t* store;
  ermine_call_t* to_delete;
  int asked;
} Host;

/* It never answers at once. */
static wasm_trap_t* ask(void* env, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  Host* host = (Host*)env;
  (void)results;
  host->asked = args->data[0].of.i32;
  if (host->to_delete == NULL) return ermine_suspend(host->store);
  ermine_call_delete(host->to_delete);
  host->to_delete = NULL;
  return NULL;
}

static ermine_call_t* begin(const wasm_func_t* func, int32_t number) {
  wasm_val_t value = WASM_I32_VAL(number);
  wasm_val_vec_t args = {1, &value};
  ermine_call_t* call = NULL;
  CHECK(ermine_call_new(func, &args, &call) == NULL);
  return call;
}

static bool refused(ermine_error_t* error) {
  ermine_error_delete(error);
  return error != NULL;
}

int main(int argc, char** argv) {
  CHECK(argc == 2);
  wasm_config_t* config = wasm_config_new();
  CHECK(ermine_config_consume_fuel(config, true) == NULL);
  wasm_engine_t* engine = wasm_engine_new_with_config(config);
  wasm_store_t* store = wasm_store_new(engine);
  Host host = {store, NULL, 0};
  wasm_module_t* module = load(store, argv[1]);
  wasm_functype_t* type = wasm_functype_new_1_1(wasm_valtype_new_i32(), wasm_valtype_new_i32());
  wasm_func_t* func = wasm_func_new_with_env(store, type, ask, &host, NULL);
  wasm_functype_delete(type);
  wasm_extern_t* imports[] = {wasm_func_as_extern(func)};
  wasm_extern_vec_t exports;
  wasm_instance_t* instance = instantiate(store, module, 1, imports, &exports);
  wasm_func_t* count = wasm_extern_as_func(exports.data[0]);
  wasm_func_t* sum = wasm_extern_as_func(exports.data[1]);
  wasm_func_t* fail = wasm_extern_as_func(exports.data[2]);

  wasm_val_t result = WASM_INIT_VAL;
  wasm_val_vec_t results = {1, &result};
  ermine_progress_t progress = ERMINE_TRAPPED;

  /* For fuel: again and again, until it is done. */
  ermine_call_t* call = begin(count, 1000);
  int waits = -1;
  do {
    waits++;
    CHECK(ermine_store_set_fuel(store, 500 + ermine_call_required_fuel(call)) == NULL);
    CHECK(ermine_call_resume(call, NULL, &results, &progress, NULL) == NULL);
  } while (progress == ERMINE_OUT_OF_FUEL);
  CHECK(progress == ERMINE_FINISHED && waits > 1 && result.of.i32 == 7);
  CHECK(refused(ermine_call_resume(call, NULL, &results, &progress, NULL)));
  ermine_call_delete(call);

  /* For the callback, twice: the answers go where its results would have gone. */
  CHECK(ermine_store_set_fuel(store, 1000000) == NULL);
  call = begin(sum, 5);
  CHECK(ermine_call_resume(call, NULL, &results, &progress, NULL) == NULL);
  CHECK(progress == ERMINE_SUSPENDED && host.asked == 5 && ermine_call_required_fuel(call) == 0);
  wasm_val_t answer = WASM_I32_VAL(30), wrong = WASM_I64_VAL(30);
  wasm_val_vec_t answers = {1, &answer}, wrongs = {1, &wrong};
  CHECK(refused(ermine_call_resume(call, NULL, &results, &progress, NULL)));
  CHECK(refused(ermine_call_resume(call, &wrongs, &results, &progress, NULL)));
  CHECK(ermine_call_resume(call, &answers, &results, &progress, NULL) == NULL);
  CHECK(progress == ERMINE_SUSPENDED && host.asked == 6);
  answer.of.i32 = 12;
  CHECK(ermine_call_resume(call, &answers, &results, &progress, NULL) == NULL);
  CHECK(progress == ERMINE_FINISHED && result.of.i32 == 42);
  ermine_call_delete(call);

  /* One that is dropped while it waits, and one that traps. */
  call = begin(sum, 5);
  CHECK(ermine_call_resume(call, NULL, &results, &progress, NULL) == NULL && progress == ERMINE_SUSPENDED);
  ermine_call_delete(call);
  call = begin(fail, 0);
  wasm_trap_t* trap = NULL;
  CHECK(ermine_call_resume(call, NULL, NULL, &progress, &trap) == NULL && progress == ERMINE_TRAPPED);
  CHECK(ermine_trap_code(trap) == ERMINE_TRAP_UNREACHABLE);
  wasm_trap_delete(trap);
  ermine_call_delete(call);

  /* A call that cannot wait says so. */
  wasm_val_t five = WASM_I32_VAL(5);
  wasm_val_vec_t args = {1, &five};
  CHECK(says(
    wasm_func_call(sum, &args, &results),
    "a callback suspends, but the call cannot wait; make it with `ermine_call_new`"));

  /* A callback deletes the call that it is in, whose results are zeros. */
  host.to_delete = call = begin(sum, 5);
  trap = NULL;
  (void)ermine_call_resume(call, NULL, &results, &progress, &trap);
  CHECK(trap == NULL && host.to_delete == NULL && (progress == ERMINE_SUSPENDED || progress == ERMINE_FINISHED));

  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(instance);
  wasm_func_delete(func);
  wasm_module_delete(module);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
