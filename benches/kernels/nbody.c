/* Five bodies under gravity, n time steps: f64 arithmetic, square roots, loads and stores of structure fields. */
#include "kernel.h"

enum { BODIES = 5 };

struct body {
    double x, y, z, vx, vy, vz, mass;
};

static struct body bodies[BODIES];

static void set_up(void) {
    uint32_t seed = 7;
    for (int i = 0; i < BODIES; i++) {
        struct body *b = &bodies[i];
        double far = 5.0 * (double)i;
        b->x = far + (double)(next_random(&seed) % 1000) / 500.0;
        b->y = -far + (double)(next_random(&seed) % 1000) / 400.0;
        b->z = (double)(next_random(&seed) % 1000) / 300.0;
        b->vx = (double)(next_random(&seed) % 1000) / 900.0 - 0.5;
        b->vy = (double)(next_random(&seed) % 1000) / 800.0 - 0.6;
        b->vz = (double)(next_random(&seed) % 1000) / 7000.0;
        b->mass = i == 0 ? 39.0 : 0.04 / (double)i;
    }
}

static void step(double dt) {
    for (int i = 0; i < BODIES; i++) {
        struct body *a = &bodies[i];
        for (int j = i + 1; j < BODIES; j++) {
            struct body *b = &bodies[j];
            double dx = a->x - b->x, dy = a->y - b->y, dz = a->z - b->z;
            double square = dx * dx + dy * dy + dz * dz;
            double pull = dt / (square * __builtin_sqrt(square));
            a->vx -= dx * b->mass * pull;
            a->vy -= dy * b->mass * pull;
            a->vz -= dz * b->mass * pull;
            b->vx += dx * a->mass * pull;
            b->vy += dy * a->mass * pull;
            b->vz += dz * a->mass * pull;
        }
    }
    for (int i = 0; i < BODIES; i++) {
        struct body *b = &bodies[i];
        b->x += dt * b->vx;
        b->y += dt * b->vy;
        b->z += dt * b->vz;
    }
}

static double energy(void) {
    double total = 0.0;
    for (int i = 0; i < BODIES; i++) {
        const struct body *a = &bodies[i];
        total += 0.5 * a->mass * (a->vx * a->vx + a->vy * a->vy + a->vz * a->vz);
        for (int j = i + 1; j < BODIES; j++) {
            const struct body *b = &bodies[j];
            double dx = a->x - b->x, dy = a->y - b->y, dz = a->z - b->z;
            total -= a->mass * b->mass / __builtin_sqrt(dx * dx + dy * dy + dz * dz);
        }
    }
    return total;
}

KERNEL int64_t run(int32_t n) {
    set_up();
    for (int32_t i = 0; i < n; i++) step(0.001);
    return (int64_t)fold(bits_of(energy()), bits_of(bodies[0].x));
}
