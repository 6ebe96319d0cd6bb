/**
 * How long the command takes to start, beside an empty Node program and beside the commands that people know. `node bench/cli/start.mjs`
 *
 * The one-file build has rows of its own when it was made (`npm run one-file`). Each start is compared with that of an empty program right before
 * it, because a machine that others use as well is not equally slow for as long as a round takes. What counts for commands that do something is their
 * start: the whole time without what their actions worked, which is measured in another start right after it.
 */

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { median, ms, ratio, runProcess, timed } from "../measure/measure.mjs";

const cli = fileURLToPath(new URL("../../core/cli/provisioning", import.meta.url));
const oneFile = fileURLToPath(new URL("../../core/cli/one-file/provisioning", import.meta.url));
const ownStart = fileURLToPath(new URL("own-start.cjs", import.meta.url));
const example = fileURLToPath(new URL("../../examples/quickstart", import.meta.url));
const ROUNDS = 15;
const BASE = "node -e 0";

/** What is asked for while somebody types. */
const AT_ONCE = { bound: 2, commands: [["--help"], ["sc"], ["version"]] };
const OTHERS = {
  bound: 3,
  commands: [
    ["plan", "--help"],
    ["workspace", "list"],
    ["workspace", "current"],
    ["workspace", "switch", "shop"],
    ["taskserv", "list", "--all"],
    ["config", "get", "servers.default_plan"],
    ["kcl", "run", "a.k"],
  ],
};
const PEERS = [
  ["terraform", "version"],
  ["tofu", "version"],
  ["kubectl", "version", "--client"],
  ["ansible", "--version"],
];

/** The list of workspaces, the files and what is unpacked are the benchmark's own. */
const folder = mkdtempSync(join(tmpdir(), "start-"));
process.env.XDG_CONFIG_HOME = join(folder, "config");
process.env.XDG_CACHE_HOME = join(folder, "cache");
process.env.CHECKPOINT_DISABLE = "1";
process.env.OWN_START = join(folder, "worked");
process.chdir(folder);
writeFileSync("a.k", "a = 1\n");

/** Milliseconds that the actions of a command worked. */
const workOf = (program, words) => {
  runProcess(program, words);
  return Number(readFileSync(process.env.OWN_START, "utf8"));
};

const isInstalled = (program) => spawnSync(program, ["--version"], { stdio: "ignore" }).error === undefined;
const builds = [{ name: "provisioning", program: [process.execPath, cli] }];
if (existsSync(oneFile)) builds.push({ name: "one file:", program: [oneFile] });
const rows = [
  ...builds.flatMap(({ name, program: [program, ...first] }) =>
    [AT_ONCE, OTHERS].flatMap(({ bound, commands }) =>
      commands.map((words) => ({
        name: `${name} ${words.join(" ")}`,
        bound,
        run: () => runProcess(program, [...first, ...words]),
        ...(program === process.execPath && bound === OTHERS.bound
          ? { work: () => workOf(program, ["--require", ownStart, ...first, ...words]) }
          : {}),
      })),
    ),
  ),
  ...PEERS.filter(([program]) => isInstalled(program)).map(([program, ...words]) => ({
    name: [program, ...words].join(" "),
    run: () => runProcess(program, words),
  })),
];

try {
  runProcess(process.execPath, [cli, "workspace", "init", "shop", "--dir", join(folder, "shop"), "--from", example]);
  const empty = () => runProcess(process.execPath, ["-e", "0"]);
  const samples = new Map(rows.map((row) => [row, []]));
  for (let round = -1; round < ROUNDS; round += 1) {
    for (const row of rows) {
      const base = await timed(empty);
      const own = await timed(row.run);
      const worked = row.work?.() ?? 0;
      if (round >= 0) samples.get(row).push({ own, base, worked, ratio: own / base, start: (own - worked) / base });
    }
  }
  const every = [...samples.values()].flat();
  console.log(`${BASE.padEnd(46)} ${ms(median(every.map(({ base }) => base))).padStart(10)}`);
  for (const [{ name, bound }, own] of samples) {
    const of = (what) => median(own.map((sample) => sample[what]));
    const verdict = bound === undefined ? "" : of("start") <= bound ? `within ${bound}×` : `MORE THAN ${bound}×`;
    const work = of("worked") === 0 ? "" : `, ${ms(of("worked"))} of it work, start alone ${ratio(of("start"), 1)}`;
    console.log(`${name.padEnd(46)} ${ms(of("own")).padStart(10)}  ${ratio(of("ratio"), 1).padStart(7)}  ${verdict}${work}`);
  }
  for (const [program] of PEERS) if (!isInstalled(program)) console.log(`${program}: not installed`);
  if (builds.length === 1) console.log("The one-file build was not made: npm run one-file");
} finally {
  process.chdir(tmpdir());
  rmSync(folder, { recursive: true, force: true });
}
