/* ermine.h: what Ermine has beyond the standard wasm.h.
 *
 * Functions that can fail give an `own ermine_error_t*`: null if all went well. Then, and only then, what is behind `out` was written. Ownership, handles,
 * threads and callbacks are as wasm.h says. */

#ifndef ERMINE_H
#define ERMINE_H

#include "wasm.h"

#ifdef __cplusplus
extern "C" {
#endif

#define own

/* ---- Errors ---- */

/* What went wrong. */
typedef struct ermine_error_t ermine_error_t;
WASM_API_EXTERN void ermine_error_delete(own ermine_error_t*);
/* One line that says what to do. Ends in a zero; lives as long as the error. */
WASM_API_EXTERN const char* ermine_error_message(const ermine_error_t*);

/* ---- Memory (cargo feature `c-allocator`, which is off unless it is chosen) ---- */

/* All that the library allocates comes from `allocate` (`size` bytes at a multiple of `align`, a power of two; null if there are none) and goes to `release`, with the
 * same size and alignment. Both may be called from any thread that uses the library. False, and nothing has changed, if something was allocated before: this is the
 * first function to be called. */
#ifdef ERMINE_C_ALLOCATOR
WASM_API_EXTERN bool ermine_set_allocator(
  void* (*allocate)(size_t size, size_t align), void (*release)(void* memory, size_t size, size_t align));
#endif

/* ---- Configuration: before the engine is made ---- */

/* Guests pay for what they execute: ermine_store_set_fuel. Off at first. */
WASM_API_EXTERN own ermine_error_t* ermine_config_consume_fuel(wasm_config_t*, bool);
/* Guests can be stopped from another thread: ermine_interrupt_new. Off at first; guests that pay fuel can be stopped in any case. */
WASM_API_EXTERN own ermine_error_t* ermine_config_interruptible(wasm_config_t*, bool);

typedef uint8_t ermine_machine_t;
enum ermine_machine_enum {
  ERMINE_MACHINE_AUTO, /* the faster one that works here */
  ERMINE_MACHINE_TAIL, /* threaded code; 64-bit hosts, optimised builds */
  ERMINE_MACHINE_LOOP  /* compact code; everywhere */
};
WASM_API_EXTERN own ermine_error_t* ermine_config_machine(wasm_config_t*, ermine_machine_t);

typedef uint8_t ermine_compilation_t;
enum ermine_compilation_enum {
  ERMINE_COMPILATION_EAGER,            /* all when the module is made */
  ERMINE_COMPILATION_LAZY_TRANSLATION, /* validated then, translated when first called */
  ERMINE_COMPILATION_LAZY              /* both when first called */
};
WASM_API_EXTERN own ermine_error_t* ermine_config_compilation(wasm_config_t*, ermine_compilation_t);

/* Bounds of everything that a guest can make the host spend. Each has a default. */
typedef uint8_t ermine_limit_t;
enum ermine_limit_enum {
  ERMINE_LIMIT_MODULE_BYTES,      /* a module: 256 MiB */
  ERMINE_LIMIT_CODE_BYTES,        /* translated code of a module: 1 GiB */
  ERMINE_LIMIT_STACK_BYTES,       /* the value stack of a store, and of each resumable call: 1 MiB */
  ERMINE_LIMIT_TOTAL_STACK_BYTES, /* all value stacks of a store: 64 MiB */
  ERMINE_LIMIT_MEMORY_BYTES,      /* one memory: 4 GiB */
  ERMINE_LIMIT_TABLE_ELEMENTS,    /* one table: 10,000,000 */
  ERMINE_LIMIT_INSTANCES,         /* of a store: 1,000,000 */
  ERMINE_LIMIT_MEMORIES,          /* of a store: 10,000 */
  ERMINE_LIMIT_TABLES,            /* of a store: 10,000 */
  ERMINE_LIMIT_FUNCTIONS,         /* of a store: 16,000,000 */
  ERMINE_LIMIT_HOST_OBJECTS,      /* externrefs of a store: 1,000,000 */
  ERMINE_LIMIT_HOST_DEPTH,        /* callbacks that are active at once in one store: 64 */
  ERMINE_LIMIT_BACKTRACE_FRAMES   /* of a trap: 64 */
};
WASM_API_EXTERN own ermine_error_t* ermine_config_limit(wasm_config_t*, ermine_limit_t, uint64_t);

/* As wasm_engine_new_with_config. */
WASM_API_EXTERN own ermine_error_t* ermine_engine_new(own wasm_config_t*, own wasm_engine_t** out);

/* ---- Stores ---- */

/* Bounds of one store, beside those of its engine. */
typedef struct ermine_store_limits_t {
  uint64_t memory_bytes;   /* of each memory */
  uint64_t table_elements; /* of each table */
  uint64_t instances;
  uint64_t memories;
  uint64_t tables;
  bool trap_on_grow_failure; /* a guest that asks for more traps, instead of seeing -1 */
} ermine_store_limits_t;

/* No bound. */
#define ERMINE_UNLIMITED UINT64_MAX
#define ERMINE_STORE_UNLIMITED \
  {ERMINE_UNLIMITED, ERMINE_UNLIMITED, ERMINE_UNLIMITED, ERMINE_UNLIMITED, ERMINE_UNLIMITED, false}

/* Holds for what is made and grown from now on. */
WASM_API_EXTERN own ermine_error_t* ermine_store_set_limits(wasm_store_t*, const ermine_store_limits_t*);

/* One unit pays for one wasm operator. A store has none at first. */
WASM_API_EXTERN own ermine_error_t* ermine_store_set_fuel(wasm_store_t*, uint64_t);
WASM_API_EXTERN own ermine_error_t* ermine_store_get_fuel(wasm_store_t*, uint64_t* out);

/* Stops the guests of one store, from any thread and at any time: also when the store is gone. */
typedef struct ermine_interrupt_t ermine_interrupt_t;
WASM_API_EXTERN own ermine_error_t* ermine_interrupt_new(wasm_store_t*, own ermine_interrupt_t** out);
WASM_API_EXTERN void ermine_interrupt_delete(own ermine_interrupt_t*);
/* The guest that runs, or the next one that is called, stops once. */
WASM_API_EXTERN void ermine_interrupt_raise(const ermine_interrupt_t*);
/* Takes an interrupt back that no guest has seen yet. */
WASM_API_EXTERN void ermine_interrupt_clear(const ermine_interrupt_t*);

/* ---- Modules ---- */

/* A module from wasm or from an image, whichever the bytes are. They are copied. */
WASM_API_EXTERN own ermine_error_t* ermine_module_new(wasm_store_t*, const wasm_byte_vec_t*, own wasm_module_t** out);
/* The same from a file. */
WASM_API_EXTERN own ermine_error_t* ermine_module_new_file(wasm_store_t*, const char* path, own wasm_module_t** out);
/* wasm_module_serialize, with the reason if it cannot. */
WASM_API_EXTERN own ermine_error_t* ermine_module_image(const wasm_module_t*, own wasm_byte_vec_t* out);

/* ---- Traps ---- */

typedef uint8_t ermine_trap_code_t;
enum ermine_trap_code_enum {
  ERMINE_TRAP_HOST, /* not the engine's: a callback's, or a call that was refused */
  ERMINE_TRAP_UNREACHABLE,
  ERMINE_TRAP_MEMORY_OUT_OF_BOUNDS,
  ERMINE_TRAP_TABLE_OUT_OF_BOUNDS,
  ERMINE_TRAP_INDIRECT_CALL_TO_NULL,
  ERMINE_TRAP_BAD_SIGNATURE,
  ERMINE_TRAP_UNDEFINED_ELEMENT,
  ERMINE_TRAP_INTEGER_OVERFLOW,
  ERMINE_TRAP_INTEGER_DIVISION_BY_ZERO,
  ERMINE_TRAP_BAD_CONVERSION_TO_INTEGER,
  ERMINE_TRAP_STACK_OVERFLOW,
  ERMINE_TRAP_OUT_OF_FUEL,
  ERMINE_TRAP_INTERRUPT,
  ERMINE_TRAP_ALLOCATION_TOO_LARGE,
  ERMINE_TRAP_BAD_REFERENCE
};
WASM_API_EXTERN ermine_trap_code_t ermine_trap_code(const wasm_trap_t*);
/* Whether the guest ended itself (WASI's proc_exit); then `*status` is written, if it is given. */
WASM_API_EXTERN bool ermine_trap_exit_status(const wasm_trap_t*, int32_t* status);
/* The name that the module gives to the function of a frame; null if it gives none, as in images. Ends in a zero; lives as long as the frame. */
WASM_API_EXTERN const char* ermine_frame_func_name(const wasm_frame_t*);

/* ---- Calls that can wait ---- */

/* A call with a value stack of its own, which goes on where it was. It keeps its store alive. */
typedef struct ermine_call_t ermine_call_t;

typedef uint8_t ermine_progress_t;
enum ermine_progress_enum {
  ERMINE_FINISHED,    /* it has returned; results are written */
  ERMINE_TRAPPED,     /* it has ended; the trap is written */
  ERMINE_OUT_OF_FUEL, /* it goes on once the store has fuel: ermine_call_required_fuel */
  ERMINE_INTERRUPTED, /* it can go on at once */
  ERMINE_SUSPENDED    /* a callback was not ready (ermine_suspend); it goes on with what that should have given back */
};

/* Prepares a call: nothing has run yet. `args` are lent. */
WASM_API_EXTERN own ermine_error_t* ermine_call_new(
  const wasm_func_t*, const wasm_val_vec_t* args, own ermine_call_t** out);
/* Ends the call, wherever it is. */
WASM_API_EXTERN void ermine_call_delete(own ermine_call_t*);
/* Runs the call until it ends or has to wait. `answer` is what the callback that suspended it gives back, null in all other cases; it is lent. `results` is as
 * for wasm_func_call. `trap` may be null if nobody wants it. An error says that the call could not run at all: it has not changed. */
WASM_API_EXTERN own ermine_error_t* ermine_call_resume(
  ermine_call_t*, const wasm_val_vec_t* answer, wasm_val_vec_t* results, ermine_progress_t* progress, own wasm_trap_t** trap);
/* The fuel without which it cannot go on; 0 if it does not wait for fuel. */
WASM_API_EXTERN uint64_t ermine_call_required_fuel(const ermine_call_t*);

/* What a callback gives back to suspend the call that it is in. A call that was not made with ermine_call_new traps. */
WASM_API_EXTERN own wasm_trap_t* ermine_suspend(wasm_store_t*);

/* ---- WASI preview 1 (cargo feature `wasi`, which is on unless features are chosen) ---- */

/* What a guest is granted: the process's streams, clocks and random bytes, and what is added here. Everything given is copied. */
typedef struct ermine_wasi_t ermine_wasi_t;
WASM_API_EXTERN own ermine_error_t* ermine_wasi_new(own ermine_wasi_t** out);
WASM_API_EXTERN void ermine_wasi_delete(own ermine_wasi_t*);
/* One more argument; the first of all is the program's name. */
WASM_API_EXTERN own ermine_error_t* ermine_wasi_arg(ermine_wasi_t*, const char*);
WASM_API_EXTERN own ermine_error_t* ermine_wasi_env(ermine_wasi_t*, const char* name, const char* value);

typedef uint8_t ermine_access_t;
enum ermine_access_enum {
  ERMINE_READ_WRITE,
  ERMINE_READ_ONLY /* only what changes nothing */
};
/* The directory `host`, which is opened now and which the guest finds as `guest`. It sees nothing outside of it. */
WASM_API_EXTERN own ermine_error_t* ermine_wasi_dir(
  ermine_wasi_t*, const char* host, const char* guest, ermine_access_t);
/* Standard input is these bytes, not the process's. */
WASM_API_EXTERN own ermine_error_t* ermine_wasi_stdin(ermine_wasi_t*, const wasm_byte_vec_t*);
/* Standard output and error are kept, not the process's: ermine_store_take_output. A guest that writes more than that many bytes to one of them, before
 * they are taken, gets an error. */
WASM_API_EXTERN own ermine_error_t* ermine_wasi_keep_output(ermine_wasi_t*, size_t bytes);

/* The grants of the store's guests. Before that there are none. */
WASM_API_EXTERN own ermine_error_t* ermine_store_set_wasi(wasm_store_t*, own ermine_wasi_t*);
/* What guests have written since it was taken last: 1 is standard output, 2 standard error. */
WASM_API_EXTERN own ermine_error_t* ermine_store_take_output(wasm_store_t*, uint32_t descriptor, own wasm_byte_vec_t* out);
/* wasm_instance_new with WASI's functions: `imports` are what the module imports from elsewhere, in its order. Programs are run by calling their export
 * `_start`; their exit is a trap that has a status (ermine_trap_exit_status). An error is what wasm_instance_new gives as a trap. */
WASM_API_EXTERN own ermine_error_t* ermine_wasi_instance_new(
  wasm_store_t*, const wasm_module_t*, const wasm_extern_vec_t* imports, own wasm_instance_t** out);

#undef own

#ifdef __cplusplus
}
#endif

#endif
