/**
 * A process that opens a store, submits a run and closes the store: `node visitor.mjs`, the options of the store as JSON in the variable
 * `STORAGE`. Prints `closed <number of runs>`; then it has nothing more to do.
 */

import { openStorage, type StorageOptions } from "../open.js";
import { sampleRun } from "./samples.js";

const storage = await openStorage(JSON.parse(process.env["STORAGE"] ?? "{}") as StorageOptions);
storage.runs.watch(() => {});
await storage.runs.submit(sampleRun());
const { runs } = await storage.info();
await storage.close();
console.log(`closed ${runs}`);
