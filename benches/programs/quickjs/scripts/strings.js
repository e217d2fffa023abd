// Text: building, regular expressions, JSON, sorting of strings.
let seed = 7;
const random = (bound) => (seed = (seed * 16807) % 2147483647) % bound;
const syllables = ["ka", "lo", "mi", "ne", "ru", "ta", "so", "vi"];
const words = [];
for (let i = 0; i < 400; i++) {
  let word = "";
  for (let j = random(3); j >= 0; j--) word += syllables[random(8)];
  words.push(word);
}
const text = words.join(" ");
const counts = {};
for (const [word] of text.matchAll(/\b[a-z]+\b/g)) counts[word] = (counts[word] ?? 0) + 1;
const top = Object.entries(counts).sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).slice(0, 30);
const copy = JSON.parse(JSON.stringify({ top, size: text.length, nested: { list: words.slice(0, 50) } }));
copy.top.map(([word, count]) => `${word.toUpperCase()}=${count}`).join(",") + text.replace(/k(.)/g, "<$1>").length + copy.nested.list.length;
