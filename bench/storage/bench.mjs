/**
 * Storages side by side, and moving from one to another, as a page: `report/index.html`. Build first, then:
 *
 *     node bench/storage/bench.mjs [storage_benchmarks] [migration_benchmarks] [--runs 2000] [--rounds 3] [--to report/index.html]
 *
 * Each storage takes its turn in every round, the medians count. What is not installed is named and left out.
 */

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { migrate } from "@provisioning/storage";
import { renderHtml } from "../../core/actions/dist/storage/html-report.js";
import { median } from "../measure/measure.mjs";
import { findPlaces } from "./places.mjs";
import { MEASURES, measureStorage, submitAll } from "./storage.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: "string", default: "2000" },
    rounds: { type: "string", default: "3" },
    to: { type: "string", default: "report/index.html" },
  },
});
const runs = Number(values.runs);
const rounds = Number(values.rounds);
const isWanted = (name) => positionals.length === 0 || positionals.includes(name);

const folder = await mkdtemp(join(tmpdir(), "provisioning-bench-storage-"));
const { places, missing, close } = await findPlaces(folder);
for (const reason of missing) console.log(`left out: ${reason}`);
const tables = [];
try {
  if (isWanted("storage_benchmarks")) tables.push(await storages());
  if (isWanted("migration_benchmarks")) tables.push(await migrations());
} finally {
  await close();
  await rm(folder, { recursive: true, force: true });
}
for (const table of tables) print(table);
await mkdir(dirname(values.to), { recursive: true });
await writeFile(values.to, page());
console.log(`\nwrote ${values.to}`);

async function storages() {
  const found = new Map(places.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const place of places) {
      const storage = await place.open();
      found.get(place.name).push(await measureStorage(storage, runs));
      await storage.close();
    }
  }
  const rows = [...found].map(([name, numbers]) => [
    name,
    ...MEASURES.map(([key]) => Math.round(median(numbers.map((one) => one[key])))),
  ]);
  return {
    title: "storage_benchmarks",
    note: `In a second, 64 at once, ${runs} runs of one operation each. Whatever is counted was acknowledged, and with that on the disk (not in memory).`,
    columns: ["storage", ...MEASURES.map(([, title]) => title)],
    rows,
  };
}

/** Each time into an empty one. */
async function migrations() {
  const rows = [];
  for (const from of places.filter(({ name }) => name !== "memory")) {
    const source = await from.open();
    await submitAll(source, runs);
    for (const to of places.filter(({ name }) => name !== from.name && name !== "memory")) {
      const taken = [];
      let proof;
      for (let round = 0; round < rounds; round += 1) {
        const target = await to.open();
        const began = performance.now();
        proof = await migrate(source, target);
        taken.push(performance.now() - began);
        await target.close();
      }
      const ms = median(taken);
      rows.push([`${from.name} → ${to.name}`, Math.round((runs / ms) * 1000), Math.round(ms), proof.content.digest.slice(0, 16)]);
    }
    await source.close();
  }
  return {
    title: "migration_benchmarks",
    note: `${runs} runs, copied, and compared by a digest over every event of both sides.`,
    columns: ["from → to", "runs in a second", "milliseconds", "digest of both sides"],
    rows,
  };
}

function print({ title, columns, rows }) {
  const cells = [columns, ...rows].map((row) => row.map(String));
  const widths = columns.map((_, column) => Math.max(...cells.map((row) => row[column].length)));
  console.log(`\n${title}`);
  for (const row of cells) {
    console.log(row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column] + 2))).join(""));
  }
}

function page() {
  return renderHtml({
    title: "Storage benchmarks",
    facts: [
      ["At", new Date().toISOString()],
      ["Machine", `${cpus().length} × ${cpus()[0]?.model ?? "?"}, ${process.platform}, Node ${process.versions.node}`],
      ["Rounds", `${rounds}, medians count`],
      ...missing.map((reason) => ["Left out", reason]),
    ],
    tables,
  });
}
