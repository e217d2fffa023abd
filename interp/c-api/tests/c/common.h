/* What the programs of the tests share. They are C11 and C++17 at once. */

#ifndef COMMON_H
#define COMMON_H

#include <stdio.h>
#include <stdlib.h>

#include "wasm.h"

#define CHECK(condition) \
  do { \
    if (!(condition)) { \
      fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
      exit(1); \
    } \
  } while (0)

/* The bytes of a file. */
static inline wasm_byte_vec_t read_file(const char* path) {
  wasm_byte_vec_t bytes;
  FILE* file = fopen(path, "rb");
  CHECK(file != NULL);
  CHECK(fseek(file, 0, SEEK_END) == 0);
  wasm_byte_vec_new_uninitialized(&bytes, (size_t)ftell(file));
  rewind(file);
  CHECK(fread(bytes.data, 1, bytes.size, file) == bytes.size);
  fclose(file);
  return bytes;
}

/* The module in a file. */
static inline wasm_module_t* load(wasm_store_t* store, const char* path) {
  wasm_byte_vec_t binary = read_file(path);
  wasm_module_t* module = wasm_module_new(store, &binary);
  wasm_byte_vec_delete(&binary);
  CHECK(module != NULL);
  return module;
}

/* The instance of a module with these imports, and its exports. */
static inline wasm_instance_t* instantiate(
  wasm_store_t* store, const wasm_module_t* module, size_t size, wasm_extern_t** imports, wasm_extern_vec_t* exports) {
  wasm_extern_vec_t vec = {size, imports};
  wasm_trap_t* trap = NULL;
  wasm_instance_t* instance = wasm_instance_new(store, module, &vec, &trap);
  CHECK(trap == NULL && instance != NULL);
  wasm_instance_exports(instance, exports);
  return instance;
}

/* Calls a function that takes these i32 and gives one. */
static inline int32_t call_i32(const wasm_func_t* func, size_t size, const int32_t* numbers) {
  wasm_val_t values[4], result = WASM_INIT_VAL;
  wasm_val_vec_t args = {size, values}, results = {1, &result};
  for (size_t i = 0; i < size; i++) {
    values[i].kind = WASM_I32;
    values[i].of.i32 = numbers[i];
  }
  CHECK(wasm_func_call(func, &args, &results) == NULL);
  CHECK(result.kind == WASM_I32);
  return result.of.i32;
}

/* Calls a function that takes nothing, whose results nobody wants. */
static inline wasm_trap_t* run(const wasm_func_t* func) {
  wasm_val_vec_t empty = WASM_EMPTY_VEC;
  return wasm_func_call(func, &empty, &empty);
}

/* Whether a trap has this message. Deletes the trap. */
static inline bool says(wasm_trap_t* trap, const char* expected) {
  wasm_message_t message;
  CHECK(trap != NULL);
  wasm_trap_message(trap, &message);
  CHECK(message.size > 0 && message.data[message.size - 1] == 0);
  bool same = strcmp(message.data, expected) == 0;
  if (!same) fprintf(stderr, "the trap says: %s\n", message.data);
  wasm_byte_vec_delete(&message);
  wasm_trap_delete(trap);
  return same;
}

#endif
