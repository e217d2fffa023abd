/* A program under WASI: arguments, environment, input and output over buffers, a directory that it may only read, and its exit. */

#include "common.h"
#include "ermine.h"

static bool is(wasm_store_t* store, uint32_t descriptor, const char* expected) {
  wasm_byte_vec_t bytes;
  CHECK(ermine_store_take_output(store, descriptor, &bytes) == NULL);
  bool same = bytes.size == strlen(expected) && (bytes.size == 0 || memcmp(bytes.data, expected, bytes.size) == 0);
  if (!same) fprintf(stderr, "it wrote: %.*s\n", (int)bytes.size, bytes.data);
  wasm_byte_vec_delete(&bytes);
  return same;
}

int main(int argc, char** argv) {
  CHECK(argc == 2);
  wasm_engine_t* engine = wasm_engine_new();
  wasm_store_t* store = wasm_store_new(engine);
  wasm_module_t* module = load(store, argv[1]);

  ermine_wasi_t* wasi = NULL;
  char text[] = "input";
  wasm_byte_vec_t input = {5, text};
  CHECK(ermine_wasi_new(&wasi) == NULL);
  CHECK(ermine_wasi_arg(wasi, "program") == NULL && ermine_wasi_arg(wasi, "argument") == NULL);
  CHECK(ermine_wasi_env(wasi, "NAME", "value") == NULL);
  CHECK(ermine_wasi_stdin(wasi, &input) == NULL && ermine_wasi_keep_output(wasi, 64) == NULL);
  CHECK(ermine_wasi_dir(wasi, ".", "/", ERMINE_READ_ONLY) == NULL);
  ermine_error_t* error = ermine_wasi_dir(wasi, "there-is-no-such-directory", "/", ERMINE_READ_ONLY);
  CHECK(error != NULL && strstr(ermine_error_message(error), "cannot open the directory") != NULL);
  ermine_error_delete(error);
  CHECK(ermine_store_set_wasi(store, wasi) == NULL);

  wasm_instance_t* instance = NULL;
  CHECK(ermine_wasi_instance_new(store, module, NULL, &instance) == NULL);
  wasm_extern_vec_t exports;
  wasm_instance_exports(instance, &exports);

  /* It copies input to output, writes the number of its arguments to the other stream, and exits with the error of opening a file to be written. */
  wasm_trap_t* trap = run(wasm_extern_as_func(exports.data[0]));
  int32_t code = 0;
  CHECK(ermine_trap_exit_status(trap, &code) && ermine_trap_code(trap) == ERMINE_TRAP_HOST);
  wasm_trap_delete(trap);
  CHECK(code == 76);
  CHECK(is(store, 1, "input") && is(store, 2, "2") && is(store, 2, ""));

  /* An import that is not WASI's is missing. */
  wasm_extern_t* extra[] = {exports.data[0]};
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(extra);
  wasm_instance_t* none = NULL;
  error = ermine_wasi_instance_new(store, module, &imports, &none);
  CHECK(error != NULL && none == NULL);
  ermine_error_delete(error);

  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(instance);
  wasm_module_delete(module);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
