export abstract class Shape {
    abstract area(): number;
    toString(): string { return `shape of area ${this.area()}`; }
}
