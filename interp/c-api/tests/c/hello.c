/* A guest calls the host, and is called. */

#include "common.h"

static int greetings = 0;

static wasm_trap_t* greet(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  CHECK(args->size == 0 && results->size == 0);
  greetings++;
  return NULL;
}

int main(int argc, char** argv) {
  CHECK(argc == 2);
  wasm_engine_t* engine = wasm_engine_new();
  wasm_store_t* store = wasm_store_new(engine);
  wasm_module_t* module = load(store, argv[1]);

  wasm_functype_t* type = wasm_functype_new_0_0();
  wasm_func_t* host = wasm_func_new(store, type, greet);
  wasm_functype_delete(type);

  wasm_extern_t* imports[] = {wasm_func_as_extern(host)};
  wasm_extern_vec_t exports;
  wasm_instance_t* instance = instantiate(store, module, 1, imports, &exports);
  wasm_func_delete(host);
  wasm_module_delete(module);
  wasm_instance_delete(instance);

  CHECK(exports.size == 1);
  CHECK(run(wasm_extern_as_func(exports.data[0])) == NULL);
  CHECK(greetings == 2);

  wasm_extern_vec_delete(&exports);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
