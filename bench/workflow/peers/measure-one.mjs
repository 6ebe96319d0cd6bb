/**
 * Measures one contestant in a process of its own, and sends the numbers to the parent:
 *
 * - whole: tasks are submitted one by one by as many callers as there are places for work, while a worker carries them out; until the last
 *   result is stored;
 * - prefilled: all tasks wait already when the worker starts;
 * - latency: from the call that submits a task until its step runs, with few callers, of whom each waits for the start of his task.
 */

import { setTimeout as sleep } from "node:timers/promises";

const LOOK_AGAIN_MS = 2;
const LATENCY_CALLERS = 16;
const LATENCY_TASKS_EACH = 40;
const GIVE_UP_MS = 120_000;

process.once("message", async ({ module, settings, tasks }) => {
  const contestant = await import(module);
  const queue = await contestant.open(settings);
  const started = new Map();
  const onStart = (key) => started.get(key)?.();
  const numbers = await measure(queue, settings.capacity, tasks, started, onStart);
  await queue.close();
  process.send(numbers, () => process.exit(0));
});

async function measure(queue, capacity, tasks, started, onStart) {
  let made = 0;
  /** Submits and says when the step runs. */
  const submit = () => {
    made += 1;
    const key = `task ${made}`;
    const begun = new Promise((resolve) => started.set(key, resolve));
    return { begun, stored: queue.submit(key) };
  };
  /** The starts of all of them. */
  const submitAll = async (count) => {
    const begun = [];
    const caller = async () => {
      while (begun.length < count) {
        const one = submit();
        begun.push(one.begun);
        await one.stored;
      }
    };
    await Promise.all(Array.from({ length: capacity }, caller));
    return begun;
  };
  const finished = async (begun) => {
    await Promise.all(begun);
    while ((await queue.unfinished()) > 0) await sleep(LOOK_AGAIN_MS);
  };
  const prefilledPerSecond = async () => {
    const waiting = await submitAll(tasks);
    const rate = await perSecond(tasks, async () => {
      stop = await queue.work(capacity, onStart);
      await finished(waiting);
    });
    await stop();
    return rate;
  };
  const perSecond = async (count, work) => {
    const began = performance.now();
    await work();
    return (count / (performance.now() - began)) * 1000;
  };

  let stop = await queue.work(capacity, onStart);
  await finished(await submitAll(Math.ceil(tasks / 4)));
  const whole = await perSecond(tasks, async () => finished(await submitAll(tasks)));
  const latencies = await latenciesOf(submit);
  while ((await queue.unfinished()) > 0) await sleep(LOOK_AGAIN_MS);
  await stop();
  const prefilled = queue.canWait === false ? undefined : await prefilledPerSecond();
  return { whole, prefilled, p50: at(latencies, 0.5), p99: at(latencies, 0.99) };
}

async function latenciesOf(submit) {
  const latencies = [];
  const caller = async () => {
    for (let done = 0; done < LATENCY_TASKS_EACH; done += 1) {
      const began = performance.now();
      const { begun, stored } = submit();
      await begun;
      latencies.push(performance.now() - began);
      await stored;
    }
  };
  await Promise.all(Array.from({ length: LATENCY_CALLERS }, caller));
  return latencies.sort((a, b) => a - b);
}

const at = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];

setTimeout(() => {
  console.error("gave up");
  process.exit(1);
}, GIVE_UP_MS).unref();
