import { greet, unused } from "./greet";
import config from "./config.json";
import text from "./note.txt";
import { Shape } from "./shape";

enum Level { Low = 1, High = Low << 4 }

class Square extends Shape {
    #side: number;
    constructor(side: number) { super(); this.#side = side; }
    override area(): number { return this.#side ** 2; }
}

const view = <div class="box" {...config}>{greet("world")}{text}</div>;
console.log(view, new Square(3).area(), Level.High, config?.name ?? "none");
export default async function main(): Promise<void> {
    for await (const shape of [new Square(1)]) console.log(shape);
    if (process.env.NODE_ENV !== "production") console.log("left out");
}
