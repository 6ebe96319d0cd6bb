/** Taskservs of a workspace's own, written for one test. */

import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TestWorkspace } from "./platform.js";

export interface PlantedTaskserv {
  readonly name: string;
  readonly requires?: readonly string[];
  readonly conflictsWith?: readonly string[];
  readonly cpu?: number;
  /** Attributes of its `Config`, as lines of KCL. */
  readonly config?: readonly string[];
  /** Its `taskserv.k` after the imports; default: nothing to install and a check that passes. */
  readonly body?: string;
  readonly templates?: Readonly<Record<string, string>>;
}

const NOTHING = 'install = []\nremove = []\nhealth = [st.HealthCheck {id = "fine", command = ["true"]}]\n';

/** Replaces one of the same name. */
export async function plantTaskserv(workspace: TestWorkspace, taskserv: PlantedTaskserv): Promise<void> {
  const dir = join(workspace.dir, "extensions", "taskservs", "development", taskserv.name);
  await rm(dir, { recursive: true, force: true });
  await mkdir(join(dir, "templates"), { recursive: true });
  const list = (names: readonly string[] = []) => JSON.stringify(names);
  const manifest = [
    `name = "${taskserv.name}"`,
    'version = "1.0.0"',
    'category = "development"',
    'description = "Written for a test."',
    `requires = ${list(taskserv.requires)}`,
    `conflicts_with = ${list(taskserv.conflictsWith)}`,
    "[minimum_resources]",
    `cpu = ${taskserv.cpu ?? 1}`,
    "memory_mib = 1",
    "disk_gib = 1",
  ];
  const attributes = taskserv.config ?? ['note: str = ""'];
  await writeFile(join(dir, "manifest.toml"), `${manifest.join("\n")}\n`);
  await writeFile(join(dir, "schema.k"), `schema Config:\n${attributes.map((line) => `    ${line}\n`).join("")}`);
  const head = 'import provisioning.steps as st\n\n_config: Config = option("config")\n';
  await writeFile(join(dir, "taskserv.k"), `${head}${taskserv.body ?? NOTHING}`);
  for (const [name, text] of Object.entries(taskserv.templates ?? {})) await writeFile(join(dir, "templates", name), text);
}

export async function uprootTaskservs(workspace: TestWorkspace): Promise<void> {
  await rm(join(workspace.dir, "extensions", "taskservs"), { recursive: true, force: true });
}
