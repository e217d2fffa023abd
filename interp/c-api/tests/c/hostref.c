/* References to the host's objects go through guests and come back the same. */

#include "common.h"

static void* last_seen = NULL;

static wasm_trap_t* look(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  wasm_ref_t* ref = args->data[0].of.ref;
  last_seen = ref != NULL ? wasm_ref_get_host_info(ref) : NULL;
  wasm_val_copy(&results->data[0], &args->data[0]);
  return NULL;
}

static wasm_ref_t* through(const wasm_func_t* func, wasm_ref_t* ref) {
  wasm_val_t arg = WASM_REF_VAL(ref), result = WASM_INIT_VAL;
  wasm_val_vec_t args = {1, &arg}, results = {1, &result};
  CHECK(wasm_func_call(func, &args, &results) == NULL);
  CHECK(result.kind == WASM_EXTERNREF);
  return result.of.ref;
}

static void check(wasm_ref_t* actual, const wasm_ref_t* expected) {
  CHECK(wasm_ref_same(actual, expected));
  CHECK((actual == NULL) == (expected == NULL));
  wasm_ref_delete(actual);
}

int main(int argc, char** argv) {
  CHECK(argc == 2);
  int one = 1, two = 2;
  wasm_engine_t* engine = wasm_engine_new();
  wasm_store_t* store = wasm_store_new(engine);
  wasm_module_t* module = load(store, argv[1]);
  wasm_functype_t* type = wasm_functype_new_1_1(wasm_valtype_new_externref(), wasm_valtype_new_externref());
  wasm_func_t* func = wasm_func_new(store, type, look);
  wasm_functype_delete(type);
  wasm_extern_t* imports[] = {wasm_func_as_extern(func)};
  wasm_extern_vec_t exports;
  wasm_instance_t* instance = instantiate(store, module, 1, imports, &exports);
  wasm_global_t* global = wasm_extern_as_global(exports.data[0]);
  wasm_table_t* table = wasm_extern_as_table(exports.data[1]);
  wasm_func_t* pass = wasm_extern_as_func(exports.data[2]);

  wasm_ref_t* first = wasm_foreign_as_ref(wasm_foreign_new(store));
  wasm_ref_t* second = wasm_foreign_as_ref(wasm_foreign_new(store));
  wasm_ref_set_host_info(first, &one);
  wasm_ref_set_host_info(second, &two);
  CHECK(!wasm_ref_same(first, second));

  check(through(pass, first), first);
  CHECK(last_seen == &one);
  check(through(pass, second), second);
  CHECK(last_seen == &two);
  check(through(pass, NULL), NULL);

  /* Whatever there is a handle on can be a reference. */
  wasm_func_set_host_info(func, &two);
  check(through(pass, wasm_func_as_ref(func)), wasm_func_as_ref(func));
  CHECK(last_seen == &two);
  check(through(pass, wasm_instance_as_ref(instance)), wasm_instance_as_ref(instance));
  check(through(pass, wasm_module_as_ref(module)), wasm_module_as_ref(module));
  wasm_ref_t* back = through(pass, wasm_extern_as_ref(exports.data[1]));
  CHECK(wasm_table_same(wasm_ref_as_table(back), table) && wasm_ref_as_func(back) == NULL);
  wasm_ref_delete(back);

  wasm_val_t val = WASM_REF_VAL(first);
  wasm_global_set(global, &val);
  wasm_global_get(global, &val);
  check(val.of.ref, first);
  CHECK(wasm_table_set(table, 2, second));
  check(wasm_table_get(table, 2), second);
  check(wasm_table_get(table, 1), NULL);

  wasm_ref_delete(first);
  wasm_ref_delete(second);
  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(instance);
  wasm_func_delete(func);
  wasm_module_delete(module);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
