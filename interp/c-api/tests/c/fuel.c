/* Guests that pay: what a call costs, and what happens when it cannot. */

#include "common.h"
#include "ermine.h"

int main(int argc, char** argv) {
  CHECK(argc == 2);
  wasm_config_t* config = wasm_config_new();
  wasm_engine_t* engine = NULL;
  CHECK(ermine_config_consume_fuel(config, true) == NULL);
  CHECK(ermine_engine_new(config, &engine) == NULL);
  wasm_store_t* store = wasm_store_new(engine);
  wasm_module_t* module = NULL;
  CHECK(ermine_module_new_file(store, argv[1], &module) == NULL);
  wasm_extern_vec_t exports;
  wasm_instance_t* instance = instantiate(store, module, 0, NULL, &exports);
  wasm_func_t* count = wasm_extern_as_func(exports.data[0]);

  uint64_t left = 0, first = 0;
  CHECK(ermine_store_set_fuel(store, 100000) == NULL);
  int32_t ten = 10;
  CHECK(call_i32(count, 1, &ten) == 7);
  CHECK(ermine_store_get_fuel(store, &left) == NULL && left < 100000);
  first = 100000 - left;
  CHECK(call_i32(count, 1, &ten) == 7);
  CHECK(ermine_store_get_fuel(store, &left) == NULL && left == 100000 - 2 * first);

  wasm_val_t many = WASM_I32_VAL(1000000);
  wasm_val_vec_t args = {1, &many};
  wasm_trap_t* trap = wasm_func_call(count, &args, NULL);
  CHECK(ermine_trap_code(trap) == ERMINE_TRAP_OUT_OF_FUEL && !ermine_trap_exit_status(trap, NULL));
  CHECK(says(trap, "all fuel consumed"));

  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(instance);
  wasm_module_delete(module);
  wasm_store_delete(store);
  wasm_engine_delete(engine);

  /* Without the setting there is none. */
  engine = wasm_engine_new();
  store = wasm_store_new(engine);
  ermine_error_t* error = ermine_store_set_fuel(store, 1);
  CHECK(error != NULL && strstr(ermine_error_message(error), "fuel is not metered") != NULL);
  ermine_error_delete(error);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
