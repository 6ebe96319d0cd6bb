import { appendFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LineLog, type NumberedLine } from "./line-log.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "line-log-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function read(log: LineLog, after: number, count: number): Promise<NumberedLine[]> {
  const found: NumberedLine[] = [];
  const stop = new AbortController();
  for await (const lines of log.follow(after, stop.signal)) {
    found.push(...lines);
    if (found.length >= count) break;
  }
  return found;
}

describe("a log of lines", () => {
  it("gives every line once, in order, whatever the reader had", async () => {
    const log = await LineLog.open(join(folder, "log"));
    const total = 5_000;
    for (let number = 1; number <= total; number += 1) log.append(`line ${number} ${"é".repeat(number % 200)}`);
    await log.flush();
    for (const after of [0, 1, 255, 256, 257, 4_998]) {
      const lines = await read(log, after, total - after);
      expect(lines.map(({ number }) => number)).toEqual(Array.from({ length: total - after }, (_, index) => after + index + 1));
      expect(lines.every(({ number, text }) => text.startsWith(`line ${number} `))).toBe(true);
    }
    await log.close();
  });

  it("shows lines to readers as they are written", async () => {
    const log = await LineLog.open(join(folder, "log"));
    const reading = read(log, 0, 300);
    for (let number = 1; number <= 300; number += 1) {
      log.append(String(number));
      if (number % 7 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    }
    expect((await reading).map(({ text }) => Number(text))).toEqual(Array.from({ length: 300 }, (_, index) => index + 1));
    await log.close();
  });

  it("goes on behind the last whole line after a crash", async () => {
    const file = join(folder, "log");
    const log = await LineLog.open(file);
    log.append("first");
    log.append("second");
    await log.close();
    await appendFile(file, "half a li");
    const again = await LineLog.open(file);
    expect(again.last).toBe(2);
    expect(again.append("third")).toBe(3);
    await again.close();
    expect(await readFile(file, "utf8")).toBe("first\nsecond\nthird\n");
  });

  it("ends for a reader that has gone", async () => {
    const log = await LineLog.open(join(folder, "log"));
    const stop = new AbortController();
    const reading = (async () => {
      for await (const _ of log.follow(0, stop.signal)) throw new Error("there is nothing to read");
    })();
    stop.abort();
    await reading;
    await log.close();
  });
});
