/** The reference of commands: the command's own help, one section for each. */

export interface CommandHelp {
  readonly command: string;
  readonly text: string;
}

const INTRO = `# Commands

This page is the command's own help (\`npm run docs\` writes it).

- A command works in the workspace that \`--workspace\` (or \`PROVISIONING_WORKSPACE\`) names, else in the one around the current folder, else
  in the active one. In a workspace with one infra, \`--infra\` can be left out.
- The result goes to stdout, everything else to stderr. \`-o json\` and \`-o yaml\` are for programs.
- What changes something asks first; \`--yes\` answers, and \`--check\` only shows what would change.
- Groups have short forms: \`s\` server, \`t\` taskserv, \`cl\` cluster, \`ws\` workspace, \`wf\` workflow. \`provisioning t list\` is \`provisioning taskserv list\`.
- [Exit codes](exit-codes.md) and [errors](errors.md) are the same for all commands.
`;

export function commandsPage(commands: readonly CommandHelp[]): string {
  const sections = commands.map(({ command, text }) => `## ${command}\n\n\`\`\`text\n${text.trim()}\n\`\`\`\n`);
  return [INTRO, ...sections].join("\n");
}
