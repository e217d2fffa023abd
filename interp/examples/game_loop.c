/* game_loop.c: the guest script of game_loop.rs in a game written in C: one slice of fuel a frame, suspended and resumed, the world shared.
 *
 * The script (game_loop.wat) is a program that never returns. It gives up its frame by calling `wait`, a callback that suspends the call; where it thinks too long
 * its fuel runs out, and it goes on where it was. A frame costs no more than FUEL_PER_FRAME, whatever the script does. Nothing blocks, and there is no thread.
 *
 * `interp/c-api/examples/run game_loop` builds the library and this program, and plays ten seconds at 60 Hz as fast as it can. */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "ermine.h"
#include "wasm.h"

#define FRAMES 600
/* Operators that the script may execute in a frame. */
#define FUEL_PER_FRAME 50000
/* Bytes of what a script shouts. */
#define MOST_WORDS 80

/* What host and script share. */
typedef struct {
  float guard;
  float player;
  unsigned shouts;
  char last_words[MOST_WORDS + 1];
  /* To suspend calls, and to find what scripts shout. */
  wasm_store_t* store;
  wasm_memory_t* memory;
} World;

/* Ends the game where the library says no. */
static void expect(ermine_error_t* error) {
  if (error == NULL) return;
  fprintf(stderr, "game_loop: %s\n", ermine_error_message(error));
  ermine_error_delete(error);
  exit(1);
}

/* ---- What scripts can do in this game ---- */

static wasm_trap_t* game_wait(void* env, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)args, (void)results;
  return ermine_suspend(((World*)env)->store);
}

static wasm_trap_t* game_move(void* env, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)results;
  ((World*)env)->guard += args->data[0].of.f32;
  return NULL;
}

static wasm_trap_t* game_distance(void* env, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)args;
  const World* world = (const World*)env;
  results->data[0] = (wasm_val_t)WASM_F32_VAL(fabsf(world->guard - world->player));
  return NULL;
}

/* The script says where its words are: that is checked, and they are no C string. */
static wasm_trap_t* game_shout(void* env, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)results;
  World* world = (World*)env;
  uint32_t at = (uint32_t)args->data[0].of.i32, length = (uint32_t)args->data[1].of.i32;
  size_t size = wasm_memory_data_size(world->memory);
  if (length > MOST_WORDS) length = MOST_WORDS;
  if (at > size || length > size - at) {
    wasm_message_t message;
    wasm_name_new_from_string_nt(&message, "the words are not in the script's memory");
    wasm_trap_t* trap = wasm_trap_new(world->store, &message);
    wasm_byte_vec_delete(&message);
    return trap;
  }
  memcpy(world->last_words, wasm_memory_data(world->memory) + at, length);
  world->last_words[length] = 0;
  world->shouts++;
  return NULL;
}

/* The callbacks, in the order in which the script imports them. */
static void make_game(World* world, wasm_func_t* funcs[4]) {
  wasm_functype_t* types[] = {
    wasm_functype_new_0_0(),
    wasm_functype_new_1_0(wasm_valtype_new_f32()),
    wasm_functype_new_0_1(wasm_valtype_new_f32()),
    wasm_functype_new_2_0(wasm_valtype_new_i32(), wasm_valtype_new_i32()),
  };
  wasm_func_callback_with_env_t callbacks[] = {game_wait, game_move, game_distance, game_shout};
  for (int i = 0; i < 4; i++) {
    funcs[i] = wasm_func_new_with_env(world->store, types[i], callbacks[i], world, NULL);
    wasm_functype_delete(types[i]);
  }
}

/* ---- The game ---- */

/* What a script exports under this name; it ends the game if that is of another kind. */
static wasm_extern_t* export_of(const wasm_module_t* module, const wasm_extern_vec_t* exports, const char* name, wasm_externkind_t kind) {
  wasm_exporttype_vec_t types;
  wasm_module_exports(module, &types);
  wasm_extern_t* found = NULL;
  for (size_t i = 0; i < types.size; i++) {
    const wasm_name_t* its = wasm_exporttype_name(types.data[i]);
    if (its->size == strlen(name) && memcmp(its->data, name, its->size) == 0) found = exports->data[i];
  }
  wasm_exporttype_vec_delete(&types);
  if (found == NULL || wasm_extern_kind(found) != kind) {
    fprintf(stderr, "game_loop: a script exports `%s`\n", name);
    exit(1);
  }
  return found;
}

/* Lets the script run for one slice of fuel. Returns what it waits for. */
static ermine_progress_t step(wasm_store_t* store, ermine_call_t* script) {
  wasm_val_vec_t none = WASM_EMPTY_VEC;
  ermine_progress_t progress = ERMINE_FINISHED;
  wasm_trap_t* trap = NULL;
  expect(ermine_store_set_fuel(store, FUEL_PER_FRAME));
  expect(ermine_call_resume(script, NULL, &none, &progress, &trap));
  if (trap != NULL) {
    wasm_message_t message;
    wasm_trap_message(trap, &message);
    fprintf(stderr, "game_loop: the script ended: %s\n", message.data);
    exit(1);
  }
  return progress;
}

static double microseconds(void) {
  struct timespec now;
  timespec_get(&now, TIME_UTC);
  return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static int ascending(const void* a, const void* b) {
  double x = *(const double*)a, y = *(const double*)b;
  return (x > y) - (x < y);
}

int main(int argc, char** argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: game_loop SCRIPT\n");
    return 2;
  }
  wasm_config_t* config = wasm_config_new();
  expect(ermine_config_consume_fuel(config, true));
  wasm_engine_t* engine = NULL;
  expect(ermine_engine_new(config, &engine));
  static World world;
  world.store = wasm_store_new(engine);
  wasm_module_t* module = NULL;
  expect(ermine_module_new_file(world.store, argv[1], &module));

  wasm_func_t* funcs[4];
  make_game(&world, funcs);
  wasm_extern_t* externs[4];
  for (int i = 0; i < 4; i++) externs[i] = wasm_func_as_extern(funcs[i]);
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(externs), exports;
  expect(ermine_store_set_fuel(world.store, FUEL_PER_FRAME));
  wasm_instance_t* instance = wasm_instance_new(world.store, module, &imports, NULL);
  if (instance == NULL) {
    fprintf(stderr, "game_loop: the script does not fit this game\n");
    return 1;
  }
  wasm_instance_exports(instance, &exports);
  world.memory = wasm_extern_as_memory(export_of(module, &exports, "memory", WASM_EXTERN_MEMORY));
  const wasm_func_t* patrol = wasm_extern_as_func(export_of(module, &exports, "patrol", WASM_EXTERN_FUNC));
  wasm_val_vec_t none = WASM_EMPTY_VEC;
  ermine_call_t* script = NULL;
  expect(ermine_call_new(patrol, &none, &script));

  static double costs[FRAMES];
  unsigned thinking = 0;
  bool goes_on = true;
  for (int frame = 0; frame < FRAMES; frame++) {
    double begun = microseconds();
    /* The host's own part of the game: the player walks by. */
    world.player = (float)frame * 0.02f;
    if (goes_on) {
      ermine_progress_t progress = step(world.store, script);
      thinking += progress == ERMINE_OUT_OF_FUEL;
      goes_on = progress != ERMINE_FINISHED;
    }
    costs[frame] = microseconds() - begun;
  }

  qsort(costs, FRAMES, sizeof costs[0], ascending);
  printf("%d frames; the script used up its fuel in %u of them\n", FRAMES, thinking);
  printf("a frame cost %.1f us (median), %.1f us (most)\n", costs[FRAMES / 2], costs[FRAMES - 1]);
  printf("the guard is at %g, has shouted %u times, last: \"%s\"\n", (double)world.guard, world.shouts, world.last_words);

  ermine_call_delete(script);
  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(instance);
  for (int i = 0; i < 4; i++) wasm_func_delete(funcs[i]);
  wasm_module_delete(module);
  wasm_store_delete(world.store);
  wasm_engine_delete(engine);
  return 0;
}
