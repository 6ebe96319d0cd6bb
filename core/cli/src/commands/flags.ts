/** Flags that many commands share, each defined once. */

import { storageFlags } from "../storage-flags.js";
import { OUTPUT_FORMATS, type OutputFormat } from "../output.js";

const text = (value: string): string => value;

/** Names separated by commas. A list that names nothing is a mistake: it must not come to mean everything. */
export function parseNames(value: string): readonly string[] {
  const names = value
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  if (names.length === 0) throw new Error("it names nothing");
  return names;
}

export const infraFlag = {
  infra: {
    kind: "parsed",
    parse: text,
    optional: true,
    placeholder: "name",
    brief: "Infra to work on; the only one when missing",
  },
} as const;

export const workspaceFlags = {
  workspace: {
    kind: "parsed",
    parse: text,
    optional: true,
    placeholder: "name|path",
    brief: "Workspace to work in; else the folder's, else the active one",
  },
  debug: { kind: "boolean", optional: true, withNegated: false, brief: "Show stack traces of failures" },
  ...storageFlags({ hidden: true }),
} as const;

export const outputFlag = {
  output: { kind: "enum", values: OUTPUT_FORMATS, default: "table", brief: "Form of the result" },
} as const;

const changeFlags = {
  yes: { kind: "boolean", optional: true, withNegated: false, brief: "Go ahead without asking" },
  check: { kind: "boolean", optional: true, withNegated: false, brief: "Only show what would change" },
} as const;

export const planFlag = {
  plan: {
    kind: "parsed",
    parse: text,
    optional: true,
    placeholder: "size",
    brief: "Size of all servers, over every other setting: small, medium, large, xlarge",
  },
} as const;

export interface InfraFlags {
  readonly infra?: string;
  readonly workspace?: string;
  readonly debug?: boolean;
}

export interface OutputFlags {
  readonly output: OutputFormat;
}

export interface ChangeFlags {
  readonly yes?: boolean;
  readonly check?: boolean;
}

/** What reading commands on an infra take. */
export const readFlags = { ...infraFlag, ...workspaceFlags, ...outputFlag } as const;
export type ReadFlags = InfraFlags & OutputFlags;

/** What changing commands on an infra take. */
export const writeFlags = { ...readFlags, ...changeFlags, ...planFlag } as const;
export type WriteFlags = ReadFlags & ChangeFlags & { readonly plan?: string };

/** Short forms; a command uses those of its own flags. */
export const outputAlias = { o: "output" } as const;
export const readAliases = { o: "output", i: "infra" } as const;
export const changeAliases = { o: "output", y: "yes", i: "infra" } as const;
