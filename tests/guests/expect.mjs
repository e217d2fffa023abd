// Writes or checks the guests' expected outputs with node's WASI, never with Ermine, so that they are evidence.
//
// usage: node expect.mjs [--bless] [GUEST...]      (node 20 or later)
//
// A case is cases/NAME.{args,env,dir,stdin,stdout,code}; README.md says what each file holds. A trap counts as exit
// code 134, as it does for the `ermine` command. ERMINE_PROGRAMS names the folder where tools/programs.py put what it
// fetched; without it, those are left out.
import { closeSync, cpSync, existsSync, mkdtempSync, openSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { WASI } from "node:wasi";

const TRAP = 134;
const here = dirname(fileURLToPath(import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), "guests-"));

const wasmOf = (guest) => {
  const own = join(here, guest, `${guest}.wasm`);
  return existsSync(own) ? own : join(process.env.ERMINE_PROGRAMS ?? here, `${guest}.wasm`);
};
const text = (path) => (existsSync(path) ? readFileSync(path, "utf8") : "");
const lines = (path) => text(path).split("\n").filter((line) => line !== "");

function run(module, guest, base) {
  const input = `${base}.stdin`, output = join(scratch, "out"), errors = join(scratch, "err");
  const stdin = openSync(existsSync(input) ? input : "/dev/null", "r");
  const stdout = openSync(output, "w"), stderr = openSync(errors, "w");
  const folder = `${base}.dir`, root = join(scratch, "root");
  rmSync(root, { recursive: true, force: true });
  if (existsSync(folder)) cpSync(folder, root, { recursive: true });
  const wasi = new WASI({
    version: "preview1",
    preopens: existsSync(folder) ? { "/": root } : {},
    args: [guest, ...lines(`${base}.args`)],
    env: Object.fromEntries(lines(`${base}.env`).map((line) => line.split(/=(.*)/s, 2))),
    returnOnExit: true, stdin, stdout, stderr,
  });
  let code = 0;
  try {
    code = wasi.start(new WebAssembly.Instance(module, wasi.getImportObject()));
  } catch (error) {
    if (!(error instanceof WebAssembly.RuntimeError)) throw error;
    code = TRAP;
  }
  [stdin, stdout, stderr].forEach(closeSync);
  return { code, stdout: readFileSync(output), stderr: readFileSync(errors, "utf8") };
}

const names = process.argv.slice(2).filter((word) => word !== "--bless");
const bless = process.argv.includes("--bless");
const guests = names.length ? names : readdirSync(here).filter((name) => existsSync(join(here, name, "cases")) && existsSync(wasmOf(name)));
let failed = 0;
for (const guest of guests) {
  const module = new WebAssembly.Module(readFileSync(wasmOf(guest)));
  const folder = join(here, guest, "cases");
  for (const name of [...new Set(readdirSync(folder).map((file) => file.replace(/\.[^.]*$/, "")))].sort()) {
    const base = join(folder, name);
    const began = performance.now(), got = run(module, guest, base), took = performance.now() - began;
    if (bless) {
      writeFileSync(`${base}.stdout`, got.stdout);
      if (got.code !== 0) writeFileSync(`${base}.code`, `${got.code}\n`);
      else rmSync(`${base}.code`, { force: true });
    }
    const same = got.stdout.equals(readFileSync(`${base}.stdout`)) && got.code === Number(text(`${base}.code`) || 0);
    failed += same ? 0 : 1;
    const note = got.stderr ? `  stderr: ${got.stderr.trim().replaceAll("\n", " / ")}` : "";
    console.log(`${same ? "ok  " : "FAIL"} ${guest}/${name} code ${got.code}, ${took.toFixed(0)} ms${note}`);
  }
}
rmSync(scratch, { recursive: true });
process.exit(failed ? 1 : 0);
