/** Commands on the configuration. */

import { command, group } from "../command/command.js";
import {
  type CheckFlags,
  checkFlag,
  argument,
  infraFlag,
  onOff,
  optionalArgument,
  positional,
  type ReadFlags,
  readFlags,
  readLetters,
  shownFlags,
  shownLetters,
  type ShownFlags,
  type StrictFlags,
  strictFlag,
} from "./flags.js";

const SCHEMA_FORMATS = ["json", "kcl"] as const;
const EDITABLE = ["user", "workspace", "infra", "env"] as const;

export type RawFlags = ReadFlags & { readonly raw?: boolean };
export type ListFlags = RawFlags & { readonly changed?: boolean };
export type SchemaFlags = ShownFlags & { readonly format: (typeof SCHEMA_FORMATS)[number] };
export type EditFlags = ReadFlags & { readonly layer?: (typeof EDITABLE)[number] };
export type SetFlags = EditFlags & CheckFlags;

const rawFlag = { raw: onOff("Values as they are written, with their {{references}}") } as const;
const formatFlag = {
  format: { kind: "enum", values: SCHEMA_FORMATS, default: "json", brief: "Language of the schema" },
} as const;
const editFlags = {
  ...shownFlags,
  ...infraFlag,
  layer: { kind: "enum", values: EDITABLE, optional: true, brief: "Layer to change; default: the workspace, else the user" },
} as const;
const key = argument("key", "A key, such as servers.default_plan, or taskservs.redis.port");
const side = (which: string) => optionalArgument("side", `now, env:NAME, infra:NAME or a layer; default: ${which}`);

export const configGroup = group({
  name: "config",
  aliases: ["cfg", "conf"],
  brief: "The configuration: layers, values, and where they come from",
  commands: [
    command<RawFlags, [string]>({
      name: "get",
      aliases: ["g"],
      brief: "Print a value, or all of a section",
      examples: [
        ["config get servers.default_plan", "the value alone"],
        ["config get run --infra shop", "a section, as it applies to an infra"],
        ["config get taskservs.redis.port", "a setting of a taskserv"],
        ["config get storage.data_dir --raw", "before references are replaced"],
      ],
      loader: async () => (await import("./config/read.js")).get,
      parameters: {
        flags: { ...readFlags, ...rawFlag },
        aliases: readLetters,
        positional: positional(argument("key", "A key or a section")),
      },
      result: "config.get",
    }),
    command<ListFlags>({
      name: "list",
      aliases: ["ls", "l"],
      brief: "List every key with its value and the layer that decided",
      details: "Settings of taskservs are listed where a layer has them.",
      examples: [
        ["config list", "all keys"],
        ["config list --changed --env prod", "what differs from the defaults"],
      ],
      loader: async () => (await import("./config/read.js")).list,
      parameters: {
        flags: { ...readFlags, ...rawFlag, changed: onOff("Only what differs from the defaults") },
        aliases: readLetters,
      },
      result: "config.list",
    }),
    command<ReadFlags, [string]>({
      name: "explain",
      aliases: ["ex", "why"],
      brief: "Tell what a key means, what each layer says, and who won",
      examples: [["config explain servers.default_plan", "each layer with file and line"]],
      loader: async () => (await import("./config/read.js")).explain,
      parameters: { flags: readFlags, aliases: readLetters, positional: positional(key) },
      result: "config.explain",
    }),
    command<SetFlags, [string, string]>({
      name: "set",
      brief: "Set a key in the file of a layer; comments stay",
      examples: [
        ["config set servers.default_plan medium", "for this workspace"],
        ["config set run.keep 500 --layer user", "for all your workspaces"],
        ["config set run.parallel_limit 4 --layer env --env prod", "for an environment"],
        ["config set taskservs.redis.port 6380", "a setting of a taskserv"],
      ],
      loader: async () => (await import("./config/change.js")).set,
      parameters: {
        flags: { ...editFlags, ...checkFlag },
        aliases: readLetters,
        positional: positional(key, argument("value", "The value; a list is a,b; a setting may be JSON")),
      },
      result: "config.set",
    }),
    command<SetFlags, [string]>({
      name: "unset",
      aliases: ["rm"],
      brief: "Take a key out of a layer; the layer below decides again",
      examples: [["config unset servers.default_plan", "from the workspace's file"]],
      loader: async () => (await import("./config/change.js")).unset,
      parameters: { flags: { ...editFlags, ...checkFlag }, aliases: readLetters, positional: positional(key) },
      result: "config.unset",
    }),
    command<EditFlags>({
      name: "edit",
      aliases: ["e"],
      brief: "Open the file of a layer in your editor; it is checked before it is saved",
      details: "The editor is $VISUAL or $EDITOR, else vi. A file with new mistakes is not saved: you can go on editing it.",
      examples: [
        ["config edit", "the workspace's file"],
        ["config edit --layer user", "your own"],
      ],
      loader: async () => (await import("./config/edit.js")).edit,
      parameters: { flags: editFlags, aliases: readLetters },
      result: "config.replace",
    }),
    command<ReadFlags & StrictFlags>({
      name: "validate",
      aliases: ["val", "check"],
      brief: "Check all layers, of every infra and environment",
      examples: [
        ["config validate", "exit code 3 when something is wrong"],
        ["config validate --strict", "and 4 when there are warnings"],
      ],
      loader: async () => (await import("./config/read.js")).validate,
      parameters: { flags: { ...readFlags, ...strictFlag }, aliases: readLetters },
      result: "config.validate",
    }),
    command<ReadFlags>({
      name: "where",
      aliases: ["files"],
      brief: "Show the files that the configuration is read from",
      examples: [["config where --env prod", "those that exist, and those that could"]],
      loader: async () => (await import("./config/read.js")).where,
      parameters: { flags: readFlags, aliases: readLetters },
      result: "config.where",
    }),
    command<ReadFlags, [string?, string?]>({
      name: "diff",
      brief: "Compare the configuration of two layers, environments or infras",
      examples: [
        ["config diff", "what differs from the defaults"],
        ["config diff env:staging env:prod", "two environments"],
        ["config diff workspace now", "what the layers above it change"],
      ],
      loader: async () => (await import("./config/read.js")).diff,
      parameters: { flags: readFlags, aliases: readLetters, positional: positional(side("defaults"), side("now")) },
      result: "config.diff",
    }),
    command<ShownFlags>({
      name: "accessors",
      brief: "List all that configuration files can say, with types and defaults",
      details: "The platform's keys, and the settings of each taskserv as its schema has them.",
      examples: [
        ["config accessors", "keys and settings of taskservs, in a table"],
        ["config accessors -o json", "with descriptions and layers"],
      ],
      loader: async () => (await import("./config/read.js")).accessors,
      parameters: { flags: shownFlags, aliases: shownLetters },
      result: "config.accessors",
    }),
    command<SchemaFlags>({
      name: "schema",
      brief: "Print the schema of configuration files",
      examples: [
        ["config schema", "JSON Schema, for editors that complete and check"],
        ["config schema --format kcl", "what provisioning.config has, for layers in KCL"],
      ],
      loader: async () => (await import("./config/read.js")).schema,
      parameters: { flags: { ...shownFlags, ...formatFlag }, aliases: shownLetters },
      result: "config.schema",
    }),
  ],
});
