/**
 * `npm run fixture:store`: writes a store of the format of today to `core/storage/fixtures/filesystem-<format>`, with what it holds in `content.json`;
 * on built files. One that is there stays as it is: later programs must be able to open what this one wrote.
 */

import { mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { JOURNAL_FORMAT } from "../dist/backends/filesystem/segment.js";
import { openFilesystemStorage } from "../dist/index.js";
import { fillFixture, contentOf } from "../dist/testing/fixture.js";

const folder = fileURLToPath(new URL(`../fixtures/filesystem-${JOURNAL_FORMAT}/`, import.meta.url));
if (
  await stat(folder).then(
    () => true,
    () => false,
  )
) {
  console.log(`${folder} is there already.`);
} else {
  await mkdir(folder, { recursive: true });
  const dataDir = `${folder}store`;
  // Small segments: a log, a snapshot and an archive.
  const storage = await openFilesystemStorage({
    dataDir,
    clock: { now: () => 1_700_000_000_000 },
    mode: "write",
    segmentBytes: 4_000,
  });
  await fillFixture(storage);
  await storage.close();
  const reader = await openFilesystemStorage({ dataDir, clock: { now: () => 1_700_000_000_000 }, mode: "read" });
  await writeFile(`${folder}content.json`, `${JSON.stringify(await contentOf(reader), undefined, 1)}\n`);
  await reader.close();
  for (const name of ["queue.rkvs", "state"]) await rm(`${dataDir}/${name}`, { recursive: true, force: true });
  console.log(`${folder}: ${(await readdir(`${dataDir}/journal`)).join(", ")}`);
}
