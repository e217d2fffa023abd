const width = (rows, key) => Math.max(key.length, ...rows.map((row) => String(row[key]).length));
export const table = (rows, keys) =>
    rows.map((row) => keys.map((key) => String(row[key]).padEnd(width(rows, key))).join("|")).join("\n");
