/** Commands about where runs and recorded state are kept. */

import { command, group } from "../command/command.js";
import { storageFlags } from "../storage-flags.js";
import { onOff, type ShownFlags, shownFlags, shownLetters, textFlag } from "./flags.js";

export type StorageCommandFlags = ShownFlags;

/** `Source…` and `Target…`, each an option of that side. */
type SideFlags<Side extends "source" | "target"> = {
  readonly [Option in SideOption as `${Side}${Capitalize<Option>}`]?: string;
};
type SideOption = "dir" | "packagesDir" | "url" | "namespace" | "database" | "schema" | "username" | "password" | "passwordFile";

export type MigrateFlags = StorageCommandFlags &
  SideFlags<"source"> &
  SideFlags<"target"> & {
    readonly from?: string;
    readonly to?: string;
    readonly interactive?: boolean;
    readonly dryRun?: boolean;
    readonly switch?: boolean;
    readonly report?: string;
  };

const flags = { ...shownFlags, ...storageFlags({ hidden: false }) } as const;

/** Help names those of one side together. */
function sideFlag(family: "source" | "target", placeholder: string, brief: string) {
  return { ...textFlag(placeholder, brief), family } as const;
}

const TYPES = "filesystem, surrealdb-embedded, surrealdb-server or postgres";

export const storageGroup = group({
  name: "storage",
  aliases: ["sto"],
  brief: "Where runs and recorded state are kept",
  commands: [
    command<StorageCommandFlags>({
      name: "info",
      brief: "Show which storage is used, where it is and what it holds",
      examples: [["storage info", "of this workspace"]],
      loader: async () => (await import("./storage/storage.js")).info,
      parameters: { flags, aliases: shownLetters },
      result: "storage.info",
    }),
    command<StorageCommandFlags>({
      name: "validate",
      aliases: ["val"],
      brief: "Read everything that is stored and name what is damaged",
      examples: [["storage validate", "nothing is changed"]],
      loader: async () => (await import("./storage/storage.js")).validate,
      parameters: { flags, aliases: shownLetters },
      result: "storage.validate",
    }),
    command<MigrateFlags>({
      name: "migrate",
      aliases: ["mig"],
      brief: "Move everything into another storage and prove that both are equal",
      details:
        "The source stays as it is. A target that holds something else is refused. After an interruption the same command goes on. Others can see a password that is typed: name a file.",
      examples: [
        ["storage migrate --interactive", "asks for everything"],
        ["storage migrate --to surrealdb-embedded --switch", "and use it from then on"],
        ["storage migrate --to postgres --dry-run", "only look whether it can be done"],
        ["storage migrate --to postgres --report moved.html", "and keep what was done and proven"],
      ],
      loader: async () => (await import("./storage/migrate.js")).migrate,
      parameters: {
        flags: {
          ...shownFlags,
          from: textFlag("type", `Source: ${TYPES}; default: the configured storage`),
          to: textFlag("type", `Target: ${TYPES}`),
          interactive: onOff("Ask for everything on the terminal"),
          sourceDir: sideFlag("source", "path", "Folder of the source"),
          sourcePackagesDir: sideFlag("source", "path", "Folder with the packages of the source's database"),
          sourceUrl: sideFlag("source", "url", "Url of the source"),
          sourceNamespace: sideFlag("source", "name", "Namespace of the source (SurrealDB)"),
          sourceDatabase: sideFlag("source", "name", "Database of the source"),
          sourceSchema: sideFlag("source", "name", "Schema of the source (PostgreSQL)"),
          sourceUsername: sideFlag("source", "name", "User of the source"),
          sourcePassword: sideFlag("source", "text", "Password of the source; others can see it: prefer the next one"),
          sourcePasswordFile: sideFlag("source", "path", "File with the password of the source; - is standard input"),
          targetDir: sideFlag("target", "path", "Folder of the target"),
          targetPackagesDir: sideFlag("target", "path", "Folder with the packages of the target's database"),
          targetUrl: sideFlag("target", "url", "Url of the target"),
          targetNamespace: sideFlag("target", "name", "Namespace of the target (SurrealDB)"),
          targetDatabase: sideFlag("target", "name", "Database of the target"),
          targetSchema: sideFlag("target", "name", "Schema of the target (PostgreSQL)"),
          targetUsername: sideFlag("target", "name", "User of the target"),
          targetPassword: sideFlag("target", "text", "Password of the target; others can see it: prefer the next one"),
          targetPasswordFile: sideFlag("target", "path", "File with the password of the target; - is standard input"),
          dryRun: onOff("Only look whether it can be done; copy nothing"),
          switch: onOff("Make the workspace use the target afterwards"),
          report: textFlag("file", "Also write what was done as one page that needs no network"),
        },
        aliases: shownLetters,
      },
      result: "storage.migrate",
    }),
  ],
});
