/* ermine_bare.h: guests for firmware in C. No heap, no operating system, no other header of Ermine's.
 *
 * A guest is an image (`ermine compile --profile base --emit c`), verified once and executed where it lies, in flash for instance. All else that it uses is lent by
 * the program: value stack, linear memory, an arena for what the instance keeps. Buffers, image and host belong to the guest from ermine_bare_new until it
 * is called for the last time; nothing has to be given back.
 *
 * Values are bits in a uint64_t: integers and floats of 32 bits in the low half, references as their index plus one, null as 0. A guest is used by one thread, or
 * interrupt level, at a time. Functions called while the guest runs, from a host function, say ERMINE_BARE_BUSY. */

#ifndef ERMINE_BARE_H
#define ERMINE_BARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How something ended. */
typedef uint32_t ermine_bare_status_t;
enum ermine_bare_status_enum {
  ERMINE_BARE_OK = 0,
  /* The guest trapped: ermine_bare_frame tells where. */
  ERMINE_BARE_UNREACHABLE = 1,
  ERMINE_BARE_MEMORY_OUT_OF_BOUNDS = 2,
  ERMINE_BARE_TABLE_OUT_OF_BOUNDS = 3,
  ERMINE_BARE_INDIRECT_CALL_TO_NULL = 4,
  ERMINE_BARE_BAD_SIGNATURE = 5,
  ERMINE_BARE_UNDEFINED_ELEMENT = 6,
  ERMINE_BARE_INTEGER_OVERFLOW = 7,
  ERMINE_BARE_INTEGER_DIVISION_BY_ZERO = 8,
  ERMINE_BARE_BAD_CONVERSION_TO_INTEGER = 9,
  ERMINE_BARE_STACK_OVERFLOW = 10,
  ERMINE_BARE_OUT_OF_FUEL = 11,
  ERMINE_BARE_INTERRUPT = 12,
  ERMINE_BARE_ALLOCATION_TOO_LARGE = 13,
  ERMINE_BARE_BAD_REFERENCE = 14,
  /* A host function failed, or ended the guest: ermine_bare_code has the number. */
  ERMINE_BARE_FAILED = 32,
  ERMINE_BARE_EXITED = 33,
  /* The call waits: ermine_bare_resume. For fuel, of which ermine_bare_code has how much it needs; for a host function that was not ready. */
  ERMINE_BARE_NEEDS_FUEL = 34,
  ERMINE_BARE_SUSPENDED = 35,
  /* The guest was not made, or the call did not begin. */
  ERMINE_BARE_BAD_IMAGE = 48,      /* not an image, of another version, damaged, or refused by the verifier */
  ERMINE_BARE_NEEDS_FLOATS = 49,   /* this library was built without f32 or f64 */
  ERMINE_BARE_MISSING_IMPORT = 50, /* ermine_bare_code has its position among the imports */
  ERMINE_BARE_STACK_TOO_SMALL = 51,
  ERMINE_BARE_MEMORY_TOO_SMALL = 52,
  ERMINE_BARE_ARENA_TOO_SMALL = 53,
  ERMINE_BARE_UNSUPPORTED = 54, /* several memories, or a very deep constant expression */
  ERMINE_BARE_NO_SUCH_FUNCTION = 55,
  ERMINE_BARE_WRONG_TYPE = 56, /* as many values as the function has, no other */
  ERMINE_BARE_BUSY = 57,       /* a call has begun and not ended */
  ERMINE_BARE_IDLE = 58,       /* no call has begun */
  ERMINE_BARE_NULL = 59        /* a null where something is needed */
};

/* ---- Host functions ---- */

/* A call of a host function. Arguments are in `slots`, and results go there: 4 bytes each, those of 8 bytes take two, the low half first. The guest's memory is
 * what it is for this call. */
typedef struct ermine_bare_call_t {
  uint32_t* slots;
  uint8_t* memory;
  size_t memory_size;
  uint32_t code; /* for ERMINE_BARE_FAIL and ERMINE_BARE_EXIT */
} ermine_bare_call_t;

/* What a host function says. */
typedef uint32_t ermine_bare_answer_t;
enum ermine_bare_answer_enum {
  ERMINE_BARE_RETURN,  /* the guest goes on */
  ERMINE_BARE_FAIL,    /* it ends with ERMINE_BARE_FAILED */
  ERMINE_BARE_EXIT,    /* it ends with ERMINE_BARE_EXITED */
  ERMINE_BARE_SUSPEND, /* not now: when the call is resumed, the function is called again, its arguments as they were */
  ERMINE_BARE_TRAP     /* it ends with ERMINE_BARE_MEMORY_OUT_OF_BOUNDS: what the guest gave is not in its memory */
};

/* A function that guests may import. Types are letters: i is i32, I i64, f f32, F f64; "" are none. Of `params` and `results` the guest's import has to have just
 * these. */
typedef struct ermine_bare_function_t {
  const char* module;
  const char* name;
  const char* params;
  const char* results;
  ermine_bare_answer_t (*function)(void* env, ermine_bare_call_t*);
} ermine_bare_function_t;

/* `length` bytes of the guest's memory from `at` on; null if they are not all inside of it. */
static inline uint8_t* ermine_bare_bytes(const ermine_bare_call_t* call, uint32_t at, uint32_t length) {
  return at <= call->memory_size && length <= call->memory_size - at ? call->memory + at : NULL;
}

/* ---- Guests ---- */

/* What a guest may use. What is more than it needs is room to grow. */
typedef struct ermine_bare_resources_t {
  const void* image; /* at a multiple of 4 */
  size_t image_size;
  uint32_t* stack;   /* the value stack. Verifying uses it, too: a bit for each 2 bytes of the largest function */
  size_t stack_words;
  uint8_t* memory; /* the linear memory, at a multiple of 8 */
  size_t memory_size;
  uint64_t* arena;
  size_t arena_words;
  uint64_t fuel; /* for images that were compiled with --fuel */
  const ermine_bare_function_t* functions;
  size_t function_count;
  void* env; /* handed to functions */
} ermine_bare_resources_t;

/* A guest, in memory of the program's. */
typedef struct ermine_bare_t {
  uint64_t opaque[8];
} ermine_bare_t;

/* Verifies the image, sets the guest up and runs its start function. What `guest` held before does not matter. */
ermine_bare_status_t ermine_bare_new(ermine_bare_t* guest, const ermine_bare_resources_t*);
/* An exported function; -1 if there is none of this name. */
int32_t ermine_bare_function(const ermine_bare_t*, const char* name);
/* Calls a function; `results` may be where `args` are. Fuel that is used up is ERMINE_BARE_OUT_OF_FUEL, a host function that is not ready ERMINE_BARE_INTERRUPT. */
ermine_bare_status_t ermine_bare_call(
  ermine_bare_t*, int32_t function, const uint64_t* args, size_t arg_count, uint64_t* results, size_t result_count);
/* Begins a call that can wait. Nothing of it runs yet. */
ermine_bare_status_t ermine_bare_start(ermine_bare_t*, int32_t function, const uint64_t* args, size_t arg_count);
/* Runs it until it ends or has to wait. */
ermine_bare_status_t ermine_bare_resume(ermine_bare_t*, uint64_t* results, size_t result_count);
/* Gives it up. Memory and globals stay as they are. */
void ermine_bare_cancel(ermine_bare_t*);
/* The number that belongs to the last status. */
uint64_t ermine_bare_code(const ermine_bare_t*);
/* A function that was active when the last call trapped, or is while one waits; 0 is the innermost. `ermine symbolize` makes a line of the source of
 * `func F + 0xOFFSET`. False if there are not so many. */
bool ermine_bare_frame(const ermine_bare_t*, uint32_t index, uint32_t* function, uint32_t* offset);
uint64_t ermine_bare_fuel(const ermine_bare_t*);
void ermine_bare_set_fuel(ermine_bare_t*, uint64_t);
/* The guest's memory; null if it has none. */
uint8_t* ermine_bare_memory(ermine_bare_t*, size_t* size);

/* What an image needs: bytes of memory, words of arena, words of value stack (0 where there is no bound: recursion). */
typedef struct ermine_bare_needs_t {
  uint64_t memory;
  size_t arena_words;
  size_t stack_words;
  size_t verify_words; /* of scratch space here, of value stack for ermine_bare_new */
} ermine_bare_needs_t;
/* Verifies an image and tells what it needs. Where that says ERMINE_BARE_STACK_TOO_SMALL, `verify_words` is known all the same. */
ermine_bare_status_t ermine_bare_needs(
  const void* image, size_t size, uint32_t* scratch, size_t scratch_words, ermine_bare_needs_t* out);

#ifdef __cplusplus
}
#endif

#endif
