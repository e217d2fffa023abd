/* The program's own allocator: all that the library takes comes from it, aligned, and goes back with the same size. */

#define _POSIX_C_SOURCE 200809L

#include "../c/common.h"
#include "ermine.h"

static size_t bytes = 0, calls = 0;

static void* take(size_t size, size_t align) {
  void* memory = NULL;
  if (posix_memalign(&memory, align < sizeof(void*) ? sizeof(void*) : align, size) != 0) return NULL;
  bytes += size;
  calls++;
  return memory;
}

static void give_back(void* memory, size_t size, size_t align) {
  CHECK((uintptr_t)memory % align == 0 && size <= bytes);
  bytes -= size;
  free(memory);
}

int main(int argc, char** argv) {
  CHECK(argc == 2);
  CHECK(!ermine_set_allocator(NULL, give_back));
  CHECK(ermine_set_allocator(take, give_back));
  wasm_engine_t* engine = wasm_engine_new();
  size_t of_the_engine = bytes;
  CHECK(of_the_engine > 0);
  /* Too late. */
  CHECK(!ermine_set_allocator(take, give_back));
  wasm_store_t* store = wasm_store_new(engine);
  wasm_module_t* module = load(store, argv[1]);
  wasm_extern_vec_t exports;
  wasm_instance_t* instance = instantiate(store, module, 0, NULL, &exports);
  int32_t ten = 10;
  CHECK(call_i32(wasm_extern_as_func(exports.data[0]), 1, &ten) == 7);
  CHECK(bytes > of_the_engine && calls > 10);
  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(instance);
  wasm_module_delete(module);
  wasm_store_delete(store);
  CHECK(bytes <= of_the_engine + 4096);
  wasm_engine_delete(engine);
  return 0;
}
