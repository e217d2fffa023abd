// A small evaluator of expressions: classes, virtual methods, closures, maps.
class Node { eval(scope) { return 0; } }
class Num extends Node { constructor(value) { super(); this.value = value; } eval() { return this.value; } }
class Name extends Node { constructor(name) { super(); this.name = name; } eval(scope) { return scope.get(this.name); } }
class Binary extends Node {
  constructor(op, left, right) { super(); Object.assign(this, { op, left, right }); }
  eval(scope) { return Binary.ops[this.op](this.left.eval(scope), this.right.eval(scope)); }
}
Binary.ops = { "+": (a, b) => a + b, "-": (a, b) => a - b, "*": (a, b) => (a * b) % 65521, "/": (a, b) => (b ? Math.trunc(a / b) : 0) };

function parse(source) {
  const tokens = source.match(/\d+|[a-z]+|[-+*\/()]/g);
  let at = 0;
  const primary = () => {
    const token = tokens[at++];
    if (token === "(") { const inner = sum(); at++; return inner; }
    return /\d/.test(token) ? new Num(Number(token)) : new Name(token);
  };
  const product = () => { let left = primary(); while (tokens[at] === "*" || tokens[at] === "/") left = new Binary(tokens[at++], left, primary()); return left; };
  const sum = () => { let left = product(); while (tokens[at] === "+" || tokens[at] === "-") left = new Binary(tokens[at++], left, product()); return left; };
  return sum();
}

let checksum = 0;
const tree = parse("(x + 3) * (y - 4) / 2 + x * x - (z + 17) * 5 + (x + y) * (y + z)");
for (let i = 0; i < 250; i++) {
  const scope = new Map([["x", i], ["y", i * 3], ["z", i % 7]]);
  checksum = (checksum * 31 + tree.eval(scope)) % 1000003;
}
String(checksum);
