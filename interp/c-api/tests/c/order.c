/* Any order of deletion is right: handles keep their store, stores and modules their engine. A callback may delete what it is called through. */

#include "common.h"

typedef struct {
  wasm_store_t* store;
  wasm_func_t* called;
  wasm_extern_vec_t exports;
} Host;

static wasm_trap_t* drop_all(void* env, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  Host* host = (Host*)env;
  (void)args;
  (void)results;
  wasm_func_delete(host->called);
  wasm_extern_vec_delete(&host->exports);
  wasm_store_delete(host->store);
  return NULL;
}

int main(int argc, char** argv) {
  CHECK(argc == 2);
  wasm_engine_t* engine = wasm_engine_new();
  wasm_store_t* store = wasm_store_new(engine);
  wasm_engine_delete(engine);
  wasm_module_t* module = load(store, argv[1]);
  Host host = {store, NULL, WASM_EMPTY_VEC};
  wasm_functype_t* type = wasm_functype_new_0_0();
  wasm_func_t* func = wasm_func_new_with_env(store, type, drop_all, &host, NULL);
  wasm_functype_delete(type);
  wasm_extern_t* imports[] = {wasm_func_as_extern(func)};
  wasm_instance_t* instance = instantiate(store, module, 1, imports, &host.exports);
  wasm_func_delete(func);
  wasm_instance_delete(instance);
  host.called = wasm_func_copy(wasm_extern_as_func(host.exports.data[0]));
  wasm_memory_t* memory = wasm_memory_copy(wasm_extern_as_memory(host.exports.data[1]));

  CHECK(run(host.called) == NULL);

  /* The store is deleted, and lives through the memory. */
  CHECK(wasm_memory_data(memory)[0] == 'x');
  CHECK(wasm_memory_grow(memory, 1));
  wasm_memory_delete(memory);
  wasm_module_delete(module);
  return 0;
}
