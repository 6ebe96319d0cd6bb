/**
 * A process that writes until it is killed: `node writer.mjs <dataDir> <writers>`. Prints `ready`, then each run's id once its
 * submission was acknowledged; `busy` and its end when somebody else writes. For tests that kill it.
 */

import { writeSync } from "node:fs";
import { systemClock } from "@provisioning/model";
import { openFilesystemStorage } from "../backends/filesystem/filesystem-storage.js";
import { StoreBusyError } from "../backends/filesystem/writer-lock.js";
import { sampleRun } from "./samples.js";

const [dataDir = "", writers = "1"] = process.argv.slice(2);

async function main(): Promise<void> {
  const storage = await openFilesystemStorage({ dataDir, clock: systemClock, mode: "write", segmentBytes: 20_000 });
  writeSync(1, "ready\n");
  const write = async () => {
    for (;;) {
      const { id } = sampleRun();
      await storage.runs.submit(sampleRun({ id }));
      writeSync(1, `${id}\n`);
    }
  };
  await Promise.all(Array.from({ length: Number(writers) }, write));
}

main().catch((error: unknown) => {
  if (!(error instanceof StoreBusyError)) throw error;
  writeSync(1, "busy\n");
});
