/** The reference of configuration keys. */

import type { ConfigKey } from "@provisioning/config";
import { table } from "./table.js";

const INTRO = `# Configuration

How the platform behaves; what an infra is stands in its [settings](settings.md). This page is made from the keys that the platform reads
(\`npm run docs\` writes it).

Later layers win, key by key:

1. \`config/config.defaults.toml\` of the platform: every key, with the defaults below
2. \`config:\` in the user's \`~/.config/provisioning/user_config.yaml\`
3. \`config/provisioning.yaml\` of the workspace
4. variables of the environment, for keys that have one: \`PROVISIONING_\` and the flag, so \`--data-dir\` is \`PROVISIONING_DATA_DIR\`
5. flags of the command: \`--plan\` sets the size of all servers, also of those that name one

An unknown key, a wrong type or a value out of range is refused with its place before anything is touched (exit code 3).
`;

const EXAMPLE = `## Example

\`\`\`yaml
# config/provisioning.yaml
servers:
  default_plan: medium
run:
  parallel_limit: 4
  retry:
    max_attempts: 5
storage:
  type: postgres
  postgres:
    host: db.example.com
    password: file:///run/secrets/provisioning-database
\`\`\`

Which storage to choose, and how to change it: [choose and move the storage](../how-to/choose-and-move-storage.md).

## Variables of the environment

| variable                  | what it does                                                                                           |
| ------------------------- | ------------------------------------------------------------------------------------------------------ |
| \`PROVISIONING_WORKSPACE\`  | the workspace to work in, like \`--workspace\`                                                           |
| \`PROVISIONING_…\`          | keys that have a flag, see above; an empty variable counts as not set                                  |
| \`XDG_CONFIG_HOME\`         | where the list of workspaces is: \`$XDG_CONFIG_HOME/provisioning/user_config.yaml\`; default \`~/.config\` |
| \`DOCKER_HOST\`             | the container engine, when \`local.engine\` is \`auto\`                                                    |
| \`NO_COLOR\`, \`FORCE_COLOR\` | no colours, or colours also without a terminal                                                         |

A secret reference \`env://NAME\` reads any other variable: [keep secrets out](../how-to/keep-secrets-out.md).
`;

export type DefaultOf = (key: string) => unknown;

export function configurationPage(keys: Readonly<Record<string, ConfigKey>>, defaultOf: DefaultOf): string {
  const rows = Object.entries(keys).map(([key, { type, description, flag }]) => [
    `\`${key}\`${flag === undefined ? "" : ` (\`--${flag}\`)`}`,
    typeText(type),
    defaultText(defaultOf(key)),
    description,
  ]);
  return [INTRO, "## Keys\n", `${table(["key", "type", "default", "meaning"], rows)}\n`, EXAMPLE].join("\n");
}

function defaultText(value: unknown): string {
  return value === "" ? "" : `\`${String(value)}\``;
}

function typeText(type: ConfigKey["type"]): string {
  switch (type.kind) {
    case "string":
      return "text";
    case "integer":
      return `${type.min} to ${type.max}`;
    case "choice":
      return type.of.map((choice) => `\`${choice}\``).join(", ");
  }
}
