// A module that imports others, works on files and directories, and waits for timers.
import * as std from "std";
import * as os from "os";
import { table } from "./lib/table.mjs";

print(scriptArgs.join(" "), typeof std.open);
const records = JSON.parse(std.loadFile("data.json"));
print(table(records, ["name", "size"]));

const out = std.open("out.txt", "w+");
for (const { name, size } of records) out.printf("%-8s%5d\n", name, size);
out.seek(9, std.SEEK_SET);
print(out.getline(), out.tell(), out.eof());
out.seek(0, std.SEEK_SET);
out.puts("APPLE");
out.close();
print(std.loadFile("out.txt"));

print("mkdir", os.mkdir("made"), os.mkdir("made") < 0, os.rename("out.txt", "made/moved.txt"));
const [names, failed] = os.readdir("made");
// Hosts differ in whether they list `.` and `..`.
print(names.filter((name) => !/^\.+$/.test(name)).sort().join(" "), failed);
const [stat] = os.stat("made/moved.txt");
print(stat.size, (stat.mode & os.S_IFMT) === os.S_IFREG, std.loadFile("missing") === null);
print(os.remove("made/moved.txt"), os.remove("made"), os.remove("made") < 0);
print(std.open("../outside", "r") === null, std.getenv("HOME"));

const later = (ms, value) => new Promise((resolve) => os.setTimeout(() => resolve(value), ms));
print(await Promise.all([later(20, "slow"), later(5, "quick")]));
print(await Promise.race([later(20, "slow"), later(5, "quick")]));
os.setTimeout(() => { print("last"); std.exit(5); }, 1);
