// Floats and integers: planets for a few steps, a pseudo-random walk, big integers.
const bodies = Array.from({ length: 5 }, (_, i) => ({ x: i * 1.5, y: i * 0.25 - 1, z: 0.5 * i, vx: 0.01 * i, vy: 0.3 - 0.1 * i, vz: 0, mass: 1 / (i + 1) }));
for (let step = 0; step < 25; step++) {
  for (let i = 0; i < bodies.length; i++) {
    const a = bodies[i];
    for (let j = i + 1; j < bodies.length; j++) {
      const b = bodies[j], dx = a.x - b.x, dy = a.y - b.y, dz = a.z - b.z;
      const squared = dx * dx + dy * dy + dz * dz + 0.01, force = 0.001 / (squared * Math.sqrt(squared));
      a.vx -= dx * b.mass * force; a.vy -= dy * b.mass * force; a.vz -= dz * b.mass * force;
      b.vx += dx * a.mass * force; b.vy += dy * a.mass * force; b.vz += dz * a.mass * force;
    }
  }
  for (const body of bodies) { body.x += 0.01 * body.vx; body.y += 0.01 * body.vy; body.z += 0.01 * body.vz; }
}
let walk = 1;
for (let i = 0; i < 2500; i++) { walk ^= walk << 13; walk ^= walk >>> 17; walk ^= walk << 5; }
let big = 1n;
for (let i = 1n; i <= 60n; i++) big *= i;
bodies.map((body) => body.x.toFixed(9)).join(" ") + walk + big;
