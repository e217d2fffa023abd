/* Finalizers: of host info on what lives as long as the store, and on traps and modules, which do not. */

#include "common.h"

enum { INSTANCES = 500 };

static void count_down(void* data) { --*(int*)data; }

static void fill(wasm_store_t* store, const char* path, int* live) {
  wasm_module_t* module = load(store, path);
  wasm_extern_vec_t imports = WASM_EMPTY_VEC;
  for (int i = 0; i < INSTANCES; i++) {
    wasm_instance_t* instance = wasm_instance_new(store, module, &imports, NULL);
    CHECK(instance != NULL);
    ++*live;
    wasm_instance_set_host_info_with_finalizer(instance, live, count_down);
    CHECK(wasm_instance_get_host_info(instance) == live);
    wasm_instance_delete(instance);
  }
  int modules = 1;
  wasm_module_set_host_info_with_finalizer(module, &modules, count_down);
  wasm_module_t* copy = wasm_module_copy(module);
  wasm_module_delete(module);
  CHECK(modules == 1 && wasm_module_get_host_info(copy) == &modules);
  wasm_module_delete(copy);
  CHECK(modules == 0);
}

/* Attaching something else lets what was there go. */
static void replace(wasm_store_t* store) {
  int live = 2;
  wasm_foreign_t* foreign = wasm_foreign_new(store);
  wasm_foreign_set_host_info_with_finalizer(foreign, &live, count_down);
  wasm_foreign_set_host_info_with_finalizer(foreign, &live, count_down);
  CHECK(live == 1);
  wasm_foreign_set_host_info(foreign, NULL);
  CHECK(live == 0);
  wasm_foreign_delete(foreign);
}

int main(int argc, char** argv) {
  CHECK(argc == 2);
  int first_live = 0, second_live = 0;
  wasm_engine_t* engine = wasm_engine_new();
  wasm_store_t* first = wasm_store_new(engine);
  wasm_store_t* second = wasm_store_new(engine);
  fill(first, argv[1], &first_live);
  fill(second, argv[1], &second_live);
  replace(first);
  CHECK(first_live == INSTANCES && second_live == INSTANCES);
  wasm_store_delete(second);
  CHECK(first_live == INSTANCES && second_live == 0);
  fill(first, argv[1], &first_live);
  CHECK(first_live == 2 * INSTANCES);
  wasm_store_delete(first);
  CHECK(first_live == 0);
  wasm_engine_delete(engine);
  return 0;
}
