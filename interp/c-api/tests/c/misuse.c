/* What can be detected is refused, and nothing else happens. */

#include "common.h"

static wasm_trap_t* lie(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)args;
  results->data[0].kind = WASM_F64;
  results->data[0].of.f64 = 1;
  return NULL;
}

/* What calls with that many values say. */
static const char* const MISFITS[] = {
  "the function has type [i32 i32] -> [i32], but was called with []",
  "the function has type [i32 i32] -> [i32], but was called with [i32]",
  "the function has type [i32 i32] -> [i32], but was called with [i32 f32]",
  "the function has type [i32 i32] -> [i32], but was called with [i32 f32 i32]",
};

static void nulls(wasm_store_t* store) {
  wasm_func_delete(NULL);
  wasm_store_delete(NULL);
  wasm_byte_vec_delete(NULL);
  CHECK(wasm_engine_new_with_config(NULL) == NULL && wasm_store_new(NULL) == NULL);
  CHECK(wasm_module_new(store, NULL) == NULL && wasm_module_new(NULL, NULL) == NULL);
  CHECK(wasm_func_new(store, NULL, NULL) == NULL && wasm_foreign_new(NULL) == NULL);
  CHECK(wasm_memory_data(NULL) == NULL && wasm_memory_size(NULL) == 0 && !wasm_memory_grow(NULL, 1));
  CHECK(wasm_functype_params(NULL) == NULL && wasm_extern_as_func(NULL) == NULL);
  CHECK(wasm_func_call(NULL, NULL, NULL) == NULL && wasm_instance_new(store, NULL, NULL, NULL) == NULL);
  wasm_extern_vec_t exports;
  wasm_instance_exports(NULL, &exports);
  CHECK(exports.size == 0 && exports.data == NULL);
  wasm_instance_exports(NULL, NULL);
}

int main(int argc, char** argv) {
  CHECK(argc == 2);
  wasm_engine_t* engine = wasm_engine_new();
  wasm_store_t *store = wasm_store_new(engine), *other = wasm_store_new(engine);
  nulls(store);
  wasm_module_t* module = load(store, argv[1]);
  wasm_functype_t* type = wasm_functype_new_0_1(wasm_valtype_new_i32());
  wasm_func_t* liar = wasm_func_new(store, type, lie);
  wasm_func_t* foreign = wasm_func_new(other, type, lie);
  wasm_functype_delete(type);

  wasm_extern_t* imports[] = {wasm_func_as_extern(liar)};
  wasm_extern_vec_t exports;
  wasm_instance_t* instance = instantiate(store, module, 1, imports, &exports);
  const wasm_func_t* run_liar = wasm_extern_as_func(exports.data[0]);
  const wasm_func_t* add = wasm_extern_as_func(exports.data[1]);
  wasm_table_t* table = wasm_extern_as_table(exports.data[2]);

  /* Results of another type than the callback's. */
  CHECK(says(run(run_liar), "the host function has type [] -> [i32], but gave [f64]"));

  /* Too few, too many, and others than the function's. */
  wasm_val_t values[3] = {WASM_I32_VAL(1), WASM_F32_VAL(2), WASM_I32_VAL(3)}, result = WASM_INIT_VAL;
  for (size_t size = 0; size <= 3; size++) {
    wasm_val_vec_t args = {size, values}, results = {1, &result};
    CHECK(says(wasm_func_call(add, &args, &results), MISFITS[size]));
  }
  wasm_val_vec_t args = {2, values}, two_results = {2, values};
  values[1] = values[0];
  CHECK(says(
    wasm_func_call(add, &args, &two_results),
    "the function has type [i32 i32] -> [i32], but was called with room for 2 results"));
  CHECK(wasm_func_call(add, &args, NULL) == NULL);

  /* Of another store. */
  CHECK(!wasm_table_set(table, 0, wasm_func_as_ref(foreign)));
  wasm_extern_t* strange[] = {wasm_func_as_extern(foreign)};
  wasm_extern_vec_t strangers = WASM_ARRAY_VEC(strange), none = WASM_EMPTY_VEC;
  wasm_trap_t* trap = NULL;
  CHECK(wasm_instance_new(store, module, &strangers, &trap) == NULL);
  CHECK(says(trap, "the handle belongs to another store; use it with its own"));
  CHECK(wasm_instance_new(store, module, &none, &trap) == NULL);
  CHECK(says(trap, "unknown import: the module has 1 imports, but 0 were given"));
  /* Of another kind. */
  strange[0] = exports.data[2];
  CHECK(wasm_instance_new(store, module, &strangers, &trap) == NULL);
  wasm_trap_delete(trap);
  CHECK(wasm_memory_data((wasm_memory_t*)table) == NULL && wasm_table_size((wasm_table_t*)liar) == 0);

  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(instance);
  wasm_func_delete(liar);
  wasm_func_delete(foreign);
  wasm_module_delete(module);
  wasm_store_delete(store);
  wasm_store_delete(other);
  wasm_engine_delete(engine);
  return 0;
}
