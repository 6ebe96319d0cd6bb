import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { lastLines, logFiles } from "./log-files.js";

const dir = mkdtempSync(join(tmpdir(), "provisioning-logs-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const file = join(dir, "orchestrator.log");
const newest = "5\n6\n";
writeFileSync(file, newest);
writeFileSync(`${file}.1`, "3\n4\n");
writeFileSync(`${file}.2`, "1\n2\n");

describe("a log and those that were put aside", () => {
  it("are found with the oldest first", async () => {
    expect(await logFiles(file)).toEqual([`${file}.2`, `${file}.1`, file]);
    expect(await logFiles(join(dir, "nothing.log"))).toEqual([]);
    expect(await logFiles(join(dir, "nowhere", "orchestrator.log"))).toEqual([]);
  });

  it.each([
    [1, "6\n"],
    [2, "5\n6\n"],
    [3, "4\n5\n6\n"],
    [5, "2\n3\n4\n5\n6\n"],
    [50, "1\n2\n3\n4\n5\n6\n"],
  ])("give the last %d lines of all", async (count, text) => {
    expect(await lastLines(file, newest, count)).toBe(text);
  });
});
