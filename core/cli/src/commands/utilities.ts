/** Commands about the command line itself. */

import { command, group } from "../command/command.js";
import { optionalArgument, type OutputFlags, outputFlag, outputLetter, positional, several } from "./flags.js";

const parameters = { flags: outputFlag, aliases: outputLetter } as const;

export const quickReferenceCommand = command<OutputFlags>({
  name: "sc",
  aliases: ["quick"],
  brief: "Quick reference: the commands of every day, on one page",
  examples: [["sc", "what to type"]],
  loader: async () => (await import("./utilities/quick-reference.js")).quickReference,
  parameters,
});

export const shortcutsCommand = command<OutputFlags>({
  name: "shortcuts",
  aliases: ["short"],
  brief: "List all shortcuts",
  examples: [["shortcuts", "each with the command that it means"]],
  loader: async () => (await import("./utilities/listings.js")).listShortcuts,
  parameters,
});

export const commandsCommand = command<OutputFlags>({
  name: "commands",
  aliases: ["cmds"],
  brief: "List all commands",
  examples: [
    ["commands", "each with what it does"],
    ["commands -o json", "with flags, arguments and examples"],
  ],
  loader: async () => (await import("./utilities/listings.js")).listCommands,
  parameters,
});

export const explainCommand = command<OutputFlags, [string?]>({
  name: "explain",
  aliases: ["ex"],
  brief: "Explain the code of an error",
  examples: [
    ["explain STORE_BUSY", "when it comes and what to do"],
    ["explain", "all codes"],
  ],
  loader: async () => (await import("./utilities/explain.js")).explain,
  parameters: { ...parameters, positional: positional(optionalArgument("code", "Code of an error; all when missing")) },
});

export const schemaCommand = command<OutputFlags, string[]>({
  name: "schema",
  brief: "Print the JSON Schema of what a command prints with -o json",
  examples: [["schema server list", "for editors and for programs that read it"]],
  loader: async () => (await import("./utilities/schema.js")).printSchema,
  parameters: { ...parameters, positional: several("command", "The words of a command", 1) },
});

export const guideCommand = command<OutputFlags, [string?]>({
  name: "guide",
  aliases: ["gd"],
  brief: "Read a guide: from nothing to a healthy service, and on from there",
  examples: [
    ["guide from-scratch", "the first workspace, server and service"],
    ["guide", "list the guides"],
  ],
  loader: async () => (await import("./utilities/guide.js")).guide,
  parameters: { ...parameters, positional: positional(optionalArgument("guide", "from-scratch, update or customize")) },
});

/** What the scripts of `completions` call. Not for people, and not in the table that they see. */
export const completeCommand = command<Record<never, never>, string[]>({
  name: "__complete",
  brief: "Propose how to go on with what is typed",
  examples: [["__complete server ''", "one proposal a line, a tab before what it is"]],
  loader: async () => (await import("./utilities/complete.js")).complete,
  parameters: { positional: several("word", "What is typed so far") },
});

/** How each shell takes its script. */
const WHERE = {
  bash: 'in ~/.bashrc: eval "$(provisioning completions bash)"',
  zsh: 'in ~/.zshrc: eval "$(provisioning completions zsh)"',
  fish: "into ~/.config/fish/completions/provisioning.fish",
  nushell: "into a file that config.nu sources at its end",
} as const;

export const completionsGroup = group({
  name: "completions",
  aliases: ["comp"],
  brief: "Completion of commands, flags and names in the shell",
  commands: (["bash", "zsh", "fish", "nushell"] as const).map((shell) =>
    command<Record<never, never>>({
      name: shell,
      brief: `Print the script for ${shell}`,
      examples: [[`completions ${shell}`, WHERE[shell]]],
      loader: async () => (await import("./utilities/completion-script.js")).scriptFor(shell),
      parameters: {},
    }),
  ),
});
