/** Runs what was typed: finds the command, has its words parsed, and starts it; or shows help, or says what is wrong with the words. */

import { buildApplication, run as runParser, text_en } from "@stricli/core";
import { type CliContext, withFields } from "../cli-context.js";
import { ownWords } from "../commands/kcl/words.js";
import { DOMAINS } from "../commands/table.js";
import { completeCommand } from "../commands/utilities.js";
import { EXIT, normalizeExitCode } from "../exit-codes.js";
import { isOutputFormat, type OutputFormat } from "../output.js";
import { type Preferences, readPreferences } from "../preferences.js";
import { errorText, writeError } from "../views/write-error.js";
import type { Command } from "./command.js";
import { route, type Topic } from "./route.js";
import { withParts } from "./process-view.js";
import { withSignOfLife } from "./sign-of-life.js";
import { argumentError, unknownCommand } from "./usage-error.js";
import { PLAIN_VIEW, readViewWords, type ViewSettings } from "./view-words.js";

/** What the process brings; the rest of a context follows from what was typed. */
export type Surroundings = Omit<CliContext, "words" | "view" | "format" | "schemaVersion" | "commands">;

export interface RunOptions {
  /** Whether a word names a folder that is there. */
  readonly isFolder: (word: string) => boolean;
}

/** Sets `process.exitCode`. */
export async function runWords(surroundings: Surroundings, typed: readonly string[], { isFolder }: RunOptions): Promise<void> {
  const [first, ...others] = typed;
  if (first === completeCommand.name) {
    // What is being typed means nothing yet.
    return start(contextOf(surroundings, typed, PLAIN_VIEW, "table"), [first], completeCommand, others);
  }
  const { view: typedView, words } = readViewWords(typed);
  const preferred = await readPreferences(surroundings.process.env, () => surroundings.platformRoot);
  const view = withPreferred(typedView, preferred);
  const format = formatOf(words);
  const cli = contextOf(surroundings, typed, view, format ?? preferred?.format ?? "table");
  const found = route(DOMAINS, words);
  switch (found.kind) {
    case "version":
      cli.process.stdout.write(`${cli.version}\n`);
      cli.process.exitCode = EXIT.ok;
      return;
    case "help":
      // A preference for data does not mean help.
      await showHelp(withFields(cli, { format: format ?? "table" }), found.topic);
      return;
    case "unknown":
      writeError(cli, unknownCommand(found.word, found.within, found.nearest));
      cli.process.exitCode = EXIT.usage;
      return;
    case "run": {
      const rest =
        found.path[0] === "kcl" ? ownWords([...found.path, ...found.rest], isFolder).slice(found.path.length) : found.rest;
      const own = withFields(cli, { schemaVersion: found.command.result?.version ?? 1 });
      const isOpen = format === undefined && found.command.flags.output?.kind === "enum" && preferred !== undefined;
      const given = isOpen ? ["--output", preferred.format, ...rest] : rest;
      await start(own, found.path, found.command, given);
    }
  }
}

async function start(cli: CliContext, path: readonly string[], command: Command, words: readonly string[]): Promise<void> {
  const app = buildApplication(command.parser(), {
    name: ["provisioning", ...path].join(" "),
    scanner: { caseStyle: "allow-kebab-for-camel", allowArgumentEscapeSequence: true },
    documentation: { caseStyle: "convert-camel-to-kebab", disableAnsiColor: true },
    localization: {
      text: {
        ...text_en,
        exceptionWhileParsingArguments: (error) => errorText(cli, argumentError(error, path, command)),
        exceptionWhileRunningCommand: (error) => errorText(cli, error),
        exceptionWhileLoadingCommandFunction: (error) => errorText(cli, error),
      },
    },
    determineExitCode: () => EXIT.failure,
  });
  await runParser(app, words, withSignOfLife(cli, command) as never);
  cli.process.exitCode = normalizeExitCode(cli.process.exitCode);
}

function contextOf(surroundings: Surroundings, words: readonly string[], view: ViewSettings, format: OutputFormat): CliContext {
  const plain = view.plain || format === "plain";
  const { process } = surroundings;
  const colour = plain ? false : view.colour;
  const ownColour = colour === undefined ? {} : colour ? { NO_COLOR: undefined, FORCE_COLOR: "1" } : { NO_COLOR: "1" };
  return withFields(surroundings, {
    process: colour === undefined ? process : withParts(process, { env: { ...process.env, ...ownColour } }),
    words,
    commands: DOMAINS,
    format,
    schemaVersion: 1,
    view: { ...view, plain },
  });
}

/** The form of the result is also the form of what goes wrong before the words are parsed. */
function formatOf(words: readonly string[]): OutputFormat | undefined {
  const end = words.indexOf("--");
  const ours = end < 0 ? words : words.slice(0, end);
  const values = ours.flatMap((word, at) => {
    if (word === "-o" || word === "--output") return [ours[at + 1] ?? ""];
    return word.startsWith("--output=") ? [word.slice("--output=".length)] : [];
  });
  return values.find(isOutputFormat);
}

/** What was typed wins. */
function withPreferred(typed: ViewSettings, preferred: Preferences | undefined): ViewSettings {
  if (preferred === undefined) return typed;
  const said = Object.entries(typed).filter(([, value]) => value !== false);
  return {
    ...typed,
    ...preferred.view,
    ...Object.fromEntries(said),
    ...(typed.colour === undefined ? {} : { colour: typed.colour }),
  };
}

/** Loaded when it is asked for: the start of every other command does without. */
async function showHelp(cli: CliContext, topic: Topic): Promise<void> {
  const { writeHelp } = await import("../help/write-help.js");
  await writeHelp(cli, topic);
  cli.process.exitCode = EXIT.ok;
}
