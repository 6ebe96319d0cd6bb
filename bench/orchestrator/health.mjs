/** Asks a service for its health again and again, until it is told to end; gives how long each answer took, in milliseconds. */

import { parentPort, workerData } from "node:worker_threads";
import { createClient } from "./service.mjs";

const client = createClient({ url: workerData.url, token: "none" }, 1);
const delays = [];
let isOver = false;
parentPort.once("message", () => {
  isOver = true;
});
while (!isOver) {
  const began = performance.now();
  await client.send("GET", "/health");
  delays.push(performance.now() - began);
  await new Promise((resolve) => setTimeout(resolve, workerData.everyMs));
}
client.close();
parentPort.postMessage(delays);
