/* Callbacks with an environment, which use the store that calls them: they call back into the guest, look at its memory and let it grow. */

#include "common.h"

typedef struct {
  wasm_memory_t* memory;
  wasm_func_t* fib;
  wasm_global_t* count;
  int finalized;
} Host;

static wasm_trap_t* ask(void* env, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  Host* host = (Host*)env;
  /* Nested: the guest that asks waits while another function of it runs. */
  int32_t n = args->data[0].of.i32;
  int32_t value = call_i32(host->fib, 1, &n);
  /* The memory is seen as the guest left it, also after it has moved. */
  CHECK(wasm_memory_data(host->memory)[8] == (char)n);
  wasm_memory_pages_t pages = wasm_memory_size(host->memory);
  CHECK(wasm_memory_grow(host->memory, 1));
  CHECK(wasm_memory_size(host->memory) == pages + 1);
  char* data = wasm_memory_data(host->memory);
  CHECK(data[8] == (char)n);
  data[wasm_memory_data_size(host->memory) - 1] = 42;

  wasm_val_t val;
  wasm_global_get(host->count, &val);
  CHECK(val.kind == WASM_I64);
  val.of.i64 += 1;
  wasm_global_set(host->count, &val);

  results->data[0].kind = WASM_I32;
  results->data[0].of.i32 = value;
  return NULL;
}

static void finalize(void* env) { ((Host*)env)->finalized++; }

int main(int argc, char** argv) {
  CHECK(argc == 2);
  Host host = {NULL, NULL, NULL, 0};
  wasm_engine_t* engine = wasm_engine_new();
  wasm_store_t* store = wasm_store_new(engine);
  wasm_module_t* module = load(store, argv[1]);

  wasm_functype_t* type = wasm_functype_new_1_1(wasm_valtype_new_i32(), wasm_valtype_new_i32());
  wasm_func_t* func = wasm_func_new_with_env(store, type, ask, &host, finalize);
  wasm_functype_delete(type);
  CHECK(wasm_func_param_arity(func) == 1 && wasm_func_result_arity(func) == 1);

  wasm_extern_t* imports[] = {wasm_func_as_extern(func)};
  wasm_extern_vec_t exports;
  wasm_instance_t* instance = instantiate(store, module, 1, imports, &exports);
  CHECK(exports.size == 4);
  host.memory = wasm_extern_as_memory(exports.data[0]);
  host.count = wasm_extern_as_global(exports.data[1]);
  host.fib = wasm_extern_as_func(exports.data[2]);
  CHECK(host.memory != NULL && host.count != NULL && host.fib != NULL);

  int32_t ten = 10;
  CHECK(call_i32(wasm_extern_as_func(exports.data[3]), 1, &ten) == 55 + 42);
  wasm_val_t count;
  wasm_global_get(host.count, &count);
  CHECK(count.of.i64 == 1);
  /* The host calls its own function, without a guest between. */
  CHECK(call_i32(func, 1, &ten) == 55);

  wasm_func_delete(func);
  wasm_instance_delete(instance);
  wasm_module_delete(module);
  wasm_extern_vec_delete(&exports);
  CHECK(host.finalized == 0);
  wasm_store_delete(store);
  CHECK(host.finalized == 1);
  wasm_engine_delete(engine);
  return 0;
}
