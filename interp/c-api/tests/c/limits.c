/* Bounds of engines and stores, and settings that do not exist. Errors say what is wrong. */

#include "common.h"
#include "ermine.h"

static bool fails_with(ermine_error_t* error, const char* part) {
  CHECK(error != NULL);
  bool found = strstr(ermine_error_message(error), part) != NULL;
  if (!found) fprintf(stderr, "the error says: %s\n", ermine_error_message(error));
  ermine_error_delete(error);
  return found;
}

int main(int argc, char** argv) {
  CHECK(argc == 2);
  wasm_config_t* config = wasm_config_new();
  CHECK(fails_with(ermine_config_limit(config, 99, 1), "no such limit"));
  CHECK(fails_with(ermine_config_machine(config, 99), "no such machine"));
  CHECK(fails_with(ermine_config_limit(NULL, 0, 1), "null"));
  CHECK(ermine_config_machine(config, ERMINE_MACHINE_LOOP) == NULL);
  CHECK(ermine_config_compilation(config, ERMINE_COMPILATION_LAZY) == NULL);
  CHECK(ermine_config_limit(config, ERMINE_LIMIT_STACK_BYTES, 64 * 1024) == NULL);
  CHECK(ermine_config_limit(config, ERMINE_LIMIT_INSTANCES, 2) == NULL);
  CHECK(ermine_config_limit(config, ERMINE_LIMIT_BACKTRACE_FRAMES, 3) == NULL);
  wasm_engine_t* engine = wasm_engine_new_with_config(config);
  wasm_store_t* store = wasm_store_new(engine);
  wasm_module_t* module = load(store, argv[1]);
  wasm_extern_vec_t exports;
  wasm_instance_t* instance = instantiate(store, module, 0, NULL, &exports);
  wasm_func_t* recurse = wasm_extern_as_func(exports.data[0]);
  wasm_func_t* grow = wasm_extern_as_func(exports.data[1]);
  wasm_memory_t* memory = wasm_extern_as_memory(exports.data[2]);

  wasm_trap_t* trap = run(recurse);
  wasm_frame_vec_t frames;
  CHECK(ermine_trap_code(trap) == ERMINE_TRAP_STACK_OVERFLOW);
  wasm_trap_trace(trap, &frames);
  CHECK(frames.size == 3);
  wasm_frame_vec_delete(&frames);
  CHECK(says(trap, "call stack exhausted"));

  /* The store's own bounds can change while it lives; guest and host meet them. */
  int32_t one = 1;
  ermine_store_limits_t limits = ERMINE_STORE_UNLIMITED;
  CHECK(call_i32(grow, 1, &one) == 1);
  limits.memory_bytes = 3 * MEMORY_PAGE_SIZE;
  CHECK(ermine_store_set_limits(store, &limits) == NULL);
  CHECK(call_i32(grow, 1, &one) == 2 && call_i32(grow, 1, &one) == -1);
  CHECK(!wasm_memory_grow(memory, 1) && wasm_memory_size(memory) == 3);
  limits.trap_on_grow_failure = true;
  CHECK(ermine_store_set_limits(store, &limits) == NULL);
  wasm_val_t arg = WASM_I32_VAL(1);
  wasm_val_vec_t args = {1, &arg}, results = WASM_EMPTY_VEC;
  wasm_extern_vec_t none = WASM_EMPTY_VEC;
  trap = wasm_func_call(grow, &args, &results);
  CHECK(ermine_trap_code(trap) == ERMINE_TRAP_ALLOCATION_TOO_LARGE);
  wasm_trap_delete(trap);

  /* Two instances, no more. */
  wasm_instance_t* second = wasm_instance_new(store, module, &none, NULL);
  CHECK(second != NULL);
  trap = NULL;
  CHECK(wasm_instance_new(store, module, &none, &trap) == NULL);
  CHECK(says(trap, "too many instances of a store: the limit is 2; raise it in `Limits`"));

  /* Why a module is refused. */
  wasm_module_t* refused = NULL;
  char bytes[] = {0, 'a', 's', 'm', 2, 0, 0, 0};
  wasm_byte_vec_t binary = {sizeof(bytes), bytes};
  CHECK(fails_with(ermine_module_new(store, &binary, &refused), "version"));
  CHECK(fails_with(ermine_module_new_file(store, "there-is-no-such-file", &refused), "cannot read"));
  CHECK(fails_with(ermine_module_new(store, &binary, NULL), "null"));
  CHECK(refused == NULL);

  wasm_instance_delete(second);
  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(instance);
  wasm_module_delete(module);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
