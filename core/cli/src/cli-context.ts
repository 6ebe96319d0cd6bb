/** What the command line gives to every command. The only place that knows the process. */

import type { CommandContext } from "@stricli/core";

export interface OutputStream {
  write(text: string): void;
  readonly isTTY?: boolean;
  readonly columns?: number;
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
  /** Root of the platform's installation: `kcl/`, `config/`, `extensions/`, `templates/`. */
  readonly platformRoot: string;
  readonly version: string;
  /** What was typed after `provisioning`. */
  readonly words: readonly string[];
}
