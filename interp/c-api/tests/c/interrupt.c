/* Another thread stops a guest that would run for ever; the call can go on. */

#include <pthread.h>

#include "common.h"
#include "ermine.h"

static void* stop(void* handle) {
  ermine_interrupt_raise((const ermine_interrupt_t*)handle);
  return NULL;
}

int main(int argc, char** argv) {
  CHECK(argc == 2);
  wasm_config_t* config = wasm_config_new();
  CHECK(ermine_config_interruptible(config, true) == NULL);
  wasm_engine_t* engine = wasm_engine_new_with_config(config);
  wasm_store_t* store = wasm_store_new(engine);
  wasm_module_t* module = load(store, argv[1]);
  wasm_extern_vec_t exports;
  wasm_instance_t* instance = instantiate(store, module, 0, NULL, &exports);
  wasm_func_t* spin = wasm_extern_as_func(exports.data[0]);
  wasm_global_t* go_on = wasm_extern_as_global(exports.data[1]);
  ermine_interrupt_t* handle = NULL;
  CHECK(ermine_interrupt_new(store, &handle) == NULL);

  pthread_t thread;
  CHECK(pthread_create(&thread, NULL, stop, handle) == 0);
  wasm_trap_t* trap = run(spin);
  CHECK(pthread_join(thread, NULL) == 0);
  CHECK(ermine_trap_code(trap) == ERMINE_TRAP_INTERRUPT);
  CHECK(says(trap, "interrupt"));

  /* One that is taken back stops nobody. */
  wasm_val_t no = WASM_I32_VAL(0), yes = WASM_I32_VAL(1);
  wasm_global_set(go_on, &no);
  ermine_interrupt_raise(handle);
  ermine_interrupt_clear(handle);
  CHECK(run(spin) == NULL);

  /* A call that can wait is not lost. */
  wasm_global_set(go_on, &yes);
  ermine_call_t* call = NULL;
  ermine_progress_t progress = ERMINE_FINISHED;
  CHECK(ermine_call_new(spin, NULL, &call) == NULL);
  ermine_interrupt_raise(handle);
  CHECK(ermine_call_resume(call, NULL, NULL, &progress, NULL) == NULL && progress == ERMINE_INTERRUPTED);
  wasm_global_set(go_on, &no);
  CHECK(ermine_call_resume(call, NULL, NULL, &progress, NULL) == NULL && progress == ERMINE_FINISHED);
  ermine_call_delete(call);

  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(instance);
  wasm_module_delete(module);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  /* The handle may outlive the store. */
  ermine_interrupt_raise(handle);
  ermine_interrupt_delete(handle);
  return 0;
}
