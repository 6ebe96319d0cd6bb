/** Commands that write new things from templates. */

import { type Command, command, type Example, group } from "../command/command.js";
import {
  argument,
  onOff,
  type OutputFlags,
  outputFlag,
  outputLetter,
  positional,
  type ShownFlags,
  shownFlags,
  shownLetters,
  textFlag,
} from "./flags.js";

export interface GenerateFlags extends ShownFlags {
  readonly dir?: string;
  readonly check?: boolean;
  readonly category?: string;
  readonly infra?: string;
}

const dirAndCheck = {
  dir: textFlag("path", "Folder; default: where such things are in the workspace"),
  check: onOff("Only show what would be written"),
} as const;

interface KindSpec {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly brief: string;
  readonly examples: readonly [Example, ...Example[]];
  readonly flags?: object;
  readonly loader: () => Promise<(...given: never[]) => Promise<void>>;
}

function generator({ flags = {}, loader, ...spec }: KindSpec): Command {
  return command<GenerateFlags, [string]>({
    ...spec,
    loader: loader as never,
    parameters: {
      flags: { ...shownFlags, ...dirAndCheck, ...flags } as never,
      aliases: shownLetters,
      positional: positional(argument("name", "Name of the new thing")),
    } as never,
    result: "generate.write",
  });
}

const load = async () => import("./generate/generate.js");

export const generateGroup = group({
  name: "generate",
  aliases: ["gen"],
  brief: "Write new things from templates",
  details: "What is there is never overwritten. What is written passes its checks as it is, and is yours from then on.",
  commands: [
    generator({
      name: "workspace",
      aliases: ["ws"],
      brief: "A workspace with a first infra",
      examples: [["generate workspace shop", "in a new folder of that name"]],
      loader: async () => (await load()).generateWorkspace,
    }),
    generator({
      name: "infra",
      aliases: ["i"],
      brief: "An infra: servers and what runs on them",
      examples: [["generate infra shop --check", "show what would be written"]],
      loader: async () => (await load()).generateInfra,
    }),
    generator({
      name: "cluster",
      aliases: ["cl"],
      brief: "An infra of groups of equal servers",
      examples: [["generate cluster big", "control and worker servers"]],
      loader: async () => (await load()).generateCluster,
    }),
    generator({
      name: "taskserv",
      aliases: ["ts"],
      brief: "A taskserv: manifest, schema, steps, templates, tests",
      examples: [
        ["generate taskserv queue --category messaging", "in the workspace's extensions"],
        ["generate taskserv queue --check", "show what would be written"],
      ],
      flags: { category: textFlag("category", "What it belongs to, such as databases; default: development") },
      loader: async () => (await load()).generateTaskserv,
    }),
    generator({
      name: "provider",
      aliases: ["pr"],
      brief: "A provider: a module and its conformance tests",
      examples: [["generate provider mine", "it pretends until you put the real calls in"]],
      loader: async () => (await load()).generateProvider,
    }),
    generator({
      name: "workflow",
      aliases: ["wf"],
      brief: "A batch workflow on an infra",
      examples: [["generate workflow deploy --infra shop", "makes the servers and taskservs of shop"]],
      flags: { infra: textFlag("infra", "Infra that it works on; the only one when missing") },
      loader: async () => (await load()).generateWorkflow,
    }),
  ],
});

export const templateGroup = group({
  name: "template",
  aliases: ["tpl", "templates"],
  brief: "Templates that new things are written from",
  commands: [
    command<OutputFlags>({
      name: "list",
      aliases: ["ls", "l"],
      brief: "List what can be generated, with its files",
      examples: [["template list", "each kind, and what it consists of"]],
      loader: async () => (await import("./generate/templates.js")).listTemplates,
      parameters: { flags: outputFlag, aliases: outputLetter },
      result: "generate.templates",
    }),
  ],
});
