/* One module in many threads, each with a store of its own. */

#include <pthread.h>

#include "common.h"

enum { THREADS = 4, ROUNDS = 20 };

typedef struct {
  wasm_engine_t* engine;
  const wasm_shared_module_t* module;
  int32_t id, sum;
} Job;

static wasm_trap_t* add(void* env, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)results;
  ((Job*)env)->sum += args->data[0].of.i32;
  return NULL;
}

static void* work(void* arg) {
  Job* job = (Job*)arg;
  for (int round = 0; round < ROUNDS; round++) {
    wasm_store_t* store = wasm_store_new(job->engine);
    wasm_module_t* module = wasm_module_obtain(store, job->module);
    CHECK(module != NULL);
    wasm_functype_t* type = wasm_functype_new_1_0(wasm_valtype_new_i32());
    wasm_func_t* func = wasm_func_new_with_env(store, type, add, job, NULL);
    wasm_functype_delete(type);
    wasm_globaltype_t* global_type = wasm_globaltype_new(wasm_valtype_new_i32(), WASM_CONST);
    wasm_val_t id = WASM_I32_VAL(job->id);
    wasm_global_t* global = wasm_global_new(store, global_type, &id);
    wasm_globaltype_delete(global_type);
    wasm_extern_t* imports[] = {wasm_func_as_extern(func), wasm_global_as_extern(global)};
    wasm_extern_vec_t exports;
    wasm_instance_t* instance = instantiate(store, module, 2, imports, &exports);
    CHECK(run(wasm_extern_as_func(exports.data[0])) == NULL);
    wasm_extern_vec_delete(&exports);
    wasm_instance_delete(instance);
    wasm_global_delete(global);
    wasm_func_delete(func);
    wasm_module_delete(module);
    wasm_store_delete(store);
  }
  return NULL;
}

int main(int argc, char** argv) {
  CHECK(argc == 2);
  wasm_engine_t* engine = wasm_engine_new();
  wasm_store_t* store = wasm_store_new(engine);
  wasm_module_t* module = load(store, argv[1]);
  wasm_shared_module_t* shared = wasm_module_share(module);
  wasm_module_delete(module);
  wasm_store_delete(store);

  pthread_t threads[THREADS];
  Job jobs[THREADS];
  for (int i = 0; i < THREADS; i++) {
    Job job = {engine, shared, i + 1, 0};
    jobs[i] = job;
    CHECK(pthread_create(&threads[i], NULL, work, &jobs[i]) == 0);
  }
  for (int i = 0; i < THREADS; i++) {
    CHECK(pthread_join(threads[i], NULL) == 0);
    CHECK(jobs[i].sum == ROUNDS * (i + 1));
  }

  /* Modules stay with their engine. */
  wasm_engine_t* other = wasm_engine_new();
  store = wasm_store_new(other);
  CHECK(wasm_module_obtain(store, shared) == NULL);
  wasm_store_delete(store);
  wasm_engine_delete(other);

  wasm_shared_module_delete(shared);
  wasm_engine_delete(engine);
  return 0;
}
