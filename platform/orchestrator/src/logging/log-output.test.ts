import { spawn } from "node:child_process";
import { mkdtemp, open, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "provisioning-log-"));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

/** Writes lines to standard output while its log is rotated. */
const PROGRAM = `
  const { LogOutput } = await import(process.argv[1]);
  const out = new LogOutput();
  out.rotate({ file: process.argv[2], maxBytes: 2000, keep: 1000 }, (error) => { console.error(error); process.exit(1); }, 5);
  for (let line = 1; line <= 2000; line += 1) {
    out.write("line " + line + "\\n");
    if (line % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
  }
  out.flushSync();
`;

it("loses no line, and none stands twice", async () => {
  const file = join(dir, "orchestrator.log");
  const log = await open(file, "a");
  const built = new URL("../../dist/logging/log-output.js", import.meta.url).href;
  const child = spawn(process.execPath, ["--input-type=module", "-e", PROGRAM, "--", built, file], {
    stdio: ["ignore", log.fd, "inherit"],
  });
  const code = await new Promise((resolve) => child.on("exit", resolve));
  await log.close();
  expect(code).toBe(0);
  const names = await readdir(dir);
  expect(names.length).toBeGreaterThan(2);
  const numberOf = (name: string) => Number(name.split(".")[2] ?? 0);
  const ordered = names.toSorted((left, right) => numberOf(right) - numberOf(left));
  const lines = (await Promise.all(ordered.map((name) => readFile(join(dir, name), "utf8")))).join("").trim().split("\n");
  expect(lines).toEqual(Array.from({ length: 2000 }, (_, index) => `line ${index + 1}`));
}, 30_000);
