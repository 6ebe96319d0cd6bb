/** Commands about where runs and recorded state are kept. */

import { buildCommand, buildRouteMap } from "@stricli/core";
import type { CliContext } from "../cli-context.js";
import { storageFlags } from "../storage-flags.js";
import { outputAlias, type OutputFlags, outputFlag, workspaceFlags } from "./flags.js";

export type StorageCommandFlags = OutputFlags & { readonly workspace?: string; readonly debug?: boolean };

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
  };

const flags = { ...workspaceFlags, ...outputFlag, ...storageFlags({ hidden: false }) } as const;

const value = (placeholder: string, brief: string) =>
  ({ kind: "parsed", parse: (text: string): string => text, optional: true, placeholder, brief }) as const;

const TYPES = "filesystem, surrealdb-embedded, surrealdb-server or postgres";

export const storageRoutes = buildRouteMap({
  routes: {
    info: buildCommand<StorageCommandFlags, [], CliContext>({
      loader: async () => (await import("./storage/storage.js")).info,
      parameters: { flags, aliases: outputAlias },
      docs: { brief: "Show which storage is used, where it is and what it holds" },
    }),
    validate: buildCommand<StorageCommandFlags, [], CliContext>({
      loader: async () => (await import("./storage/storage.js")).validate,
      parameters: { flags, aliases: outputAlias },
      docs: { brief: "Read everything that is stored and name what is damaged" },
    }),
    migrate: buildCommand<MigrateFlags, [], CliContext>({
      loader: async () => (await import("./storage/migrate.js")).migrate,
      parameters: {
        flags: {
          ...workspaceFlags,
          ...outputFlag,
          from: value("type", `Source: ${TYPES}; default: the configured storage`),
          to: value("type", `Target: ${TYPES}`),
          interactive: { kind: "boolean", optional: true, withNegated: false, brief: "Ask for everything on the terminal" },
          sourceDir: value("path", "Folder of the source"),
          sourcePackagesDir: value("path", "Folder with the packages of the source's database"),
          sourceUrl: value("url", "Url of the source"),
          sourceNamespace: value("name", "Namespace of the source (SurrealDB)"),
          sourceDatabase: value("name", "Database of the source"),
          sourceSchema: value("name", "Schema of the source (PostgreSQL)"),
          sourceUsername: value("name", "User of the source"),
          sourcePassword: value("text", "Password of the source; others can see it: prefer the next one"),
          sourcePasswordFile: value("path", "File with the password of the source; - is standard input"),
          targetDir: value("path", "Folder of the target"),
          targetPackagesDir: value("path", "Folder with the packages of the target's database"),
          targetUrl: value("url", "Url of the target"),
          targetNamespace: value("name", "Namespace of the target (SurrealDB)"),
          targetDatabase: value("name", "Database of the target"),
          targetSchema: value("name", "Schema of the target (PostgreSQL)"),
          targetUsername: value("name", "User of the target"),
          targetPassword: value("text", "Password of the target; others can see it: prefer the next one"),
          targetPasswordFile: value("path", "File with the password of the target; - is standard input"),
          dryRun: {
            kind: "boolean",
            optional: true,
            withNegated: false,
            brief: "Only look whether it can be done; copy nothing",
          },
          switch: { kind: "boolean", optional: true, withNegated: false, brief: "Make the workspace use the target afterwards" },
        },
        aliases: outputAlias,
      },
      docs: {
        brief: "Move everything into another storage and prove that both are equal",
        fullDescription:
          "  provisioning storage migrate --interactive\n" +
          "  provisioning storage migrate --to postgres --target-url postgres://me@db/provisioning --target-password-file pw --switch\n" +
          "  provisioning storage migrate --from filesystem --to surrealdb-embedded --source-dir ./data --target-dir ./surrealdb-data\n\n" +
          "The source stays as it is. A target that holds something else is refused. After an interruption the same command goes on.",
      },
    }),
  },
  docs: { brief: "Where runs and recorded state are kept: info, validate, migrate" },
});
