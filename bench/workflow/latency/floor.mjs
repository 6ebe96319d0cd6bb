/**
 * What the disk and the journal's group commit give by themselves: writers that each wait for one write, which is timed, and for
 * another one like the end of a run, through the journal's own batching, and nothing else beside them: no tables, no engine, no compaction, no
 * copies.
 */

import { mkdir, writeFile } from "node:fs/promises";
import { nodeDisk } from "../../../core/storage/dist/backends/filesystem/disk.js";
import { createSegment, HEADER_BYTES, JournalWriter } from "../../../core/storage/dist/backends/filesystem/journal-writer.js";

/** As large as the records of a submission and a start. */
const RECORD = JSON.stringify({ type: "floor", filling: "x".repeat(1950) });

/** Milliseconds of a write, by `writers` at once. */
export async function groupCommitFloor(folder, writers, total) {
  await mkdir(folder, { recursive: true });
  const file = await createSegment(nodeDisk, folder, 1);
  const segmentBytes = Number.POSITIVE_INFINITY;
  const journal = new JournalWriter({
    disk: nodeDisk,
    folder,
    segment: 1,
    file,
    bytes: HEADER_BYTES,
    segmentBytes,
    onRotate() {},
  });
  const samples = [];
  let sequence = 0;
  const append = () => journal.append((sequence += 1), RECORD);
  const write = async () => {
    for (let count = 0; count < total / writers; count += 1) {
      const began = performance.now();
      await append();
      samples.push(performance.now() - began);
      await append();
    }
  };
  await Promise.all(Array.from({ length: writers }, write));
  await journal.close();
  return samples;
}

/** The least that a write costs which must be on the disk, with nobody else. */
export async function bareSyncs(folder, total) {
  await mkdir(folder, { recursive: true });
  await writeFile(`${folder}/bare`, "");
  const file = await nodeDisk.openForWriting(`${folder}/bare`);
  const data = Buffer.from(RECORD);
  const samples = [];
  for (let count = 0; count < total; count += 1) {
    const began = performance.now();
    await file.write(data, count * data.length);
    await file.sync();
    samples.push(performance.now() - began);
  }
  await file.close();
  return samples;
}
