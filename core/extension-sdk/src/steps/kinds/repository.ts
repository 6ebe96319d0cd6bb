/** A repository of packages, with the key that signs it. */

import { choice, list, optional, text, url, withDefault } from "../field.js";
import { defineKind } from "../kind.js";
import { quote } from "../../shell/quote.js";
import { call, managedFile } from "../managed-file.js";

export const repositoryKind = defineKind({
  kind: "repository",
  schema: "Repository",
  doc: "A repository of packages; its lists are fetched when it changes.",
  fields: {
    name: text("File name for it.", { pattern: /^[a-z0-9][a-z0-9._-]{0,63}$/, mustBe: "lower-case letters, digits, ., _ and -" }),
    url: optional(url("Where it is.")),
    suite: withDefault(
      text("Suite, or a path that ends with a slash.", { pattern: /^[A-Za-z0-9._/-]+$/, mustBe: "a suite" }),
      "stable",
    ),
    components: withDefault(list(text("A component.", { pattern: /^[A-Za-z0-9._/-]+$/, mustBe: "a component" }), "Components."), [
      "main",
    ]),
    architectures: withDefault(
      list(
        text("An architecture.", { pattern: /^[a-z0-9-]+$/, mustBe: "an architecture" }),
        "Only these; all of the server's when empty.",
      ),
      [],
    ),
    key: optional(
      text("The public key that signs it, armoured. Without it the distribution's own keys are used.", {
        pattern: /^\s*-----BEGIN PGP PUBLIC KEY BLOCK-----[\s\S]*-----END PGP PUBLIC KEY BLOCK-----\s*$/,
        mustBe: "an armoured PGP public key",
      }),
    ),
    state: withDefault(choice("Whether it should be there.", ["present", "absent"]), "present"),
  },
  check: (step) => (step.state === "present" && step.url === undefined ? [{ field: "url", detail: "is missing." }] : []),
  compile(step, context) {
    const source = `/etc/apt/sources.list.d/${step.name}.sources`;
    const key = `/etc/apt/keyrings/${step.name}.asc`;
    const sources = ["files", "package", "repository"];
    if (step.state === "absent") {
      return {
        look: `${call("absent_look", source)} && ${call("absent_look", key)}`,
        change: `${call("rm -f --", source, key)}\nrm -f -- "$T/apt-refreshed" "$STATE/apt-refreshed"`,
        diff: call("absent_diff", source),
        bulk: { paths: [source, key] },
        sources,
      };
    }
    const owned = { mode: "0644", owner: "root", group: "root", makeParents: true };
    const list = managedFile({ path: source, content: { text: deb822(step, key) }, ...owned }, context, "source");
    const keyFile =
      step.key === undefined
        ? undefined
        : managedFile({ path: key, content: { text: `${step.key.trim()}\n` }, ...owned }, context, "key");
    const files = keyFile === undefined ? [list] : [keyFile, list];
    const mark = `${context.taskserv}/${step.id}`;
    return {
      look: [...files.map((file) => file.look), `! ${call("pending", mark, "run")}`].join(" && "),
      change: [
        call("mark", mark, "run"),
        `had=; [ ! -e ${quote(source)} ] || had=1`,
        ...files.map((file) => file.change),
        call("repository_fetch", source, key),
        call("unmark", mark),
      ].join("\n"),
      diff: files.map((file) => file.diff).join("\n"),
      definitions: files.map((file) => file.definitions).join("\n"),
      bulk: {
        paths: files.flatMap((file) => file.bulk?.paths ?? []),
        digests: files.flatMap((file) => file.bulk?.digests ?? []),
      },
      sources,
    };
  },
  title: (step) => `${step.state === "absent" ? "Remove" : "Add"} the repository ${step.name}`,
  undo: (step) => (step.state === "absent" ? undefined : { kind: "repository", id: step.id, name: step.name, state: "absent" }),
});

interface Source {
  readonly url: string | undefined;
  readonly suite: string;
  readonly components: readonly string[];
  readonly architectures: readonly string[];
  readonly key: string | undefined;
}

/** The format of sources.list(5), "DEB822-style". A suite that is a path has no components. */
function deb822(step: Source, key: string): string {
  const fields = [
    ["Types", "deb"],
    ["URIs", step.url ?? ""],
    ["Suites", step.suite],
    ["Components", step.suite.endsWith("/") ? "" : step.components.join(" ")],
    ["Architectures", step.architectures.join(" ")],
    ["Signed-By", step.key === undefined ? "" : key],
  ];
  return fields
    .filter(([, value]) => value !== "")
    .map(([name, value]) => `${name}: ${value}\n`)
    .join("");
}
