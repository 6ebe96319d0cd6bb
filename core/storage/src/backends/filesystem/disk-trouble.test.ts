/** A disk that is full, fails or may not be written to, at every call: nothing is acknowledged wrongly, and afterwards everything is there. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@provisioning/model";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openFilesystemStorage } from "../../index.js";
import type { Storage } from "../../ports/storage.js";
import { type FileCall, sampleRun, watchFileCalls } from "../../testing/index.js";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "provisioning-trouble-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const open = (dataDir: string, mode: "read" | "write" = "write") =>
  openFilesystemStorage({ dataDir, clock: systemClock, mode, segmentBytes: 3_000 });

const failure = (code: string) => Object.assign(new Error(`${code}: it failed`), { code });
/** What needs space; names can still be taken away. */
const NEEDS_SPACE: ReadonlySet<string> = new Set(["open", "write", "mkdir", "link", "rename"]);

/** Lets every call from the N-th on fail; what was written before a full disk was noticed is there by half. */
function breakFrom(folder: string, from: number, code: string): { readonly count: () => number; readonly mend: () => void } {
  let calls = 0;
  const mend = watchFileCalls(folder, {
    before(call: FileCall) {
      const isMeant =
        code === "EROFS" || (code === "ENOSPC" ? NEEDS_SPACE.has(call.name) : call.name === "sync" || call.name === "write");
      if (!isMeant) return;
      calls += 1;
      if (calls < from) return;
      if (code === "ENOSPC" && calls === from) call.writePart?.(Math.floor((call.data?.length ?? 0) / 2));
      throw failure(code);
    },
    after() {},
  });
  return { count: () => calls, mend };
}

/** Writes until it is told of trouble; what was acknowledged until then. */
async function writeAll(
  dataDir: string,
): Promise<{ readonly acknowledged: readonly string[]; readonly codes: ReadonlySet<string> }> {
  const acknowledged: string[] = [];
  const codes = new Set<string>();
  const note = (error: unknown) => void codes.add((error as { code?: string }).code ?? "none");
  let storage: Storage;
  try {
    storage = await open(dataDir);
  } catch (error) {
    note(error);
    return { acknowledged, codes };
  }
  for (let count = 0; count < 8; count += 1) {
    const definition = sampleRun();
    await storage.runs.submit(definition).then(() => acknowledged.push(definition.id), note);
    // Nothing is shown that may not be on the disk.
    const shown = await storage.runs.list().then(
      ({ runs }) => runs.map(({ id }) => id),
      () => acknowledged,
    );
    expect([...shown].sort()).toEqual([...acknowledged].sort());
  }
  await storage.close().catch(note);
  return { acknowledged, codes };
}

test.each(["ENOSPC", "EIO", "EROFS"])(
  "after %s at any call everything that was acknowledged is there, and work goes on",
  async (code) => {
    for (let from = 1; ; from += from < 12 ? 1 : 7) {
      const dataDir = join(root, `${code}-${from}`);
      const trouble = breakFrom(dataDir, from, code);
      const { acknowledged, codes } = await writeAll(dataDir).finally(trouble.mend);
      for (const told of codes) expect(told, `from call ${from}`).toBe("STORE_FAILED");
      const storage = await open(dataDir);
      const ids = (await storage.runs.list()).runs.map(({ id }) => id as string);
      for (const id of acknowledged) expect(ids, `from call ${from}`).toContain(id);
      await storage.runs.submit(sampleRun());
      await storage.close();
      if (trouble.count() < from) return;
    }
  },
  240_000,
);

test("where nothing may be written a store can be read, and nothing is tried", async () => {
  const dataDir = join(root, "read-only");
  await (await open(dataDir)).close();
  const trouble = breakFrom(dataDir, 1, "EROFS");
  try {
    const storage = await open(dataDir, "read");
    expect(await storage.runs.list()).toEqual({ runs: [] });
    await storage.close();
    expect(trouble.count()).toBe(0);
    await expect(open(dataDir)).rejects.toMatchObject({ code: "STORE_FAILED", hint: expect.stringMatching(/disk/) });
  } finally {
    trouble.mend();
  }
});
