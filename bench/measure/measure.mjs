/** Medians and ratios for the benchmarks. Both sides of a ratio are measured in turn, in one run. */

import { spawnSync } from "node:child_process";

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Milliseconds that `work` takes. */
export async function timed(work) {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** Runs the sides in turn, `rounds` times, after one round that does not count. Medians in milliseconds, by name. */
export async function inTurn(sides, rounds) {
  const samples = Object.fromEntries(Object.keys(sides).map((name) => [name, []]));
  for (let round = -1; round < rounds; round += 1) {
    for (const [name, work] of Object.entries(sides)) {
      const ms = await timed(work);
      if (round >= 0) samples[name].push(ms);
    }
  }
  return Object.fromEntries(Object.entries(samples).map(([name, values]) => [name, median(values)]));
}

/** A process from start to end; its environment has no extra certificates, which would add to every start. */
export function runProcess(command, args) {
  const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
  const result = spawnSync(command, args, { env, stdio: "ignore" });
  if (result.status !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${result.status}`);
}

export const ratio = (value, base) => `${(value / base).toFixed(2)}×`;
export const ms = (value) => `${value.toFixed(1)} ms`;
