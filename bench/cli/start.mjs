/**
 * How long the command takes to start, beside an empty Node program and beside the commands that people know. `node bench/cli/start.mjs`
 *
 * The one-file build has rows of its own when it was made (`npm run one-file`). All of them take turns, so a busy machine slows all of them.
 */

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { inTurn, ms, ratio, runProcess } from "../measure/measure.mjs";

const cli = fileURLToPath(new URL("../../core/cli/provisioning", import.meta.url));
const oneFile = fileURLToPath(new URL("../../core/cli/one-file/provisioning", import.meta.url));
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
process.chdir(folder);
writeFileSync("a.k", "a = 1\n");

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
  const sides = Object.fromEntries(rows.map(({ name, run }) => [name, run]));
  const medians = await inTurn({ [BASE]: () => runProcess(process.execPath, ["-e", "0"]), ...sides }, ROUNDS);
  const print = (name, note) =>
    console.log(
      `${name.padEnd(46)} ${ms(medians[name]).padStart(10)}  ${ratio(medians[name], medians[BASE]).padStart(7)}  ${note}`,
    );
  print(BASE, "");
  for (const { name, bound } of rows) {
    if (bound === undefined) print(name, "");
    else print(name, medians[name] <= bound * medians[BASE] ? `within ${bound}×` : `MORE THAN ${bound}×`);
  }
  for (const [program] of PEERS) if (!isInstalled(program)) console.log(`${program}: not installed`);
  if (builds.length === 1) console.log("The one-file build was not made: npm run one-file");
} finally {
  process.chdir(tmpdir());
  rmSync(folder, { recursive: true, force: true });
}
