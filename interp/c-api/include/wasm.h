/* wasm.h: the standard C interface to WebAssembly (wasm-c-api), as Ermine has it.
 *
 * Names, signatures and meaning are the standard's: a program written against any engine's wasm.h compiles against this one. What goes beyond the standard is in
 * ermine.h.
 *
 * Ownership
 *   `own` marks what changes hands. An `own` result is the caller's, who deletes it with the function of its type; an `own` argument is the library's from then
 *   on. `own` results through a parameter named `out` are written, whatever was there before. Other pointers are lent: arguments until the function
 *   returns, results as long as what they are part of. Deleting null does nothing.
 *   An `own` vector owns its elements. Arguments that are `own wasm_…_vec_t*` are emptied: deleting them again does nothing.
 *
 * Handles
 *   Functions, globals, tables, memories and instances live as long as their store; what the program has are handles, which it deletes when it needs them no
 *   longer. Each handle keeps the store alive: the order of deletion does not matter. Two handles can be on one thing (…_same).
 *
 * Misuse
 *   A null where something is needed, a handle of another kind or store, too few or too many values, values of the wrong kind: the function does nothing and
 *   gives null, false, 0 or an empty vector; calls give a trap that says what was wrong. Pointers to what was deleted cannot be detected.
 *
 * Threads
 *   One thread at a time uses a store and what was made with it. Engines and shared modules may be used by any number.
 *
 * Callbacks
 *   A callback may use the store that calls it: call functions, look at and grow memories, read and set globals and tables, instantiate. It must return:
 *   no longjmp and no C++ exception may leave it. A finalizer may delete handles, but not use the store that it is called by.
 */

#ifndef WASM_H
#define WASM_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Linking statically on Windows: define LIBWASM_STATIC. */
#ifndef WASM_API_EXTERN
#if defined(_WIN32) && !defined(__MINGW32__) && !defined(LIBWASM_STATIC)
#define WASM_API_EXTERN __declspec(dllimport)
#else
#define WASM_API_EXTERN
#endif
#endif

#ifdef __cplusplus
extern "C" {
#endif

typedef char byte_t;
typedef float float32_t;
typedef double float64_t;

#define own

/* ---- Families: what many types have ---- */

/* A type that the program knows through pointers only. */
#define WASM_DECLARE_OWN(name) \
  typedef struct wasm_##name##_t wasm_##name##_t; \
  WASM_API_EXTERN void wasm_##name##_delete(own wasm_##name##_t*);

/* A vector: `size` elements at `data`, which is null if there are none. `ptr` is `*` where elements are owned pointers.
 *   new_empty          none
 *   new_uninitialized  room for that many, to be filled in (pointers are null, numbers are 0 until then)
 *   new                elements moved from an array
 *   copy               copies of all elements
 *   delete             deletes all elements; the vector is empty then
 * The program may make vectors of its own, to be lent (see WASM_ARRAY_VEC); these are not deleted. */
#define WASM_DECLARE_VEC(name, ptr) \
  typedef struct wasm_##name##_vec_t { \
    size_t size; \
    wasm_##name##_t ptr* data; \
  } wasm_##name##_vec_t; \
  WASM_API_EXTERN void wasm_##name##_vec_new_empty(own wasm_##name##_vec_t* out); \
  WASM_API_EXTERN void wasm_##name##_vec_new_uninitialized(own wasm_##name##_vec_t* out, size_t); \
  WASM_API_EXTERN void wasm_##name##_vec_new(own wasm_##name##_vec_t* out, size_t, own wasm_##name##_t ptr const[]); \
  WASM_API_EXTERN void wasm_##name##_vec_copy(own wasm_##name##_vec_t* out, const wasm_##name##_vec_t*); \
  WASM_API_EXTERN void wasm_##name##_vec_delete(own wasm_##name##_vec_t*);

/* A description that can be copied and listed. */
#define WASM_DECLARE_TYPE(name) \
  WASM_DECLARE_OWN(name) \
  WASM_DECLARE_VEC(name, *) \
  WASM_API_EXTERN own wasm_##name##_t* wasm_##name##_copy(const wasm_##name##_t*);

/* A handle.
 *   copy  another handle on the same thing
 *   same  whether both are on one thing (two nulls are)
 *   get_host_info, set_host_info, set_host_info_with_finalizer
 *         a pointer of the program's, attached to the thing, not to the handle. The finalizer is called with it when another one is attached, when the store goes,
 *         or, for traps and modules, when their last handle is deleted. */
#define WASM_DECLARE_REF_BASE(name) \
  WASM_DECLARE_OWN(name) \
  WASM_API_EXTERN own wasm_##name##_t* wasm_##name##_copy(const wasm_##name##_t*); \
  WASM_API_EXTERN bool wasm_##name##_same(const wasm_##name##_t*, const wasm_##name##_t*); \
  WASM_API_EXTERN void* wasm_##name##_get_host_info(const wasm_##name##_t*); \
  WASM_API_EXTERN void wasm_##name##_set_host_info(wasm_##name##_t*, void*); \
  WASM_API_EXTERN void wasm_##name##_set_host_info_with_finalizer(wasm_##name##_t*, void*, void (*)(void*));

/* Another view of the same handle, not another handle: delete one of them. Null if the handle is on something of another kind. */
#define WASM_DECLARE_CAST(general, name) \
  WASM_API_EXTERN wasm_##general##_t* wasm_##name##_as_##general(wasm_##name##_t*); \
  WASM_API_EXTERN wasm_##name##_t* wasm_##general##_as_##name(wasm_##general##_t*); \
  WASM_API_EXTERN const wasm_##general##_t* wasm_##name##_as_##general##_const(const wasm_##name##_t*); \
  WASM_API_EXTERN const wasm_##name##_t* wasm_##general##_as_##name##_const(const wasm_##general##_t*);

#define WASM_DECLARE_REF(name) \
  WASM_DECLARE_REF_BASE(name) \
  WASM_DECLARE_CAST(ref, name)

/* A handle on what can go to other threads: share it there, obtain it from that in a store of theirs.
 * Null if the store has another engine. */
#define WASM_DECLARE_SHARABLE_REF(name) \
  WASM_DECLARE_REF(name) \
  WASM_DECLARE_OWN(shared_##name) \
  WASM_API_EXTERN own wasm_shared_##name##_t* wasm_##name##_share(const wasm_##name##_t*); \
  WASM_API_EXTERN own wasm_##name##_t* wasm_##name##_obtain(wasm_store_t*, const wasm_shared_##name##_t*);

/* ---- Bytes and names ---- */

typedef byte_t wasm_byte_t;
WASM_DECLARE_VEC(byte, )

/* UTF-8. Not terminated by a zero, unless made by …_nt. */
typedef wasm_byte_vec_t wasm_name_t;

#define wasm_name wasm_byte_vec
#define wasm_name_new wasm_byte_vec_new
#define wasm_name_new_empty wasm_byte_vec_new_empty
#define wasm_name_new_uninitialized wasm_byte_vec_new_uninitialized
#define wasm_name_new_new_uninitialized wasm_byte_vec_new_uninitialized
#define wasm_name_copy wasm_byte_vec_copy
#define wasm_name_delete wasm_byte_vec_delete

static inline void wasm_name_new_from_string(own wasm_name_t* out, const char* s) { wasm_name_new(out, strlen(s), s); }

/* With the terminating zero, as messages want it. */
static inline void wasm_name_new_from_string_nt(own wasm_name_t* out, const char* s) {
  wasm_name_new(out, strlen(s) + 1, s);
}

/* ---- Configurations, engines, stores ---- */

/* Settings with their defaults; ermine.h changes them. */
WASM_DECLARE_OWN(config)
WASM_API_EXTERN own wasm_config_t* wasm_config_new(void);

/* Null if this build does not have what the configuration asks for. Stores and modules keep their engine alive. */
WASM_DECLARE_OWN(engine)
WASM_API_EXTERN own wasm_engine_t* wasm_engine_new(void);
WASM_API_EXTERN own wasm_engine_t* wasm_engine_new_with_config(own wasm_config_t*);

/* Owns what is made in it. Nothing passes between stores. It is freed when its last handle is deleted. (So an environment that owns
 * handles of the store it is in keeps it for ever: lend it handles that are deleted elsewhere.) */
WASM_DECLARE_OWN(store)
WASM_API_EXTERN own wasm_store_t* wasm_store_new(wasm_engine_t*);

/* ---- Types of values ---- */

typedef uint8_t wasm_mutability_t;
enum wasm_mutability_enum { WASM_CONST, WASM_VAR };

/* Pages of memories, elements of tables. */
typedef struct wasm_limits_t {
  uint32_t min;
  uint32_t max;
} wasm_limits_t;

/* As `max`: no bound. */
static const uint32_t wasm_limits_max_default = 0xffffffff;

WASM_DECLARE_TYPE(valtype)

typedef uint8_t wasm_valkind_t;
enum wasm_valkind_enum {
  WASM_I32,
  WASM_I64,
  WASM_F32,
  WASM_F64,
  WASM_EXTERNREF = 128,
  WASM_FUNCREF
};

/* Null for a kind that there is not. */
WASM_API_EXTERN own wasm_valtype_t* wasm_valtype_new(wasm_valkind_t);
WASM_API_EXTERN wasm_valkind_t wasm_valtype_kind(const wasm_valtype_t*);

static inline bool wasm_valkind_is_num(wasm_valkind_t kind) { return kind < WASM_EXTERNREF; }
static inline bool wasm_valkind_is_ref(wasm_valkind_t kind) { return kind >= WASM_EXTERNREF; }
static inline bool wasm_valtype_is_num(const wasm_valtype_t* type) { return wasm_valkind_is_num(wasm_valtype_kind(type)); }
static inline bool wasm_valtype_is_ref(const wasm_valtype_t* type) { return wasm_valkind_is_ref(wasm_valtype_kind(type)); }

/* ---- Types of what can be imported and exported ---- */

WASM_DECLARE_TYPE(functype)
WASM_API_EXTERN own wasm_functype_t* wasm_functype_new(own wasm_valtype_vec_t* params, own wasm_valtype_vec_t* results);
WASM_API_EXTERN const wasm_valtype_vec_t* wasm_functype_params(const wasm_functype_t*);
WASM_API_EXTERN const wasm_valtype_vec_t* wasm_functype_results(const wasm_functype_t*);

WASM_DECLARE_TYPE(globaltype)
WASM_API_EXTERN own wasm_globaltype_t* wasm_globaltype_new(own wasm_valtype_t*, wasm_mutability_t);
WASM_API_EXTERN const wasm_valtype_t* wasm_globaltype_content(const wasm_globaltype_t*);
WASM_API_EXTERN wasm_mutability_t wasm_globaltype_mutability(const wasm_globaltype_t*);

WASM_DECLARE_TYPE(tabletype)
WASM_API_EXTERN own wasm_tabletype_t* wasm_tabletype_new(own wasm_valtype_t*, const wasm_limits_t*);
WASM_API_EXTERN const wasm_valtype_t* wasm_tabletype_element(const wasm_tabletype_t*);
WASM_API_EXTERN const wasm_limits_t* wasm_tabletype_limits(const wasm_tabletype_t*);

WASM_DECLARE_TYPE(memorytype)
WASM_API_EXTERN own wasm_memorytype_t* wasm_memorytype_new(const wasm_limits_t*);
WASM_API_EXTERN const wasm_limits_t* wasm_memorytype_limits(const wasm_memorytype_t*);

/* Any of the four. The casts give another view of the same object: delete one of them. */
WASM_DECLARE_TYPE(externtype)

typedef uint8_t wasm_externkind_t;
enum wasm_externkind_enum { WASM_EXTERN_FUNC, WASM_EXTERN_GLOBAL, WASM_EXTERN_TABLE, WASM_EXTERN_MEMORY };

WASM_API_EXTERN wasm_externkind_t wasm_externtype_kind(const wasm_externtype_t*);
WASM_DECLARE_CAST(externtype, functype)
WASM_DECLARE_CAST(externtype, globaltype)
WASM_DECLARE_CAST(externtype, tabletype)
WASM_DECLARE_CAST(externtype, memorytype)

WASM_DECLARE_TYPE(importtype)
WASM_API_EXTERN own wasm_importtype_t* wasm_importtype_new(
  own wasm_name_t* module, own wasm_name_t* name, own wasm_externtype_t*);
WASM_API_EXTERN const wasm_name_t* wasm_importtype_module(const wasm_importtype_t*);
WASM_API_EXTERN const wasm_name_t* wasm_importtype_name(const wasm_importtype_t*);
WASM_API_EXTERN const wasm_externtype_t* wasm_importtype_type(const wasm_importtype_t*);

WASM_DECLARE_TYPE(exporttype)
WASM_API_EXTERN own wasm_exporttype_t* wasm_exporttype_new(own wasm_name_t*, own wasm_externtype_t*);
WASM_API_EXTERN const wasm_name_t* wasm_exporttype_name(const wasm_exporttype_t*);
WASM_API_EXTERN const wasm_externtype_t* wasm_exporttype_type(const wasm_exporttype_t*);

/* ---- References and values ---- */

/* A handle on anything. */
WASM_DECLARE_REF_BASE(ref)

/* `ref` is owned by the value, where that is owned; it may be null. As an externref, any handle can be passed to a guest. */
typedef struct wasm_val_t {
  wasm_valkind_t kind;
  union {
    int32_t i32;
    int64_t i64;
    float32_t f32;
    float64_t f64;
    wasm_ref_t* ref;
  } of;
} wasm_val_t;

/* Deletes what the value refers to; the value is a null then. */
WASM_API_EXTERN void wasm_val_delete(own wasm_val_t*);
WASM_API_EXTERN void wasm_val_copy(own wasm_val_t* out, const wasm_val_t*);
WASM_DECLARE_VEC(val, )

/* ---- Traps ---- */

WASM_DECLARE_OWN(frame)
WASM_DECLARE_VEC(frame, *)
WASM_API_EXTERN own wasm_frame_t* wasm_frame_copy(const wasm_frame_t*);

/* Always null: frames know their module, not their instance. */
WASM_API_EXTERN struct wasm_instance_t* wasm_frame_instance(const wasm_frame_t*);
WASM_API_EXTERN uint32_t wasm_frame_func_index(const wasm_frame_t*);
/* Bytes from the start of the function's body, and of the module. For a module from an image, both count bytes of its code. */
WASM_API_EXTERN size_t wasm_frame_func_offset(const wasm_frame_t*);
WASM_API_EXTERN size_t wasm_frame_module_offset(const wasm_frame_t*);

/* Ends in a zero, which is part of the vector. */
typedef wasm_name_t wasm_message_t;

WASM_DECLARE_REF(trap)
/* The message is copied. */
WASM_API_EXTERN own wasm_trap_t* wasm_trap_new(wasm_store_t*, const wasm_message_t*);
WASM_API_EXTERN void wasm_trap_message(const wasm_trap_t*, own wasm_message_t* out);
/* The innermost frame; null if no guest ran. */
WASM_API_EXTERN own wasm_frame_t* wasm_trap_origin(const wasm_trap_t*);
/* All frames, innermost first. */
WASM_API_EXTERN void wasm_trap_trace(const wasm_trap_t*, own wasm_frame_vec_t* out);

/* ---- Foreign objects ---- */

/* Nothing but an identity that guests can hold, and that host info can be attached to. It lives as long as the store. */
WASM_DECLARE_REF(foreign)
WASM_API_EXTERN own wasm_foreign_t* wasm_foreign_new(wasm_store_t*);

/* ---- Modules ---- */

WASM_DECLARE_SHARABLE_REF(module)
/* Null if the module is not valid (ermine_module_new says why). The bytes are copied. */
WASM_API_EXTERN own wasm_module_t* wasm_module_new(wasm_store_t*, const wasm_byte_vec_t* binary);
WASM_API_EXTERN bool wasm_module_validate(wasm_store_t*, const wasm_byte_vec_t* binary);
WASM_API_EXTERN void wasm_module_imports(const wasm_module_t*, own wasm_importtype_vec_t* out);
WASM_API_EXTERN void wasm_module_exports(const wasm_module_t*, own wasm_exporttype_vec_t* out);
/* An image: the translated module, for any host. Empty if the module cannot be one. */
WASM_API_EXTERN void wasm_module_serialize(const wasm_module_t*, own wasm_byte_vec_t* out);
/* From an image, which is verified: it may come from anywhere. Null if it is refused. */
WASM_API_EXTERN own wasm_module_t* wasm_module_deserialize(wasm_store_t*, const wasm_byte_vec_t*);

/* ---- Functions ---- */

WASM_DECLARE_REF(func)

/* `args` is lent. `results` has a place for each result, with zeros and nulls in it; what the callback puts there is the library's. A trap that it
 * gives is the library's, too, and ends the call of the guest. */
typedef own wasm_trap_t* (*wasm_func_callback_t)(const wasm_val_vec_t* args, own wasm_val_vec_t* results);
typedef own wasm_trap_t* (*wasm_func_callback_with_env_t)(
  void* env, const wasm_val_vec_t* args, wasm_val_vec_t* results);

/* The type is lent. The finalizer is called with `env` when the store goes, or at once if the function is refused. */
WASM_API_EXTERN own wasm_func_t* wasm_func_new(wasm_store_t*, const wasm_functype_t*, wasm_func_callback_t);
WASM_API_EXTERN own wasm_func_t* wasm_func_new_with_env(
  wasm_store_t*, const wasm_functype_t* type, wasm_func_callback_with_env_t, void* env, void (*finalizer)(void*));
WASM_API_EXTERN own wasm_functype_t* wasm_func_type(const wasm_func_t*);
WASM_API_EXTERN size_t wasm_func_param_arity(const wasm_func_t*);
WASM_API_EXTERN size_t wasm_func_result_arity(const wasm_func_t*);

/* `args` is lent. `results` has a place for each result, to be written, or none if they are not wanted. Null if the function has returned; if
 * not, nothing was written. */
WASM_API_EXTERN own wasm_trap_t* wasm_func_call(const wasm_func_t*, const wasm_val_vec_t* args, wasm_val_vec_t* results);

/* ---- Globals ---- */

WASM_DECLARE_REF(global)
/* Type and value are lent. */
WASM_API_EXTERN own wasm_global_t* wasm_global_new(wasm_store_t*, const wasm_globaltype_t*, const wasm_val_t*);
WASM_API_EXTERN own wasm_globaltype_t* wasm_global_type(const wasm_global_t*);
WASM_API_EXTERN void wasm_global_get(const wasm_global_t*, own wasm_val_t* out);
/* Does nothing if the global is constant or the value has another type. The value is lent. */
WASM_API_EXTERN void wasm_global_set(wasm_global_t*, const wasm_val_t*);

/* ---- Tables ---- */

WASM_DECLARE_REF(table)
typedef uint32_t wasm_table_size_t;

/* References are lent. */
WASM_API_EXTERN own wasm_table_t* wasm_table_new(wasm_store_t*, const wasm_tabletype_t*, wasm_ref_t* init);
WASM_API_EXTERN own wasm_tabletype_t* wasm_table_type(const wasm_table_t*);
/* Null for a null and for what is outside of the table. */
WASM_API_EXTERN own wasm_ref_t* wasm_table_get(const wasm_table_t*, wasm_table_size_t index);
WASM_API_EXTERN bool wasm_table_set(wasm_table_t*, wasm_table_size_t index, wasm_ref_t*);
WASM_API_EXTERN wasm_table_size_t wasm_table_size(const wasm_table_t*);
WASM_API_EXTERN bool wasm_table_grow(wasm_table_t*, wasm_table_size_t delta, wasm_ref_t* init);

/* ---- Memories ---- */

WASM_DECLARE_REF(memory)
typedef uint32_t wasm_memory_pages_t;
static const size_t MEMORY_PAGE_SIZE = 0x10000;

WASM_API_EXTERN own wasm_memory_t* wasm_memory_new(wasm_store_t*, const wasm_memorytype_t*);
WASM_API_EXTERN own wasm_memorytype_t* wasm_memory_type(const wasm_memory_t*);
/* Valid until the memory grows (a guest may do that in any call) or the store goes. Not to be read or written where the memory is empty. */
WASM_API_EXTERN byte_t* wasm_memory_data(wasm_memory_t*);
WASM_API_EXTERN size_t wasm_memory_data_size(const wasm_memory_t*);
WASM_API_EXTERN wasm_memory_pages_t wasm_memory_size(const wasm_memory_t*);
/* False if its maximum or a limit forbids it; nothing has changed then. */
WASM_API_EXTERN bool wasm_memory_grow(wasm_memory_t*, wasm_memory_pages_t delta);

/* ---- What can be imported and exported ---- */

WASM_DECLARE_REF(extern)
WASM_DECLARE_VEC(extern, *)
WASM_API_EXTERN wasm_externkind_t wasm_extern_kind(const wasm_extern_t*);
WASM_API_EXTERN own wasm_externtype_t* wasm_extern_type(const wasm_extern_t*);
WASM_DECLARE_CAST(extern, func)
WASM_DECLARE_CAST(extern, global)
WASM_DECLARE_CAST(extern, table)
WASM_DECLARE_CAST(extern, memory)

/* ---- Instances ---- */

WASM_DECLARE_REF(instance)
/* `imports` are lent, in the order of the module. Runs the start function. Null if that traps or the imports do not fit; then `*trap`, if it is given, says
 * why and is the caller's; else it is null. */
WASM_API_EXTERN own wasm_instance_t* wasm_instance_new(
  wasm_store_t*, const wasm_module_t*, const wasm_extern_vec_t* imports, own wasm_trap_t** trap);
/* In the order of the module. */
WASM_API_EXTERN void wasm_instance_exports(const wasm_instance_t*, own wasm_extern_vec_t* out);

/* ---- Short forms ---- */

#define WASM_EMPTY_VEC {0, NULL}
#define WASM_ARRAY_VEC(array) {sizeof(array) / sizeof(*(array)), array}

/* Initializers of a wasm_val_t. C++ got designated ones late, so it has functions instead. */
#ifdef __cplusplus
#define WASM_I32_VAL(i) wasm_val_of_i32(i)
#define WASM_I64_VAL(i) wasm_val_of_i64(i)
#define WASM_F32_VAL(z) wasm_val_of_f32(z)
#define WASM_F64_VAL(z) wasm_val_of_f64(z)
#define WASM_REF_VAL(r) wasm_val_of_ref(r)
#define WASM_INIT_VAL wasm_val_of_ref(NULL)
#else
#define WASM_I32_VAL(i) {.kind = WASM_I32, .of = {.i32 = i}}
#define WASM_I64_VAL(i) {.kind = WASM_I64, .of = {.i64 = i}}
#define WASM_F32_VAL(z) {.kind = WASM_F32, .of = {.f32 = z}}
#define WASM_F64_VAL(z) {.kind = WASM_F64, .of = {.f64 = z}}
#define WASM_REF_VAL(r) {.kind = WASM_EXTERNREF, .of = {.ref = r}}
#define WASM_INIT_VAL {.kind = WASM_EXTERNREF, .of = {.ref = NULL}}
#endif

/* The value that `member` of the union is set in. */
#define WASM_VAL_OF(name, type, kind_of_it, member) \
  static inline wasm_val_t wasm_val_of_##name(type value) { \
    wasm_val_t val; \
    memset(&val, 0, sizeof(val)); \
    val.kind = kind_of_it; \
    val.of.member = value; \
    return val; \
  }
WASM_VAL_OF(i32, int32_t, WASM_I32, i32)
WASM_VAL_OF(i64, int64_t, WASM_I64, i64)
WASM_VAL_OF(f32, float32_t, WASM_F32, f32)
WASM_VAL_OF(f64, float64_t, WASM_F64, f64)
WASM_VAL_OF(ref, wasm_ref_t*, WASM_EXTERNREF, ref)
#undef WASM_VAL_OF

static inline own wasm_valtype_t* wasm_valtype_new_i32(void) { return wasm_valtype_new(WASM_I32); }
static inline own wasm_valtype_t* wasm_valtype_new_i64(void) { return wasm_valtype_new(WASM_I64); }
static inline own wasm_valtype_t* wasm_valtype_new_f32(void) { return wasm_valtype_new(WASM_F32); }
static inline own wasm_valtype_t* wasm_valtype_new_f64(void) { return wasm_valtype_new(WASM_F64); }
static inline own wasm_valtype_t* wasm_valtype_new_externref(void) { return wasm_valtype_new(WASM_EXTERNREF); }
static inline own wasm_valtype_t* wasm_valtype_new_funcref(void) { return wasm_valtype_new(WASM_FUNCREF); }

/* Older programs say anyref. */
static inline own wasm_valtype_t* wasm_valtype_new_anyref(void) { return wasm_valtype_new(WASM_EXTERNREF); }

/* The function type of some parameters and results, each an own wasm_valtype_t*, from arrays of them. */
static inline own wasm_functype_t* wasm_functype_new_from_arrays(
  size_t params_size, own wasm_valtype_t* const params[], size_t results_size, own wasm_valtype_t* const results[]) {
  wasm_valtype_vec_t params_vec, results_vec;
  wasm_valtype_vec_new(&params_vec, params_size, params);
  wasm_valtype_vec_new(&results_vec, results_size, results);
  return wasm_functype_new(&params_vec, &results_vec);
}

static inline own wasm_functype_t* wasm_functype_new_0_0(void) { return wasm_functype_new_from_arrays(0, NULL, 0, NULL); }

static inline own wasm_functype_t* wasm_functype_new_1_0(own wasm_valtype_t* p) {
  return wasm_functype_new_from_arrays(1, &p, 0, NULL);
}

static inline own wasm_functype_t* wasm_functype_new_2_0(own wasm_valtype_t* p1, own wasm_valtype_t* p2) {
  wasm_valtype_t* params[2] = {p1, p2};
  return wasm_functype_new_from_arrays(2, params, 0, NULL);
}

static inline own wasm_functype_t* wasm_functype_new_3_0(
  own wasm_valtype_t* p1, own wasm_valtype_t* p2, own wasm_valtype_t* p3) {
  wasm_valtype_t* params[3] = {p1, p2, p3};
  return wasm_functype_new_from_arrays(3, params, 0, NULL);
}

static inline own wasm_functype_t* wasm_functype_new_0_1(own wasm_valtype_t* r) {
  return wasm_functype_new_from_arrays(0, NULL, 1, &r);
}

static inline own wasm_functype_t* wasm_functype_new_1_1(own wasm_valtype_t* p, own wasm_valtype_t* r) {
  return wasm_functype_new_from_arrays(1, &p, 1, &r);
}

static inline own wasm_functype_t* wasm_functype_new_2_1(
  own wasm_valtype_t* p1, own wasm_valtype_t* p2, own wasm_valtype_t* r) {
  wasm_valtype_t* params[2] = {p1, p2};
  return wasm_functype_new_from_arrays(2, params, 1, &r);
}

static inline own wasm_functype_t* wasm_functype_new_3_1(
  own wasm_valtype_t* p1, own wasm_valtype_t* p2, own wasm_valtype_t* p3, own wasm_valtype_t* r) {
  wasm_valtype_t* params[3] = {p1, p2, p3};
  return wasm_functype_new_from_arrays(3, params, 1, &r);
}

static inline own wasm_functype_t* wasm_functype_new_0_2(own wasm_valtype_t* r1, own wasm_valtype_t* r2) {
  wasm_valtype_t* results[2] = {r1, r2};
  return wasm_functype_new_from_arrays(0, NULL, 2, results);
}

static inline own wasm_functype_t* wasm_functype_new_1_2(
  own wasm_valtype_t* p, own wasm_valtype_t* r1, own wasm_valtype_t* r2) {
  wasm_valtype_t* results[2] = {r1, r2};
  return wasm_functype_new_from_arrays(1, &p, 2, results);
}

static inline own wasm_functype_t* wasm_functype_new_2_2(
  own wasm_valtype_t* p1, own wasm_valtype_t* p2, own wasm_valtype_t* r1, own wasm_valtype_t* r2) {
  wasm_valtype_t* params[2] = {p1, p2};
  wasm_valtype_t* results[2] = {r1, r2};
  return wasm_functype_new_from_arrays(2, params, 2, results);
}

static inline own wasm_functype_t* wasm_functype_new_3_2(
  own wasm_valtype_t* p1, own wasm_valtype_t* p2, own wasm_valtype_t* p3, own wasm_valtype_t* r1, own wasm_valtype_t* r2) {
  wasm_valtype_t* params[3] = {p1, p2, p3};
  wasm_valtype_t* results[2] = {r1, r2};
  return wasm_functype_new_from_arrays(3, params, 2, results);
}

/* A pointer of the host's, as an integer that a guest can pass around. */
static inline void wasm_val_init_ptr(own wasm_val_t* out, void* p) {
#if UINTPTR_MAX == UINT32_MAX
  out->kind = WASM_I32;
  out->of.i32 = (int32_t)(intptr_t)p;
#else
  out->kind = WASM_I64;
  out->of.i64 = (int64_t)(intptr_t)p;
#endif
}

static inline void* wasm_val_ptr(const wasm_val_t* val) {
#if UINTPTR_MAX == UINT32_MAX
  return (void*)(intptr_t)val->of.i32;
#else
  return (void*)(intptr_t)val->of.i64;
#endif
}

#undef own

#ifdef __cplusplus
}
#endif

#endif
