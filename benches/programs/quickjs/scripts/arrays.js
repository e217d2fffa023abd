// Arrays and typed arrays: a sieve, sorting with a function, map and reduce, breadth-first search.
const limit = 6000, composite = new Uint8Array(limit + 1), primes = [];
for (let i = 2; i <= limit; i++) {
  if (composite[i]) continue;
  primes.push(i);
  for (let j = i * i; j <= limit; j += i) composite[j] = 1;
}
const shuffled = primes.map((p, i) => [(p * 7919) % 10007, i]).sort((a, b) => a[0] - b[0] || a[1] - b[1]);
const folded = shuffled.filter((_, i) => i % 3 === 0).reduce((sum, [key, i]) => (sum * 33 + key + i) % 1000003, 5);

const width = 28, cells = Array.from({ length: width * width }, (_, i) => ((i * i + 3 * i) % 11 < 3 ? 1 : 0));
const distance = new Array(cells.length).fill(-1), queue = [0];
cells[0] = 0;
distance[0] = 0;
for (let head = 0; head < queue.length; head++) {
  const at = queue[head];
  for (const step of [1, -1, width, -width]) {
    const next = at + step;
    if (next < 0 || next >= cells.length || cells[next] || distance[next] >= 0) continue;
    distance[next] = distance[at] + 1;
    queue.push(next);
  }
}
`${primes.length} ${folded} ${queue.length} ${Math.max(...distance)}`;
