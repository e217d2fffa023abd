/* Traps: the engine's and the host's, with their messages and frames. */

#include "common.h"
#include "ermine.h"

static wasm_trap_t* refuse(void* env, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)args;
  (void)results;
  wasm_message_t message;
  wasm_name_new_from_string_nt(&message, "the host refuses");
  wasm_trap_t* trap = wasm_trap_new((wasm_store_t*)env, &message);
  wasm_byte_vec_delete(&message);
  wasm_trap_set_host_info(trap, env);
  return trap;
}

/* The functions that a trap came through, innermost first. */
static void check_frames(const wasm_trap_t* trap, size_t size, const uint32_t* functions) {
  wasm_frame_vec_t frames;
  wasm_trap_trace(trap, &frames);
  CHECK(frames.size == size);
  for (size_t i = 0; i < size; i++) {
    CHECK(wasm_frame_func_index(frames.data[i]) == functions[i]);
    CHECK(wasm_frame_func_offset(frames.data[i]) < wasm_frame_module_offset(frames.data[i]));
    CHECK(wasm_frame_instance(frames.data[i]) == NULL);
  }
  wasm_frame_t* origin = wasm_trap_origin(trap);
  CHECK(origin != NULL);
  CHECK(wasm_frame_module_offset(origin) == wasm_frame_module_offset(frames.data[0]));
  wasm_frame_delete(origin);
  wasm_frame_vec_delete(&frames);
}

int main(int argc, char** argv) {
  CHECK(argc == 2);
  wasm_engine_t* engine = wasm_engine_new();
  wasm_store_t* store = wasm_store_new(engine);
  wasm_module_t* module = load(store, argv[1]);

  wasm_functype_t* type = wasm_functype_new_0_1(wasm_valtype_new_i32());
  wasm_func_t* host = wasm_func_new_with_env(store, type, refuse, store, NULL);
  wasm_functype_delete(type);
  wasm_extern_t* imports[] = {wasm_func_as_extern(host)};
  wasm_extern_vec_t exports;
  wasm_instance_t* instance = instantiate(store, module, 1, imports, &exports);
  CHECK(exports.size == 3);

  /* The host's own trap comes back through the guest, with what was attached to it. */
  wasm_trap_t* trap = run(wasm_extern_as_func(exports.data[0]));
  CHECK(trap != NULL && wasm_trap_get_host_info(trap) == store);
  const uint32_t through[] = {1};
  check_frames(trap, 1, through);
  wasm_trap_t* copy = wasm_trap_copy(trap);
  CHECK(wasm_trap_same(trap, copy));
  wasm_trap_delete(copy);
  CHECK(says(trap, "the host refuses"));

  trap = run(wasm_extern_as_func(exports.data[1]));
  const uint32_t inner_and_outer[] = {2, 3};
  check_frames(trap, 2, inner_and_outer);
  wasm_frame_vec_t frames;
  wasm_trap_trace(trap, &frames);
  CHECK(strcmp(ermine_frame_func_name(frames.data[0]), "inner") == 0);
  CHECK(ermine_frame_func_name(frames.data[1]) == NULL && ermine_frame_func_name(NULL) == NULL);
  wasm_frame_vec_delete(&frames);
  CHECK(says(trap, "unreachable"));

  CHECK(says(run(wasm_extern_as_func(exports.data[2])), "integer divide by zero"));

  /* Without a guest there are no frames. */
  trap = run(host);
  CHECK(trap != NULL && wasm_trap_origin(trap) == NULL);
  CHECK(says(trap, "the host refuses"));

  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(instance);
  wasm_func_delete(host);
  wasm_module_delete(module);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
