/* A stack machine in a loop around a switch, running a small program: `br_table` and an interpreter's own habits.
 *
 * The interpreted program adds up the lengths of the Collatz sequences of every start below n.
 */
#include "kernel.h"

enum op { PUSH, LOAD, STORE, ADD, MULTIPLY, HALVE, AND, LESS, JUMP, JUMP_IF, JUMP_UNLESS, STOP };
enum variable { START, VALUE, STEPS, LIMIT, VARIABLES };

struct instruction {
    uint32_t op, arg;
};

static const struct instruction program[] = {
    /*  0           */ {PUSH, 1},      {STORE, START},
    /*  2 next:     */ {LOAD, START},  {LOAD, LIMIT}, {LESS, 0}, {JUMP_UNLESS, 36},
    /*  6           */ {LOAD, START},  {STORE, VALUE},
    /*  8 again:    */ {LOAD, VALUE},  {PUSH, 2}, {LESS, 0}, {JUMP_IF, 31},
    /* 12           */ {LOAD, STEPS},  {PUSH, 1}, {ADD, 0}, {STORE, STEPS},
    /* 16           */ {LOAD, VALUE},  {PUSH, 1}, {AND, 0}, {JUMP_UNLESS, 27},
    /* 20 odd:      */ {LOAD, VALUE},  {PUSH, 3}, {MULTIPLY, 0}, {PUSH, 1}, {ADD, 0}, {STORE, VALUE}, {JUMP, 8},
    /* 27 even:     */ {LOAD, VALUE},  {HALVE, 0}, {STORE, VALUE}, {JUMP, 8},
    /* 31 done:     */ {LOAD, START},  {PUSH, 1}, {ADD, 0}, {STORE, START}, {JUMP, 2},
    /* 36           */ {STOP, 0},
};

static NOINLINE uint32_t interpret(const struct instruction *code, uint32_t *variables) {
    uint32_t stack[16], *top = stack, executed = 0;
    for (const struct instruction *at = code;; executed++) {
        uint32_t arg = at->arg;
        switch (at++->op) {
        case PUSH: *top++ = arg; break;
        case LOAD: *top++ = variables[arg]; break;
        case STORE: variables[arg] = *--top; break;
        case ADD: top--; top[-1] += *top; break;
        case MULTIPLY: top--; top[-1] *= *top; break;
        case HALVE: top[-1] >>= 1; break;
        case AND: top--; top[-1] &= *top; break;
        case LESS: top--; top[-1] = top[-1] < *top; break;
        case JUMP: at = code + arg; break;
        case JUMP_IF: if (*--top) at = code + arg; break;
        case JUMP_UNLESS: if (!*--top) at = code + arg; break;
        default: return executed;
        }
    }
}

KERNEL int64_t run(int32_t n) {
    uint32_t variables[VARIABLES] = {0, 0, 0, (uint32_t)n};
    uint32_t executed = interpret(program, variables);
    return (int64_t)((uint64_t)executed << 32 | variables[STEPS]);
}
