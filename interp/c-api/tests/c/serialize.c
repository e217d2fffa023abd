/* A module becomes an image and a module again; what is no image is refused. */

#include "common.h"

int main(int argc, char** argv) {
  CHECK(argc == 2);
  wasm_engine_t* engine = wasm_engine_new();
  wasm_store_t* store = wasm_store_new(engine);
  wasm_module_t* module = load(store, argv[1]);
  wasm_byte_vec_t image, again;
  wasm_module_serialize(module, &image);
  CHECK(image.size > 0);
  wasm_module_delete(module);

  module = wasm_module_deserialize(store, &image);
  CHECK(module != NULL);
  wasm_module_serialize(module, &again);
  CHECK(again.size == image.size && memcmp(again.data, image.data, image.size) == 0);

  wasm_extern_vec_t exports;
  wasm_instance_t* instance = instantiate(store, module, 0, NULL, &exports);
  int32_t numbers[] = {2, 3};
  CHECK(call_i32(wasm_extern_as_func(exports.data[0]), 2, numbers) == 5);

  /* Damaged anywhere, it is refused or still safe; cut off, it is refused. */
  wasm_byte_vec_t cut = {image.size / 2, image.data}, none = WASM_EMPTY_VEC;
  CHECK(wasm_module_deserialize(store, &cut) == NULL);
  CHECK(wasm_module_deserialize(store, &none) == NULL);
  CHECK(!wasm_module_validate(store, &image));
  CHECK(wasm_module_new(store, &image) == NULL);

  wasm_byte_vec_delete(&again);
  wasm_byte_vec_delete(&image);
  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(instance);
  wasm_module_delete(module);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
