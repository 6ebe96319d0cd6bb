/** What can be generated, and where in a workspace it goes. Pure. */

import type { TaskservCategory } from "@provisioning/extension-sdk";

export const GENERATED_KINDS = ["workspace", "infra", "cluster", "taskserv", "provider", "workflow"] as const;
export type GeneratedKind = (typeof GENERATED_KINDS)[number];

export interface KindInfo {
  readonly description: string;
  /** Relative to the workspace. */
  readonly folder: (name: string, category: TaskservCategory) => string;
  /** Commands that check or show what was made. */
  readonly next: (name: string, folder: string) => readonly string[];
}

export const KINDS: Readonly<Record<GeneratedKind, KindInfo>> = {
  workspace: {
    description: "A folder with definitions, configuration and records",
    folder: (name) => name,
    next: (name) => [`provisioning workspace validate -w ${name}`],
  },
  infra: {
    description: "Servers and what runs on them",
    folder: (name) => `infra/${name}`,
    next: (name) => [`provisioning plan --infra ${name}`],
  },
  cluster: {
    description: "An infra of groups of equal servers",
    folder: (name) => `infra/${name}`,
    next: (name) => [`provisioning plan --infra ${name}`],
  },
  taskserv: {
    description: "A service on servers: manifest, schema, steps, templates, tests",
    folder: (name, category) => `extensions/taskservs/${category}/${name}`,
    next: (name, folder) => [`provisioning kcl test ${folder}`, `provisioning taskserv schema ${name}`],
  },
  provider: {
    description: "Makes networks and servers somewhere: a module with its conformance tests",
    folder: (name) => `extensions/providers/${name}`,
    next: () => ["provisioning provider plans"],
  },
  workflow: {
    description: "Operations on an infra that depend on each other",
    folder: () => "workflows",
    next: (name) => [`provisioning batch validate workflows/${name}.k`],
  },
};
