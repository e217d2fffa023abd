/* Start functions: one that calls the host, and one that traps. */

#include "common.h"

static int32_t seen = 0;

static wasm_trap_t* see(void* env, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)results;
  seen += args->data[0].of.i32;
  if (args->data[0].of.i32 < 100) return NULL;
  wasm_message_t message;
  wasm_name_new_from_string_nt(&message, "that is too much");
  wasm_trap_t* trap = wasm_trap_new((wasm_store_t*)env, &message);
  wasm_byte_vec_delete(&message);
  return trap;
}

int main(int argc, char** argv) {
  CHECK(argc == 2);
  wasm_engine_t* engine = wasm_engine_new();
  wasm_store_t* store = wasm_store_new(engine);
  wasm_module_t* module = load(store, argv[1]);
  wasm_functype_t* type = wasm_functype_new_1_0(wasm_valtype_new_i32());
  wasm_func_t* func = wasm_func_new_with_env(store, type, see, store, NULL);
  wasm_functype_delete(type);
  wasm_globaltype_t* global_type = wasm_globaltype_new(wasm_valtype_new_i32(), WASM_CONST);

  for (int32_t number = 1; number <= 100; number += 99) {
    wasm_val_t value = WASM_I32_VAL(number);
    wasm_global_t* global = wasm_global_new(store, global_type, &value);
    wasm_extern_t* externs[] = {wasm_func_as_extern(func), wasm_global_as_extern(global)};
    wasm_extern_vec_t imports = WASM_ARRAY_VEC(externs);
    wasm_trap_t* trap = NULL;
    wasm_instance_t* instance = wasm_instance_new(store, module, &imports, &trap);
    CHECK((instance == NULL) == (number == 100));
    CHECK((trap != NULL) == (number == 100));
    if (trap != NULL) {
      wasm_frame_t* origin = wasm_trap_origin(trap);
      CHECK(origin != NULL && wasm_frame_func_index(origin) == 1);
      wasm_frame_delete(origin);
      CHECK(says(trap, "that is too much"));
      /* Nobody has to want the trap. */
      CHECK(wasm_instance_new(store, module, &imports, NULL) == NULL);
    }
    wasm_instance_delete(instance);
    wasm_global_delete(global);
  }
  CHECK(seen == 1 + 100 + 100);

  wasm_globaltype_delete(global_type);
  wasm_func_delete(func);
  wasm_module_delete(module);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
