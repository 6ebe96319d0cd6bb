/**
 * The KCL engine: does the time for one entry stay the same when programs grow, and how fast is it beside floors that are measured in the
 * same run? `node bench/kcl/bench.mjs`
 */

import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { createCache, createMemoryHost, loadProgram, parse, runProgram } from "@provisioning/kcl-lang";
import ts from "typescript";
import { inTurn, median, ms, ratio, timed } from "../measure/measure.mjs";

const ROUNDS = 5;
const kclDir = fileURLToPath(new URL("../../kcl/", import.meta.url));

const lines = (count, line) => Array.from({ length: count }, (_, index) => line(index)).join("\n");

/** Programs of a size; each grows in another direction. */
const PROGRAMS = {
  "dict entries": (n) => `a = {\n${lines(n, (i) => `    k${i} = "v${i}"`)}\n}`,
  "list of dicts": (n) => `a = [\n${lines(n, (i) => `    {name = "n${i}", port = ${i}}`)}\n]`,
  globals: (n) => lines(n, (i) => `a${i} = ${i} + 1`),
  instances: (n) => `schema S:\n    name: str\n    port: int = 80\n${lines(n, (i) => `s${i} = S {name = "x", port = ${i + 1}}`)}`,
  "repeated declarations": (n) => `schema S:\n    [...str]: int\n${lines(n, (i) => `x: S {k${i} = ${i}}`)}`,
  schemas: (n) =>
    `${lines(n, (i) => `schema S${i}:\n    name: str = "a"\n    n: int = ${i}\n`)}\n${lines(n, (i) => `x${i} = S${i} {}`)}`,
  comprehension: (n) => `schema S:\n    name: str\n    port: int = 80\na = [S {name = "s\${i}"} for i in range(${n})]`,
  "nested declarations": (n) => `schema S:\n    [...str]: any\n${lines(n, (i) => `x: S {a: {b: {k${i} = ${i}}}}`)}`,
  "|= statements": (n) => `_a = {}\n${lines(n, (i) => `_a |= {k${i} = ${i}}`)}\na = _a`,
  "reduction to a list": (n) => `a = reduce(lambda t, x { t + [x] }, range(${n}), [])`,
};

/** These have smaller sizes: operators in a row and ancestors are nested calls of the parser and the checker. */
const NESTED = {
  "deep inheritance": (n) =>
    `schema A0:\n    x: int = 1\n${lines(n, (i) => `schema A${i + 1}(A${i}):\n    y${i}: int = x`)}\na = A${n} {}`,
  "union chain": (n) => `a = {x = 0}${Array.from({ length: n }, (_, i) => ` | {k${i} = ${i}}`).join("")}`,
  branches: (n) => `a = ${n}\nif a == 0:\n    _b = 0\n${lines(n, (i) => `elif a == ${i + 1}:\n    _b = ${i}`)}\nc = 1`,
};

function load(text, cache) {
  const loaded = loadProgram({ host: createMemoryHost({ "/main.k": text }), files: ["/main.k"], ...(cache && { cache }) });
  if (!loaded.ok) throw new Error(loaded.diagnostics[0].message);
  return loaded.program;
}

function evaluate(text) {
  const ran = runProgram(load(text));
  if (!ran.ok) throw new Error(ran.diagnostics[0].message);
  ran.toText();
}

async function growth(title, program, sizes) {
  const samples = [];
  for (const size of sizes) {
    const text = program(size);
    const times = [];
    for (let round = -1; round < ROUNDS; round += 1) {
      const time = await timed(() => evaluate(text));
      if (round >= 0) times.push(time);
    }
    samples.push({ size, time: median(times) });
  }
  const [first] = samples;
  const shown = samples.map(({ size, time }) => `${size}: ${ms(time)} ${ratio(time / size, first.time / first.size)}`);
  console.log(`${title.padEnd(22)} ${shown.join("   ")}`);
}

/** Parsing beside the parser of TypeScript and JSON.parse on texts of the same size. */
async function parsing() {
  const kcl =
    `schema Server:\n    name: str\n    ports: [int]\n    cpu: int\nbase = {cpu = 2}\n` +
    lines(
      4_000,
      (i) => `server${i} = Server {\n    name = "server-${i}"\n    ports = [80, 443, ${i}]\n    cpu = base.cpu * 2 + ${i}\n}`,
    );
  const script = lines(
    4_000,
    (i) => `const server${i} = make({\n    name: "server-${i}",\n    ports: [80, 443, ${i}],\n    cpu: base.cpu * 2 + ${i}\n});`,
  );
  const json = JSON.stringify(
    Array.from({ length: 4_000 }, (_, i) => ({ name: `server-${i}`, ports: [80, 443, i], cpu: `base.cpu * 2 + ${i}` })),
  );
  const times = await inTurn(
    {
      parse: () => parse("/main.k", kcl),
      load: () => load(kcl),
      typescript: () => ts.createSourceFile("a.ts", script, ts.ScriptTarget.Latest),
      json: () => JSON.parse(json),
    },
    ROUNDS,
  );
  const speed = (text, time) => `${(text.length / 1e3 / time).toFixed(1)} MB/s`;
  console.log(
    `parse KCL ${speed(kcl, times.parse)}, parse, check and compile KCL ${speed(kcl, times.load)}, parse TypeScript ${speed(script, times.typescript)}, JSON.parse ${speed(json, times.json)}`,
  );
}

/** All schemas of the platform, again and again with one cache of parsed files. */
async function schemas() {
  const files = Object.fromEntries(
    readdirSync(kclDir).map((name) => [join("/kcl", name), readFileSync(join(kclDir, name), "utf8")]),
  );
  const cache = createCache();
  const modules = Object.keys(files).filter((name) => name.endsWith(".k"));
  const imports = modules.map((name, index) => `import provisioning.${basename(name, ".k")} as m${index}`);
  const host = createMemoryHost({ ...files, "/app/main.k": `${imports.join("\n")}\na = 1\n` });
  const loadAll = () => {
    const loaded = loadProgram({ host, files: ["/app/main.k"], root: "/app", packages: { provisioning: "/kcl" }, cache });
    if (!loaded.ok) throw new Error(loaded.diagnostics[0].message);
  };
  const times = await inTurn({ warm: loadAll }, ROUNDS);
  console.log(`all schemas of kcl/, parsed files cached: ${ms(times.warm)}`);
}

console.log("time, and time per entry beside that of the smallest:");
for (const [title, program] of Object.entries(PROGRAMS)) await growth(title, program, [1_000, 10_000, 50_000]);
for (const [title, program] of Object.entries(NESTED)) await growth(title, program, [100, 300, 900]);
await parsing();
await schemas();
