export const greet = (name: string): string => `hello, ${name}!`;
export function unused(): never { throw new Error("shaken off"); }
