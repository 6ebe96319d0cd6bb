/** The reference of commands: the command's own help, one section for each. */

import type { Domain } from "../../../../core/cli/src/command/command.js";
import { shortcuts } from "../../../../core/cli/src/command/shortcuts.js";
import { allCommands } from "../../../../core/cli/src/help/help-data.js";
import { helpText } from "../../../../core/cli/src/help/help-text.js";
import { styleFor } from "../../../../core/cli/src/style.js";
import { table } from "./table.js";

const INTRO = `# Commands

This page is the command's own help (\`npm run docs\` writes it).

- A command works in the workspace that \`--workspace\` (or \`PROVISIONING_WORKSPACE\`) names, else in the one around the current folder, else
  in the active one. In a workspace with one infra, \`--infra\` can be left out.
- The result goes to stdout, everything else to stderr. \`-o json\` and \`-o yaml\` are for programs; an object then says the version of its
  schema as \`schema_version\`, a list is the list alone. Errors are a line of JSON on stderr.
- What changes something asks first; \`--yes\` answers, and \`--check\` only shows what would change.
- \`help X\`, \`X help\` and \`X --help\` are the same.
- [Exit codes](exit-codes.md) and [errors](errors.md) are the same for all commands; [shortcuts](#shortcuts) are at the end.
`;

const options = { style: styleFor({ write: () => undefined }, { NO_COLOR: "1" }), width: 118 };

export function commandsPage(domains: readonly Domain[]): string {
  const commands = allCommands(domains);
  const ofDomain = (name: string) => commands.filter(({ domain }) => domain === name);
  const sections = domains.flatMap(({ name, brief }) => [
    `## ${name}\n\n${brief}.\n`,
    ...ofDomain(name).map(({ path, command }) =>
      section(path.join(" "), helpText(domains, { kind: "command", path, command }, options)),
    ),
  ]);
  const common = helpText(domains, { kind: "flags" }, options);
  return [INTRO, ...sections, `## What every command takes\n\n${block(common)}`, shortcutsSection(domains)].join("\n");
}

/** The heading's anchor is what the help names. */
function section(title: string, text: string): string {
  return `### ${title}\n\n${block(text)}`;
}

function block(text: string): string {
  return `\`\`\`text\n${text.trim()}\n\`\`\`\n`;
}

function shortcutsSection(domains: readonly Domain[]): string {
  const rows = shortcuts(domains).map(({ shortcut, command }) => [`\`${shortcut}\``, `\`${command}\``]);
  return `## Shortcuts\n\n${table(["shortcut", "command"], rows)}\n`;
}
