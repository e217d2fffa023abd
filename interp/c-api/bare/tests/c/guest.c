/* A firmware in C, as far as a desk goes: buffers that are there from the start, an image, a table of host functions. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ermine_bare.h"

#define CHECK(condition) \
  do { \
    if (!(condition)) { \
      fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
      exit(1); \
    } \
  } while (0)

static struct {
  uint32_t pin, level;
  int not_ready;
  char said[16];
  ermine_bare_status_t nested;
} board;

static ermine_bare_t guest;

static ermine_bare_answer_t set_pin(void* env, ermine_bare_call_t* call) {
  CHECK(env == &board);
  board.pin = call->slots[0];
  board.level = call->slots[1];
  return ERMINE_BARE_RETURN;
}

static ermine_bare_answer_t ready(void* env, ermine_bare_call_t* call) {
  (void)env;
  if (board.not_ready > 0) {
    board.not_ready--;
    return ERMINE_BARE_SUSPEND;
  }
  call->slots[0] = 1;
  call->slots[1] = 2;
  return ERMINE_BARE_RETURN;
}

static ermine_bare_answer_t print(void* env, ermine_bare_call_t* call) {
  (void)env;
  const uint8_t* text = ermine_bare_bytes(call, call->slots[0], call->slots[1]);
  if (text == NULL) return ERMINE_BARE_TRAP;
  CHECK(call->slots[1] < sizeof board.said);
  memcpy(board.said, text, call->slots[1]);
  return ERMINE_BARE_RETURN;
}

/* Uses the guest that calls it, which is refused, and fails. */
static ermine_bare_answer_t again(void* env, ermine_bare_call_t* call) {
  (void)env;
  size_t size = 1;
  board.nested = ermine_bare_call(&guest, 0, NULL, 0, NULL, 0);
  CHECK(ermine_bare_memory(&guest, &size) == NULL && size == 0);
  CHECK(call->memory != NULL && call->memory_size == 65536);
  call->code = 77;
  return ERMINE_BARE_FAIL;
}

static const ermine_bare_function_t functions[] = {
  {"board", "again", "", "i", again},
  {"board", "print", "ii", "", print},
  {"board", "ready", "", "I", ready},
  {"board", "set_pin", "ii", "", set_pin},
};

static uint32_t image[4096], stack[512];
static uint64_t memory[65536 / 8], arena[64];

static ermine_bare_status_t call(const char* name, size_t arg_count, const uint64_t* args, uint64_t* result) {
  int32_t function = ermine_bare_function(&guest, name);
  CHECK(function >= 0);
  return ermine_bare_call(&guest, function, args, arg_count, result, result != NULL);
}

int main(int argc, char** argv) {
  CHECK(argc == 2);
  FILE* file = fopen(argv[1], "rb");
  CHECK(file != NULL);
  size_t size = fread(image, 1, sizeof image, file);
  fclose(file);

  ermine_bare_needs_t needs;
  CHECK(ermine_bare_needs(image, size, NULL, 0, &needs) == ERMINE_BARE_STACK_TOO_SMALL && needs.verify_words > 0);
  CHECK(ermine_bare_needs(image, size, stack, 512, &needs) == ERMINE_BARE_OK);
  CHECK(needs.memory == 65536 && needs.arena_words <= 64 && needs.verify_words <= 512);

  ermine_bare_resources_t resources = {
    image, size, stack, 512, (uint8_t*)memory, sizeof memory, arena, 64, 1000, functions, 4, &board};
  /* What does not fit is said, and nothing happens. */
  ermine_bare_resources_t bad = resources;
  bad.arena_words = needs.arena_words - 1;
  CHECK(ermine_bare_new(&guest, &bad) == ERMINE_BARE_ARENA_TOO_SMALL);
  bad = resources;
  bad.memory_size = 100;
  CHECK(ermine_bare_new(&guest, &bad) == ERMINE_BARE_MEMORY_TOO_SMALL);
  bad = resources;
  bad.function_count = 3;
  CHECK(ermine_bare_new(&guest, &bad) == ERMINE_BARE_MISSING_IMPORT && ermine_bare_code(&guest) == 0);
  CHECK(ermine_bare_function(&guest, "add") == -1);
  bad = resources;
  bad.image_size = size - 4;
  CHECK(ermine_bare_new(&guest, &bad) == ERMINE_BARE_BAD_IMAGE);
  bad.image = (const char*)image + 1;
  CHECK(ermine_bare_new(&guest, &bad) == ERMINE_BARE_BAD_IMAGE);
  bad.image = NULL;
  CHECK(ermine_bare_new(&guest, &bad) == ERMINE_BARE_BAD_IMAGE);
  CHECK(ermine_bare_new(NULL, &resources) == ERMINE_BARE_NULL && ermine_bare_new(&guest, NULL) == ERMINE_BARE_NULL);

  CHECK(ermine_bare_new(&guest, &resources) == ERMINE_BARE_OK);
  uint64_t args[] = {(uint32_t)-2, 5000000000}, result = 0;
  CHECK(call("add", 2, args, &result) == ERMINE_BARE_OK && result == 4999999998);
  uint64_t same[] = {1, 2};
  CHECK(call("add", 2, same, same) == ERMINE_BARE_OK && same[0] == 3 && same[1] == 2);
  CHECK(call("add", 1, args, &result) == ERMINE_BARE_WRONG_TYPE);
  CHECK(call("add", 2, args, NULL) == ERMINE_BARE_WRONG_TYPE);
  CHECK(ermine_bare_function(&guest, "memory") == -1 && ermine_bare_function(&guest, NULL) == -1);
  CHECK(ermine_bare_call(&guest, -1, NULL, 0, NULL, 0) == ERMINE_BARE_NO_SUCH_FUNCTION);
  CHECK(ermine_bare_call(&guest, 1000, NULL, 0, NULL, 0) == ERMINE_BARE_NO_SUCH_FUNCTION);

  /* Host functions. */
  CHECK(call("blink", 0, NULL, NULL) == ERMINE_BARE_OK && board.pin == 13 && board.level == 1);
  CHECK(call("hello", 0, NULL, NULL) == ERMINE_BARE_OK && strcmp(board.said, "hello") == 0);
  CHECK(call("lie", 0, NULL, NULL) == ERMINE_BARE_MEMORY_OUT_OF_BOUNDS);
  CHECK(call("again", 0, NULL, &result) == ERMINE_BARE_FAILED && ermine_bare_code(&guest) == 77);
  CHECK(board.nested == ERMINE_BARE_BUSY);
  CHECK(ermine_bare_memory(&guest, &size) == (uint8_t*)memory && size == 65536);

  /* Traps, and where. */
  uint64_t zero = 0;
  uint32_t inner = 0, outer = 0, offset = 0;
  CHECK(call("divide", 1, &zero, &result) == ERMINE_BARE_INTEGER_DIVISION_BY_ZERO);
  CHECK(ermine_bare_frame(&guest, 0, &inner, &offset) && ermine_bare_frame(&guest, 1, &outer, NULL));
  CHECK((int32_t)outer == ermine_bare_function(&guest, "divide") && inner == outer - 1 && offset > 0);
  CHECK(!ermine_bare_frame(&guest, 2, &inner, &offset));

  /* Calls that wait: for fuel, for the host. */
  uint64_t many = 1000;
  ermine_bare_set_fuel(&guest, 100);
  CHECK(call("count", 1, &many, &result) == ERMINE_BARE_OUT_OF_FUEL);
  CHECK(ermine_bare_frame(&guest, 0, &inner, NULL) && (int32_t)inner == ermine_bare_function(&guest, "count"));
  ermine_bare_set_fuel(&guest, 100);
  CHECK(ermine_bare_start(&guest, ermine_bare_function(&guest, "count"), &many, 1) == ERMINE_BARE_OK);
  CHECK(call("blink", 0, NULL, NULL) == ERMINE_BARE_BUSY);
  ermine_bare_status_t status;
  int slices = 0;
  while ((status = ermine_bare_resume(&guest, &result, 1)) == ERMINE_BARE_NEEDS_FUEL) {
    CHECK(ermine_bare_code(&guest) > ermine_bare_fuel(&guest));
    ermine_bare_set_fuel(&guest, 1000);
    slices++;
  }
  CHECK(status == ERMINE_BARE_OK && result == 1000 && slices > 3);
  CHECK(ermine_bare_resume(&guest, &result, 1) == ERMINE_BARE_IDLE);

  ermine_bare_set_fuel(&guest, 1000);
  board.not_ready = 2;
  CHECK(ermine_bare_start(&guest, ermine_bare_function(&guest, "wait"), NULL, 0) == ERMINE_BARE_OK);
  CHECK(ermine_bare_resume(&guest, &result, 1) == ERMINE_BARE_SUSPENDED);
  CHECK(ermine_bare_resume(&guest, &result, 1) == ERMINE_BARE_SUSPENDED);
  CHECK(ermine_bare_resume(&guest, &result, 1) == ERMINE_BARE_OK && result == (1 | UINT64_C(2) << 32) * 2);
  board.not_ready = 1;
  CHECK(call("wait", 0, NULL, &result) == ERMINE_BARE_INTERRUPT);
  CHECK(ermine_bare_start(&guest, ermine_bare_function(&guest, "wait"), NULL, 0) == ERMINE_BARE_OK);
  ermine_bare_cancel(&guest);
  CHECK(call("wait", 0, NULL, &result) == ERMINE_BARE_OK);
  return 0;
}
