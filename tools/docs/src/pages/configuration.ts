/** The reference of configuration keys. */

import type { ConfigKey } from "@provisioning/config";
import { table } from "./table.js";

const INTRO = `# Configuration

How the platform behaves; what an infra is stands in its [settings](settings.md). This page is made from the keys that the platform reads
(\`npm run docs\` writes it). How to set them: [configure](../how-to/configure.md). How layers are put together:
[configuration](../../architecture/configuration.md).

Later layers win, key by key:

| layer         | where                                                                                                |
| ------------- | ---------------------------------------------------------------------------------------------------- |
| \`defaults\`    | \`config/config.defaults.toml\` of the platform: every key, with the defaults below                    |
| \`user\`        | \`config:\` in the user's \`~/.config/provisioning/user_config.yaml\`                                    |
| \`workspace\`   | \`config/provisioning.yaml\` of the workspace                                                          |
| \`infra\`       | \`infra/<name>/config.toml\`, for everything that is done to this infra                                |
| \`environment\` | \`config/<environment>-defaults.toml\`, chosen by \`--env\`, \`PROVISIONING_ENV\` or \`environment.default\` |
| \`variables\`   | \`PROVISIONING_…\`, see below                                                                          |
| \`flags\`       | of the command: \`--plan\` sets the size of all servers, also of those that name one                   |

Each file may be TOML (\`.toml\`), YAML (\`.yaml\`, \`.yml\`) or KCL (\`.k\`). An unknown key, a wrong type, a value out of range or two files for one
layer are refused with their places before anything is touched (exit code 3). Keys marked with * belong to the whole workspace and cannot be
set for one infra. Editors complete and check files with [the JSON Schema](config.schema.json).
`;

const EXAMPLE = `## Variables of the environment

Every key has a variable. It is named after the flag when there is one (\`--data-dir\`: \`PROVISIONING_DATA_DIR\`), otherwise after the key
(\`run.parallel_limit\`: \`PROVISIONING_RUN_PARALLEL_LIMIT\`). None is needed: everything can stand in files.

| variable                  | what it does                                                                                           |
| ------------------------- | ------------------------------------------------------------------------------------------------------ |
| \`PROVISIONING_WORKSPACE\`  | the workspace to work in, like \`--workspace\`                                                           |
| \`PROVISIONING_ENV\`        | the environment, like \`--env\`                                                                          |
| \`PROVISIONING_…\`          | any key; an empty variable counts as not set; lists are \`a,b\`, maps \`name=value,other=value\`           |
| \`XDG_CONFIG_HOME\`         | where the list of workspaces is: \`$XDG_CONFIG_HOME/provisioning/user_config.yaml\`; default \`~/.config\` |
| \`DOCKER_HOST\`             | the container engine, when \`local.engine\` is \`auto\`                                                    |
| \`NO_COLOR\`, \`FORCE_COLOR\` | no colours, or colours also without a terminal                                                         |

A secret reference \`env://NAME\` reads any other variable: [keep secrets out](../how-to/keep-secrets-out.md).
`;

export function configurationPage(keys: Readonly<Record<string, ConfigKey>>, variableOf: (key: string) => string): string {
  const sections = new Map<string, string[][]>();
  for (const [name, key] of Object.entries(keys)) {
    const [section = ""] = name.split(".");
    sections.set(section, [...(sections.get(section) ?? []), row(name, key, variableOf(name))]);
  }
  const tables = [...sections].map(
    ([section, rows]) => `### ${section}\n\n${table(["key", "type", "default", "example", "meaning", "variable"], rows)}\n`,
  );
  return [INTRO, "## Keys\n", tables.join("\n"), EXAMPLE].join("\n");
}

function row(name: string, key: ConfigKey, variable: string): string[] {
  const { type, description, flag, scope, unit } = key;
  return [
    `\`${name}\`${scope === "workspace" ? " *" : ""}${flag === undefined ? "" : ` (\`--${flag}\`)`}`,
    `${typeText(type)}${unit === undefined ? "" : ` ${unit}`}`,
    valueText(key.default),
    valueText(key.example),
    description,
    `\`${variable}\``,
  ];
}

function valueText(value: unknown): string {
  if (typeof value === "string") return value === "" ? "" : `\`${value}\``;
  const isEmpty = typeof value === "object" && Object.keys(value as object).length === 0;
  return isEmpty ? "" : `\`${JSON.stringify(value)}\``;
}

function typeText(type: ConfigKey["type"]): string {
  switch (type.kind) {
    case "string":
      return "text";
    case "boolean":
      return "`true`, `false`";
    case "integer":
      return `${type.min} to ${type.max}`;
    case "choice":
      return type.of.map((choice) => `\`${choice}\``).join(", ");
    case "list":
      return "list of texts";
    case "map":
      return "texts by name";
  }
}
