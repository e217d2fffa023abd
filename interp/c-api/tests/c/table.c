/* Tables: functions of guest and host in one, read, written and grown from both sides. */

#include "common.h"

static wasm_trap_t* negate(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  results->data[0].kind = WASM_I32;
  results->data[0].of.i32 = -args->data[0].of.i32;
  return NULL;
}

static bool is_set(const wasm_table_t* table, uint32_t index) {
  wasm_ref_t* ref = wasm_table_get(table, index);
  wasm_ref_delete(ref);
  return ref != NULL;
}

static wasm_trap_t* call_at(const wasm_func_t* func, int32_t arg, int32_t index, int32_t* result) {
  wasm_val_t values[2] = {WASM_I32_VAL(arg), WASM_I32_VAL(index)}, out = WASM_I32_VAL(0);
  wasm_val_vec_t args = WASM_ARRAY_VEC(values), results = {1, &out};
  wasm_trap_t* trap = wasm_func_call(func, &args, &results);
  *result = out.of.i32;
  return trap;
}

int main(int argc, char** argv) {
  CHECK(argc == 2);
  wasm_engine_t* engine = wasm_engine_new();
  wasm_store_t* store = wasm_store_new(engine);
  wasm_module_t* module = load(store, argv[1]);
  wasm_extern_vec_t exports;
  wasm_instance_t* instance = instantiate(store, module, 0, NULL, &exports);
  CHECK(exports.size == 4);
  wasm_table_t* table = wasm_extern_as_table(exports.data[0]);
  wasm_func_t* call = wasm_extern_as_func(exports.data[1]);
  wasm_func_t* same = wasm_extern_as_func(exports.data[2]);
  wasm_functype_t* unary = wasm_functype_new_1_1(wasm_valtype_new_i32(), wasm_valtype_new_i32());
  wasm_func_t* host = wasm_func_new(store, unary, negate);
  wasm_functype_delete(unary);

  int32_t result = 0;
  CHECK(wasm_table_size(table) == 2 && !is_set(table, 0) && is_set(table, 1) && !is_set(table, 2));
  CHECK(says(call_at(call, 0, 0, &result), "uninitialized element"));
  CHECK(call_at(call, 7, 1, &result) == NULL && result == 7);
  CHECK(says(call_at(call, 0, 2, &result), "undefined element"));

  CHECK(wasm_table_set(table, 0, wasm_func_as_ref(host)) && wasm_table_set(table, 1, NULL));
  CHECK(!wasm_table_set(table, 2, NULL));
  CHECK(call_at(call, 7, 0, &result) == NULL && result == -7);
  CHECK(says(call_at(call, 0, 1, &result), "uninitialized element"));

  /* What comes out is what went in. */
  wasm_ref_t* ref = wasm_table_get(table, 0);
  CHECK(wasm_ref_same(ref, wasm_func_as_ref(host)) && wasm_func_same(wasm_ref_as_func(ref), host));
  CHECK(wasm_ref_as_memory(ref) == NULL);
  wasm_ref_delete(ref);

  CHECK(wasm_table_grow(table, 3, wasm_func_as_ref(same)) && wasm_table_size(table) == 5);
  CHECK(call_at(call, 3, 4, &result) == NULL && result == 3);
  CHECK(!wasm_table_grow(table, 6, NULL) && wasm_table_grow(table, 5, NULL) && wasm_table_size(table) == 10);

  wasm_tabletype_t* type = wasm_table_type(table);
  CHECK(wasm_tabletype_limits(type)->max == 10);
  CHECK(wasm_valtype_kind(wasm_tabletype_element(type)) == WASM_FUNCREF);
  wasm_tabletype_delete(type);

  /* A memory is no function. */
  CHECK(!wasm_table_set(table, 0, wasm_extern_as_ref(exports.data[3])));
  CHECK(call_at(call, 7, 0, &result) == NULL && result == -7);

  wasm_limits_t limits = {5, 5};
  type = wasm_tabletype_new(wasm_valtype_new_funcref(), &limits);
  wasm_table_t* alone = wasm_table_new(store, type, wasm_func_as_ref(host));
  wasm_tabletype_delete(type);
  CHECK(wasm_table_size(alone) == 5 && is_set(alone, 4) && !wasm_table_grow(alone, 1, NULL));
  wasm_table_delete(alone);

  wasm_func_delete(host);
  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(instance);
  wasm_module_delete(module);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
