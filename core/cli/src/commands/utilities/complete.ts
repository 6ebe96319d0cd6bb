/** `__complete`: one proposal a line, a tab before what it is. It never fails and never writes to stderr: somebody is typing. */

import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { invoke } from "@provisioning/actions";
import { CONFIG_KEY_NAMES, configKey } from "@provisioning/config";
import type { CliContext } from "../../cli-context.js";
import { propose, type Proposal } from "../../complete/propose.js";
import { actionContext } from "../../run-action.js";

export async function complete(this: CliContext, _flags: unknown, ...typed: string[]): Promise<void> {
  const { words, names } = propose(this.commands, typed);
  const partial = typed.at(-1) ?? "";
  const found = names === undefined ? [] : await namesOf(this, names, typed).catch(() => []);
  const wanted = partial.startsWith("-") ? partial.slice(partial.indexOf("=") + 1) : partial;
  const prefix = partial.slice(0, partial.length - wanted.length);
  const proposals = [
    ...words,
    ...found.filter(({ word }) => word.startsWith(wanted)).map((item) => ({ ...item, word: prefix + item.word })),
  ];
  // What is to be typed is a word; what says more is one line.
  for (const { word, brief } of proposals) {
    if (/^[\w@%+=:,./-]+$/.test(word)) this.process.stdout.write(`${word}\t${brief.replaceAll(/\s+/g, " ")}\n`);
  }
}

/** Names that exist right now. Kinds that the shell completes itself, such as files, have none. */
async function namesOf(cli: CliContext, kind: string, typed: readonly string[]): Promise<readonly Proposal[]> {
  switch (kind) {
    case "workspace":
      return (await invoke("workspace.list", await context(cli, typed), {})).map(({ name, path }) => ({
        word: name,
        brief: path,
      }));
    case "infra":
    case "server":
    case "servers":
      return infraNames(cli, kind, typed);
    case "taskserv":
      return (await invoke("catalog.list", await context(cli, typed), {})).map(({ name, description }) => ({
        word: name,
        brief: description,
      }));
    case "run":
      return (await invoke("run.list", await context(cli, typed), { limit: 20 })).map(({ id, name, status }) => ({
        word: id,
        brief: `${name} ${status}`,
      }));
    case "key":
      // Schemas are only read for whoever asks for settings of taskservs.
      if (typed.at(-1)?.startsWith("taskservs") === true) return settings(cli, typed);
      return CONFIG_KEY_NAMES.map((word) => ({ word, brief: configKey(word).description }));
    case "env":
      return (await invoke("config.where", await context(cli, typed), {})).environments.map((word) => ({ word, brief: "" }));
    case "size":
      return ["small", "medium", "large", "xlarge"].map((word) => ({ word, brief: "" }));
    case "guide":
      return (await readdir(join(cli.platformRoot, "docs", "user", "guides"))).map((file) => ({
        word: file.replace(/\.md$/, ""),
        brief: "",
      }));
    default:
      return [];
  }
}

async function settings(cli: CliContext, typed: readonly string[]): Promise<readonly Proposal[]> {
  const found = await invoke("config.accessors", await context(cli, typed), {});
  return found.map(({ key, description }) => ({ word: key, brief: description }));
}

async function infraNames(cli: CliContext, kind: string, typed: readonly string[]): Promise<readonly Proposal[]> {
  const infras = await invoke("infra.names", await context(cli, typed), {});
  if (kind === "infra") return infras.map(({ infra, servers }) => ({ word: infra, brief: servers.join(", ") }));
  const chosen = valueOf(typed, ["-i", "--infra"]);
  return infras
    .filter(({ infra }) => chosen === undefined || infra === chosen)
    .flatMap(({ infra, servers }) => servers.map((word) => ({ word, brief: infra })));
}

function context(cli: CliContext, typed: readonly string[]) {
  const never = new AbortController().signal;
  const workspace = valueOf(typed, ["-w", "--workspace"]);
  return actionContext(cli, workspace === undefined ? {} : { workspace }, {
    signal: never,
    drain: never,
    report: () => undefined,
    confirm: () => Promise.resolve(false),
  });
}

function valueOf(typed: readonly string[], flags: readonly string[]): string | undefined {
  const at = typed.findIndex((word) => flags.includes(word));
  return at < 0 || at + 1 >= typed.length - 1 ? undefined : typed[at + 1];
}
