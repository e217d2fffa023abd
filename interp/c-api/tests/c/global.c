/* Globals of all types: imported, exported, constant and variable. */

#include "common.h"

static wasm_global_t* make(wasm_store_t* store, wasm_valkind_t kind, wasm_mutability_t mutability, wasm_val_t value) {
  wasm_globaltype_t* type = wasm_globaltype_new(wasm_valtype_new(kind), mutability);
  wasm_global_t* global = wasm_global_new(store, type, &value);
  wasm_globaltype_delete(type);
  return global;
}

static wasm_val_t get(const wasm_global_t* global) {
  wasm_val_t val;
  wasm_global_get(global, &val);
  return val;
}

int main(int argc, char** argv) {
  CHECK(argc == 2);
  wasm_engine_t* engine = wasm_engine_new();
  wasm_store_t* store = wasm_store_new(engine);
  wasm_module_t* module = load(store, argv[1]);

  wasm_val_t pi = WASM_F32_VAL(3.25f), big = WASM_I64_VAL(1LL << 40), half = WASM_F64_VAL(0.5), one = WASM_I32_VAL(1);
  wasm_global_t* constant = make(store, WASM_F32, WASM_CONST, pi);
  wasm_global_t* variable = make(store, WASM_I64, WASM_VAR, big);
  CHECK(constant != NULL && variable != NULL);
  CHECK(make(store, WASM_F64, WASM_VAR, one) == NULL);

  wasm_extern_t* imports[] = {wasm_global_as_extern(constant), wasm_global_as_extern(variable)};
  wasm_extern_vec_t exports;
  wasm_instance_t* instance = instantiate(store, module, 2, imports, &exports);
  CHECK(exports.size == 4);
  wasm_global_t* own_half = wasm_extern_as_global(exports.data[0]);
  wasm_global_t* again = wasm_extern_as_global(exports.data[1]);
  CHECK(wasm_global_same(again, variable) && !wasm_global_same(again, constant));

  CHECK(get(constant).kind == WASM_F32 && get(constant).of.f32 == 3.25f);
  wasm_global_set(constant, &pi);
  CHECK(get(own_half).kind == WASM_F64 && get(own_half).of.f64 == -1.5);
  wasm_global_set(own_half, &half);
  CHECK(get(own_half).of.f64 == 0.5);
  /* A value of another type changes nothing. */
  wasm_global_set(own_half, &one);
  CHECK(get(own_half).of.f64 == 0.5);

  /* Guest and host see the same. */
  CHECK(run(wasm_extern_as_func(exports.data[2])) == NULL);
  CHECK(get(variable).of.i64 == (1LL << 40) + 1);

  /* A variable that holds a function. */
  wasm_global_t* chosen = wasm_extern_as_global(exports.data[3]);
  wasm_val_t func = get(chosen);
  CHECK(func.kind == WASM_FUNCREF && func.of.ref != NULL);
  CHECK(run(wasm_ref_as_func(func.of.ref)) == NULL);
  CHECK(get(variable).of.i64 == (1LL << 40) + 2);
  wasm_val_t null = WASM_INIT_VAL;
  wasm_global_set(chosen, &null);
  CHECK(get(chosen).of.ref == NULL);
  wasm_global_set(chosen, &func);
  wasm_val_delete(&func);
  func = get(chosen);
  CHECK(func.of.ref != NULL);
  wasm_val_delete(&func);
  CHECK(func.of.ref == NULL);

  wasm_globaltype_t* type = wasm_global_type(variable);
  CHECK(wasm_globaltype_mutability(type) == WASM_VAR);
  CHECK(wasm_valtype_kind(wasm_globaltype_content(type)) == WASM_I64);
  wasm_globaltype_delete(type);

  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(instance);
  wasm_global_delete(constant);
  wasm_global_delete(variable);
  wasm_module_delete(module);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
