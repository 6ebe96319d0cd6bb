/**
 * Damages KCL programs at random and requires of each a value or a diagnostic: `npm run fuzz:kcl -- --inputs 100000 --seed 7`.
 * An exception, a run of more than two seconds or more than 512 MB is a finding. It is printed with what repeats it
 * (`--seed S --only N`) and a reduced text. Exits with 1 when there were findings.
 */

import { parseArgs } from "node:util";
import { damagedProgram } from "@provisioning/kcl-lang/testing";
import { readCorpus } from "./corpus.mjs";
import { Judge } from "./judge-process.mjs";
import { reduceText } from "./reduce.mjs";

const { values } = parseArgs({
  options: {
    inputs: { type: "string", default: "10000" },
    seed: { type: "string", default: "1" },
    from: { type: "string", default: "0" },
    only: { type: "string" },
    workers: { type: "string", default: "1" },
    "keep-going": { type: "string", default: "20" },
  },
});
const seed = Number(values.seed);
const first = Number(values.only ?? values.from);
const last = values.only === undefined ? first + Number(values.inputs) : first + 1;
const mostFindings = Number(values["keep-going"]);

const BATCH = 500;
const REPORT_EVERY_MS = 10_000;
const REDUCTIONS = 300;

const corpus = readCorpus();
const started = Date.now();
const outcomes = { value: 0, refused: 0, failed: 0 };
const findings = new Map();
let next = first;
let done = 0;

console.log(`${corpus.length} programs, inputs ${first} to ${last - 1}, seed ${seed}`);
const report = setInterval(sayProgress, REPORT_EVERY_MS);
await Promise.all(Array.from({ length: Number(values.workers) }, work));
clearInterval(report);
sayProgress();
for (const finding of findings.values()) await explain(finding);
console.log(findings.size === 0 ? "0 findings" : `${findings.size} findings`);
process.exitCode = findings.size === 0 ? 0 : 1;

async function work() {
  const judge = new Judge(corpus, seed);
  while (next < last && findings.size < mostFindings) {
    const from = next;
    const to = Math.min(next + BATCH, last);
    next = to;
    const counted = await judge.run({ from, to }, record);
    for (const [name, count] of Object.entries(counted)) outcomes[name] += count;
    done += to - from;
  }
  await judge.stop();
}

/** Findings with the same cause count once. */
function record(index, text) {
  const cause = causeOf(text);
  const known = findings.get(cause);
  if (known !== undefined) known.count += 1;
  else {
    findings.set(cause, { cause, text, index, count: 1 });
    console.log(`finding: --seed ${seed} --only ${index}: ${cause}`);
  }
}

function causeOf(text) {
  const place = /\n\s+at [^\n]*/.exec(text)?.[0].trim() ?? "";
  return `${text.split("\n")[0].replace(/\d+/g, "N")} ${place}`.trim();
}

async function explain({ cause, text, index, count }) {
  const program = damagedProgram(corpus, seed, index);
  const judge = new Judge(corpus, seed);
  const fails = async (candidate) => {
    let same = false;
    await judge.run({ from: 0, to: 1, program, text: candidate }, (_index, found) => {
      same = causeOf(found) === cause;
    });
    return same;
  };
  const attempts = text.startsWith("no end") ? 20 : REDUCTIONS;
  const reduced = await reduceText(program.files[program.main], fails, attempts);
  await judge.stop();
  console.log(
    `\n--- seen ${count} times, --seed ${seed} --only ${index}\n${text.split("\n").slice(0, 6).join("\n")}\n--- reduced text\n${reduced}`,
  );
}

function sayProgress() {
  const seconds = (Date.now() - started) / 1000;
  const memory = Math.round(process.memoryUsage().rss / 1e6);
  console.log(
    `${done} inputs, ${Math.round(done / seconds)}/s, ${outcomes.value} values, ${outcomes.refused} refused, ${outcomes.failed} failed, ${findings.size} findings, ${memory} MB`,
  );
}
