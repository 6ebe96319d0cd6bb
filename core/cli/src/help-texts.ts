/** The help of every command as text, for the reference of commands. */

import { type Application, type CommandContext, generateHelpTextForAllCommands } from "@stricli/core";
import { createApp } from "./app.js";

export interface HelpText {
  /** The words of the command: "provisioning server list". */
  readonly command: string;
  readonly text: string;
}

export function helpTexts(): readonly HelpText[] {
  // No command runs here, so none looks at its context.
  const app = createApp("0.0.0") as unknown as Application<CommandContext>;
  return generateHelpTextForAllCommands(app).map(([command, text]) => ({ command, text }));
}
