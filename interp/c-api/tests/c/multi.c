/* Many values in, many values out, on both sides. */

#include "common.h"

/* The arguments, the other way round. */
static wasm_trap_t* reverse(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  CHECK(args->size == 4 && results->size == 4);
  for (size_t i = 0; i < 4; i++) wasm_val_copy(&results->data[i], &args->data[3 - i]);
  return NULL;
}

static wasm_functype_t* reversal(void) {
  wasm_valtype_t* types[4] = {wasm_valtype_new_i32(), wasm_valtype_new_i64(), wasm_valtype_new_f32(), wasm_valtype_new_f64()};
  wasm_valtype_vec_t params, results;
  wasm_valtype_vec_new(&params, 4, types);
  wasm_valtype_vec_new_uninitialized(&results, 4);
  for (size_t i = 0; i < 4; i++) results.data[i] = wasm_valtype_copy(params.data[3 - i]);
  return wasm_functype_new(&params, &results);
}

int main(int argc, char** argv) {
  CHECK(argc == 2);
  wasm_engine_t* engine = wasm_engine_new();
  wasm_store_t* store = wasm_store_new(engine);
  wasm_module_t* module = load(store, argv[1]);
  wasm_functype_t* type = reversal();
  wasm_func_t* func = wasm_func_new(store, type, reverse);
  wasm_functype_delete(type);
  wasm_extern_t* imports[] = {wasm_func_as_extern(func)};
  wasm_extern_vec_t exports;
  wasm_instance_t* instance = instantiate(store, module, 1, imports, &exports);

  wasm_val_t values[4] = {WASM_I32_VAL(-1), WASM_I64_VAL(INT64_MIN), WASM_F32_VAL(1.5f), WASM_F64_VAL(-0.25)};
  wasm_val_vec_t args = WASM_ARRAY_VEC(values), results;
  wasm_val_vec_new_uninitialized(&results, 4);
  CHECK(wasm_func_call(wasm_extern_as_func(exports.data[0]), &args, &results) == NULL);
  CHECK(results.data[0].kind == WASM_F64 && results.data[0].of.f64 == -0.25);
  CHECK(results.data[1].kind == WASM_F32 && results.data[1].of.f32 == 1.5f);
  CHECK(results.data[2].kind == WASM_I64 && results.data[2].of.i64 == INT64_MIN);
  CHECK(results.data[3].kind == WASM_I32 && results.data[3].of.i32 == -1);

  wasm_val_vec_delete(&results);
  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(instance);
  wasm_func_delete(func);
  wasm_module_delete(module);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
