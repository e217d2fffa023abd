/* Types of imports and exports, of a module and of its instance; types made by hand. */

#include "common.h"

static bool is(const wasm_name_t* name, const char* text) {
  return name->size == strlen(text) && memcmp(name->data, text, name->size) == 0;
}

static void check_functype(const wasm_functype_t* type, size_t params, size_t results) {
  CHECK(type != NULL);
  CHECK(wasm_functype_params(type)->size == params && wasm_functype_results(type)->size == results);
  for (size_t i = 0; i < params; i++) {
    CHECK(wasm_valtype_kind(wasm_functype_params(type)->data[i]) == (i == 0 ? WASM_I64 : WASM_EXTERNREF));
    CHECK(wasm_valtype_is_num(wasm_functype_params(type)->data[i]) == (i == 0));
  }
}

static void check_imports(const wasm_module_t* module) {
  wasm_importtype_vec_t imports;
  wasm_module_imports(module, &imports);
  CHECK(imports.size == 2);
  CHECK(is(wasm_importtype_module(imports.data[0]), "env") && is(wasm_importtype_name(imports.data[0]), "f"));
  const wasm_externtype_t* type = wasm_importtype_type(imports.data[0]);
  CHECK(wasm_externtype_kind(type) == WASM_EXTERN_FUNC);
  check_functype(wasm_externtype_as_functype_const(type), 2, 1);
  CHECK(wasm_externtype_as_memorytype_const(type) == NULL);
  CHECK(is(wasm_importtype_name(imports.data[1]), "g\xc3\xbc"));
  const wasm_globaltype_t* global = wasm_externtype_as_globaltype_const(wasm_importtype_type(imports.data[1]));
  CHECK(wasm_globaltype_mutability(global) == WASM_CONST);

  wasm_importtype_vec_t copy;
  wasm_importtype_vec_copy(&copy, &imports);
  wasm_importtype_vec_delete(&imports);
  CHECK(copy.size == 2 && is(wasm_importtype_module(copy.data[1]), "env"));
  wasm_importtype_vec_delete(&copy);
}

static void check_exports(const wasm_module_t* module) {
  static const struct {
    const char* name;
    wasm_externkind_t kind;
  } expected[] = {
    {"func", WASM_EXTERN_FUNC},
    {"table", WASM_EXTERN_TABLE},
    {"memory", WASM_EXTERN_MEMORY},
    {"global", WASM_EXTERN_GLOBAL},
  };
  wasm_exporttype_vec_t exports;
  wasm_module_exports(module, &exports);
  CHECK(exports.size == 4);
  for (size_t i = 0; i < exports.size; i++) {
    CHECK(is(wasm_exporttype_name(exports.data[i]), expected[i].name));
    CHECK(wasm_externtype_kind(wasm_exporttype_type(exports.data[i])) == expected[i].kind);
  }
  const wasm_externtype_t* memory = wasm_exporttype_type(exports.data[2]);
  const wasm_limits_t* limits = wasm_memorytype_limits(wasm_externtype_as_memorytype_const(memory));
  CHECK(limits->min == 1 && limits->max == wasm_limits_max_default);
  wasm_exporttype_vec_delete(&exports);
}

/* What is put together by hand is taken apart again. */
static void check_made_types(void) {
  wasm_name_t module, name;
  wasm_name_new_from_string(&module, "m");
  wasm_name_new_from_string(&name, "n");
  wasm_functype_t* func = wasm_functype_new_2_1(
    wasm_valtype_new_i64(), wasm_valtype_new_externref(), wasm_valtype_new_f32());
  wasm_functype_t* copy = wasm_functype_copy(func);
  wasm_importtype_t* import = wasm_importtype_new(&module, &name, wasm_functype_as_externtype(func));
  CHECK(module.size == 0 && name.size == 0);
  wasm_byte_vec_delete(&name);
  CHECK(is(wasm_importtype_name(import), "n"));
  check_functype(wasm_externtype_as_functype_const(wasm_importtype_type(import)), 2, 1);
  wasm_importtype_delete(import);
  check_functype(copy, 2, 1);
  wasm_functype_delete(copy);
  CHECK(wasm_valtype_new(77) == NULL);
}

int main(int argc, char** argv) {
  CHECK(argc == 2);
  wasm_engine_t* engine = wasm_engine_new();
  wasm_store_t* store = wasm_store_new(engine);
  wasm_module_t* module = load(store, argv[1]);
  check_imports(module);
  check_exports(module);
  check_made_types();
  wasm_module_delete(module);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
