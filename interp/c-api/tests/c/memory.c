/* Memories: of guests and stand-alone, their bytes, bounds and growth. */

#include "common.h"

int main(int argc, char** argv) {
  CHECK(argc == 2);
  wasm_engine_t* engine = wasm_engine_new();
  wasm_store_t* store = wasm_store_new(engine);
  wasm_module_t* module = load(store, argv[1]);
  wasm_extern_vec_t exports;
  wasm_instance_t* instance = instantiate(store, module, 0, NULL, &exports);
  CHECK(exports.size == 4);
  wasm_memory_t* memory = wasm_extern_as_memory(exports.data[0]);
  wasm_func_t* load8 = wasm_extern_as_func(exports.data[1]);
  wasm_func_t* store8 = wasm_extern_as_func(exports.data[2]);
  wasm_func_t* grow = wasm_extern_as_func(exports.data[3]);

  CHECK(wasm_memory_size(memory) == 2 && wasm_memory_data_size(memory) == 2 * MEMORY_PAGE_SIZE);
  char* data = wasm_memory_data(memory);
  CHECK(data[0] == 0 && data[0x1000] == 1 && data[0x1003] == 4);
  data[0x1003] = 5;
  int32_t at[2] = {0x1003, 7};
  CHECK(call_i32(load8, 1, at) == 5);
  wasm_val_t values[2] = {WASM_I32_VAL(0x1ffff), WASM_I32_VAL(7)};
  wasm_val_vec_t args = WASM_ARRAY_VEC(values), none = WASM_EMPTY_VEC;
  CHECK(wasm_func_call(store8, &args, &none) == NULL);
  CHECK(data[0x1ffff] == 7);
  values[0].of.i32 = 0x20000;
  CHECK(says(wasm_func_call(store8, &args, &none), "out of bounds memory access"));

  /* The guest lets it grow, then the host, up to its maximum. */
  int32_t one = 1;
  CHECK(call_i32(grow, 1, &one) == 2);
  CHECK(wasm_memory_size(memory) == 3 && wasm_memory_data(memory)[0x1ffff] == 7);
  CHECK(wasm_memory_grow(memory, 1) && wasm_memory_size(memory) == 4);
  CHECK(!wasm_memory_grow(memory, 1) && wasm_memory_size(memory) == 4);
  CHECK(wasm_memory_grow(memory, 0));

  wasm_memorytype_t* type = wasm_memory_type(memory);
  CHECK(wasm_memorytype_limits(type)->min == 2 && wasm_memorytype_limits(type)->max == 4);
  wasm_memorytype_delete(type);

  wasm_memory_t* copy = wasm_memory_copy(memory);
  CHECK(wasm_memory_same(memory, copy));
  wasm_memory_delete(copy);

  wasm_limits_t limits = {5, 5};
  type = wasm_memorytype_new(&limits);
  wasm_memory_t* alone = wasm_memory_new(store, type);
  wasm_memorytype_delete(type);
  CHECK(wasm_memory_size(alone) == 5 && !wasm_memory_same(memory, alone));
  CHECK(!wasm_memory_grow(alone, 1));
  wasm_memory_delete(alone);

  /* More than there can be. */
  wasm_limits_t absurd = {70000, wasm_limits_max_default};
  type = wasm_memorytype_new(&absurd);
  CHECK(wasm_memory_new(store, type) == NULL);
  wasm_memorytype_delete(type);

  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(instance);
  wasm_module_delete(module);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
