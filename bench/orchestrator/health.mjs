/**
 * Asks a service for its health again and again, until it is told to end; gives how long each answer took, and how late its own
 * timers were, both in milliseconds: a machine that stands still, or whose processors are taken, makes both long. Either on one connection, or
 * each time with a new one (`isNewcomer`), as what has just been started does.
 */

import { parentPort, workerData } from "node:worker_threads";
import { createClient } from "./service.mjs";

const { url, everyMs, isNewcomer } = workerData;
const connect = () => createClient({ url, token: "none" }, 1);
let client = connect();
const delays = [];
const lates = [];
let isOver = false;
parentPort.once("message", () => {
  isOver = true;
});
while (!isOver) {
  if (isNewcomer) {
    client.close();
    client = connect();
  }
  const began = performance.now();
  await client.send("GET", "/health");
  delays.push(performance.now() - began);
  const rested = performance.now();
  await new Promise((resolve) => setTimeout(resolve, everyMs));
  lates.push(performance.now() - rested - everyMs);
}
client.close();
parentPort.postMessage({ delays, lates });
