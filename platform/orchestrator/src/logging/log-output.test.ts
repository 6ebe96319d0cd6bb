import { spawn } from "node:child_process";
import { mkdtemp, open, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, it } from "vitest";

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "provisioning-log-"));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

/** Writes lines to standard output while its log is rotated, until it was a few times; says how many on the error output. */
const PROGRAM = `
  const { existsSync } = await import("node:fs");
  const { LogOutput } = await import(process.argv[1]);
  const file = process.argv[2];
  const out = new LogOutput();
  out.rotate({ file, maxBytes: 2000, keep: 1000 }, (error) => { console.error(error); process.exit(1); }, 5);
  let lines = 0;
  while (lines < 2000 || !existsSync(file + ".3")) {
    for (let count = 0; count < 20; count += 1) out.write("line " + (lines += 1) + "\\n");
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  out.flushSync();
  console.error(lines);
`;

it("loses no line, and none stands twice", async () => {
  const file = join(dir, "orchestrator.log");
  const log = await open(file, "a");
  const built = new URL("../../dist/logging/log-output.js", import.meta.url).href;
  const child = spawn(process.execPath, ["--input-type=module", "-e", PROGRAM, "--", built, file], {
    stdio: ["ignore", log.fd, "pipe"],
  });
  const said = text(child.stderr as Readable);
  const code = await new Promise((resolve) => child.on("exit", resolve));
  await log.close();
  expect(code).toBe(0);
  const written = Number(await said);
  const names = await readdir(dir);
  const numberOf = (name: string) => Number(name.split(".")[2] ?? 0);
  const ordered = names.toSorted((left, right) => numberOf(right) - numberOf(left));
  const lines = (await Promise.all(ordered.map((name) => readFile(join(dir, name), "utf8")))).join("").trim().split("\n");
  expect(lines).toEqual(Array.from({ length: written }, (_, index) => `line ${index + 1}`));
}, 30_000);
