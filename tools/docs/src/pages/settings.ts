/** The reference of the KCL schemas that users write: attributes with types and defaults, and what is checked. */

import { table } from "./table.js";

export interface KclFile {
  /** As imported: `provisioning.settings`. */
  readonly module: string;
  readonly text: string;
}

interface Attribute {
  readonly name: string;
  readonly type: string;
  /** `required`, `optional` or `default …`. */
  readonly presence: string;
  readonly meaning: string;
}

interface Schema {
  readonly name: string;
  readonly summary: string;
  readonly attributes: readonly Attribute[];
  readonly checks: readonly string[];
}

const INTRO = `# Settings

What can stand in \`infra/<name>/*.k\`. All files of the folder are read together; they must define \`settings\`. This page is made from the
schemas in \`kcl/\` (\`npm run docs\` writes it). What the \`config\` of a taskserv understands is in the taskserv's README, in
[extensions/taskservs](../../../extensions/taskservs/README.md).

\`\`\`python
import provisioning.settings as cfg

settings: cfg.Settings = {
    infra = {name = "shop", provider = "local"}
    servers = [{name = "web-01", plan = "small", role = "web"}]
    taskservs = [{name = "nginx", roles = ["web"], config = {port = 8080}}]
}
\`\`\`

In a list of servers or taskservs the schema's name can be left out, as above. A taskserv goes to all servers when it names neither servers
nor roles. When an infra and a server both name it, their configurations are merged and the server's wins.

Groups of equal servers are shorter as a cluster:

\`\`\`python
import provisioning.cluster as cl

settings = cl.settings(cl.Cluster {
    name = "lab"
    nodes = [
        {role = "control", count = 3, plan = "medium", taskservs = ["etcd"]}
        {role = "web", count = 2, taskservs = ["nginx"]}
    ]
})
\`\`\`
`;

export function settingsPage(files: readonly KclFile[]): string {
  const sections = files.flatMap(({ module, text }) => readSchemas(text).map((schema) => schemaSection(module, schema)));
  return [INTRO, ...sections].join("\n");
}

function schemaSection(module: string, schema: Schema): string {
  const rows = schema.attributes.map(({ name, type, presence, meaning }) => [`\`${name}\``, `\`${type}\``, presence, meaning]);
  const checks =
    schema.checks.length === 0
      ? ""
      : `\nWhat does not fit is refused with: ${schema.checks.map((check) => `“${check}”`).join(", ")}.\n`;
  return `## ${schema.name}\n\n${schema.summary} In \`${module}\`.\n\n${table(["attribute", "type", "", "meaning"], rows)}\n${checks}`;
}

const SCHEMA = /^schema (\w+)[^\n]*:\n((?:[ \t]+[^\n]*\n|\n)*)/gm;

/** @throws Error when a docstring and its schema do not name the same attributes */
function readSchemas(text: string): readonly Schema[] {
  return [...`${text}\n`.matchAll(SCHEMA)].map(([, name = "", body = ""]) => {
    const [, docstring = "", code = ""] = /"""(.*?)"""(.*)/s.exec(body) ?? [];
    const [declarations = "", checks = ""] = code.split(/^ {4}check:$/m);
    const declared = new Map(
      [...declarations.matchAll(/^ {4}(\w+)\??: (.+?)(?: = .+)?$/gm)].map(([, key = "", type = ""]) => [key, type]),
    );
    const [summary = "", documented = ""] = docstring.split(/Attributes\n\s*-+\n/);
    const attributes = readAttributes(documented, declared);
    if (attributes.length !== declared.size) throw new Error(`The docstring of ${name} does not name all of its attributes.`);
    return {
      name,
      summary: summary.trim(),
      attributes,
      checks: [...checks.matchAll(/, "((?:[^"\\]|\\.)*)"$/gm)].map(([, message = ""]) => message.replaceAll('\\"', '"')),
    };
  });
}

function readAttributes(documented: string, declared: ReadonlyMap<string, string>): readonly Attribute[] {
  return documented
    .split(/^ {4}(?=\w+ : )/m)
    .slice(1)
    .map((entry) => {
      const [head = "", ...lines] = entry.trim().split("\n");
      const [, name = "", presence = ""] = /^(\w+) : .*?, (required|optional|default .*)$/.exec(head) ?? [];
      const type = declared.get(name);
      if (type === undefined) throw new Error(`There is no attribute for the line "${head}".`);
      return {
        name,
        type,
        presence: presence.replace(/^default (.*)$/, "default `$1`"),
        meaning: lines.map((line) => line.trim()).join(" "),
      };
    });
}
