/** What the command line gives to every command. The only place that knows the process. */

import type { CommandContext } from "@stricli/core";
import type { Domain } from "./command/command.js";
import type { ViewSettings } from "./command/view-words.js";
import type { OutputFormat } from "./output.js";

export interface OutputStream {
  write(text: string): void;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

export interface CliProcess {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  exitCode?: number | string | null | undefined;
}

export interface CliContext extends CommandContext {
  readonly process: CliProcess;
  readonly stdin: NodeJS.ReadStream;
  readonly currentDir: string;
  /** Root of the platform's installation: `kcl/`, `config/`, `extensions/`, `templates/`. May be made when it is asked for the first time. */
  readonly platformRoot: string;
  /** Words that start the service with the program that runs the command. Without them it is the bundle in the installation. */
  readonly serviceWords?: readonly string[];
  readonly version: string;
  /** What was typed after `provisioning`. */
  readonly words: readonly string[];
  /** The table of all commands. */
  readonly commands: readonly Domain[];
  readonly view: ViewSettings;
  /** The form of the result, and of errors. */
  readonly format: OutputFormat;
  /** Version of the schema that describes the result. */
  readonly schemaVersion: number;
}

/** With other values for some fields. What is made when it is asked for is not asked for here. */
export function withFields<Base extends object, More extends object>(base: Base, more: More): Base & More {
  const fields = { ...Object.getOwnPropertyDescriptors(base), ...Object.getOwnPropertyDescriptors(more) };
  return Object.defineProperties({}, fields) as Base & More;
}
