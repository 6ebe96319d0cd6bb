/**
 * The work of the quickstart by us and by Ansible, on servers of the same image: a first run, and a run that changes nothing.
 * Needs root, a container engine and the distribution's `ansible-core`. `node bench/ansible/bench.mjs`
 *
 * Ansible gets what is known to make it fast: a fork per server, pipelining, persistent connections, and Python installed before the
 * clock starts. It runs the same steps (see playbook.mjs) in the order of our requirements, without our health checks.
 */

import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { platformLayout } from "@provisioning/actions";
import { systemClock } from "@provisioning/model";
import { sectionFor } from "../../core/actions/dist/servers/section.js";
import { openInfraSession } from "../../core/actions/dist/session.js";
import { median, ratio, timed } from "../measure/measure.mjs";
import { tasksOf } from "./playbook.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url)).replace(/\/$/, "");
const cli = join(root, "core", "cli", "provisioning");
const QUIET_ROUNDS = 3;

if (spawnSync("ansible-playbook", ["--version"]).status !== 0) {
  console.log("skipped: ansible-playbook is not installed (apt-get install ansible-core)");
  process.exit(0);
}

const base = mkdtempSync(join(tmpdir(), "bench-ansible-"));
const workspace = join(base, "workspace");
const environment = { ...process.env, XDG_CONFIG_HOME: join(base, "config"), PROVISIONING_WORKSPACE: workspace };

function run(command, args, extra = {}) {
  const result = spawnSync(command, args, { encoding: "utf8", env: { ...environment, ...extra }, cwd: base, maxBuffer: 1 << 28 });
  if (result.status !== 0)
    throw new Error(
      `${command} ${args.join(" ")} ended with ${result.status}:\n${result.stdout.slice(-4000)}\n${result.stderr.slice(-2000)}`,
    );
  return result.stdout;
}
const provisioning = (...words) => run(process.execPath, [cli, ...words]);

const mainFile = join(workspace, "infra", "shop", "main.k");
const withoutServices = (text) => text.replace(/ {4}taskservs = \[[\s\S]*?\n {4}\]/, "    taskservs = []");

/** Servers without services. */
function makeServers(definition) {
  writeFileSync(mainFile, withoutServices(definition));
  provisioning("apply", "--yes");
}

/** Inventory and playbook for the servers as they are now. */
async function writePlaybook() {
  const session = await openInfraSession(
    {
      platform: platformLayout(root),
      platformVersion: "bench",
      clock: systemClock,
      environment,
      currentDir: workspace,
      flags: {},
      holder: "bench",
      command: "bench",
      signal: new AbortController().signal,
      drain: new AbortController().signal,
      report: () => undefined,
    },
    { mode: "read", definition: "use" },
  );
  try {
    const hosts = {};
    const plays = [];
    for (const server of session.desired.servers) {
      const { addresses, identityFile } = session.records.get(server.address).attributes;
      hosts[server.name] = {
        ansible_host: addresses.ssh.host,
        ansible_port: addresses.ssh.port,
        ansible_ssh_private_key_file: identityFile,
      };
      const sections = [];
      for (const taskserv of server.taskservs) sections.push(await sectionFor(session, server, taskserv, { purpose: "act" }));
      plays.push({ server: server.name, tasks: tasksOf(sections) });
    }
    const common = {
      ansible_user: "root",
      ansible_python_interpreter: "/usr/bin/python3",
      ansible_ssh_common_args:
        "-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR -o ControlMaster=auto -o ControlPersist=60s",
    };
    writeFileSync(join(base, "inventory.json"), JSON.stringify({ all: { hosts, vars: common } }));
    // One play for all servers with strategy free: each goes on as soon as it can, like ours. A list of tasks for each is included.
    const play = {
      hosts: "all",
      gather_facts: true,
      strategy: "free",
      tasks: [{ include_tasks: "{{ inventory_hostname }}.yml" }],
    };
    writeFileSync(join(base, "site.yml"), JSON.stringify([play]));
    for (const { server, tasks } of plays) writeFileSync(join(base, `${server}.yml`), JSON.stringify(tasks));
    return { servers: Object.keys(hosts), tasks: plays.reduce((sum, { tasks }) => sum + tasks.length, 0) };
  } finally {
    await session.close();
  }
}

const ansible = (servers) =>
  run("ansible-playbook", ["-i", join(base, "inventory.json"), join(base, "site.yml")], {
    ANSIBLE_FORKS: String(servers),
    ANSIBLE_PIPELINING: "1",
    ANSIBLE_HOST_KEY_CHECKING: "False",
    ANSIBLE_RETRY_FILES_ENABLED: "0",
    ANSIBLE_LOCALHOST_WARNING: "False",
  });

async function quietRuns(work) {
  const samples = [];
  for (let round = 0; round < QUIET_ROUNDS; round += 1) samples.push(await timed(work));
  return median(samples);
}

try {
  provisioning("workspace", "init", "bench", "--dir", workspace, "--from", join(root, "examples", "quickstart"));
  const definition = readFileSync(mainFile, "utf8");
  cpSync(mainFile, join(base, "main.k"));

  makeServers(definition);
  writeFileSync(mainFile, definition);
  const ourFirst = await timed(() => provisioning("apply", "--yes"));
  const ourQuiet = await quietRuns(() => provisioning("apply", "--yes"));
  provisioning("cluster", "delete", "--yes");

  makeServers(definition);
  writeFileSync(mainFile, definition);
  const { servers, tasks } = await writePlaybook();
  for (const server of servers)
    provisioning("server", "ssh", server, "--", "apt-get update -qq && apt-get install -y -qq python3 python3-apt >/dev/null");
  const theirFirst = await timed(() => ansible(servers.length));
  const theirQuiet = await quietRuns(() => ansible(servers.length));

  const seconds = (value) => `${(value / 1000).toFixed(1)} s`.padStart(8);
  console.log(`${servers.length} servers, ${tasks} tasks for Ansible`);
  console.log(`first run           ours ${seconds(ourFirst)}  Ansible ${seconds(theirFirst)}  ${ratio(ourFirst, theirFirst)}`);
  console.log(`nothing to change   ours ${seconds(ourQuiet)}  Ansible ${seconds(theirQuiet)}  ${ratio(ourQuiet, theirQuiet)}`);
} finally {
  spawnSync(process.execPath, [cli, "cluster", "delete", "--yes"], { env: environment, cwd: base });
  rmSync(base, { recursive: true, force: true });
}
