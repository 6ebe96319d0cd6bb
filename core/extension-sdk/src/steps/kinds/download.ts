/** A file from the network, accepted only with its checksum. */

import { account, choice, flag, integer, list, mode, optional, path, sha256, url, withDefault } from "../field.js";
import { defineKind } from "../kind.js";
import { call, octal, onWhen } from "../managed-file.js";

export const downloadKind = defineKind({
  kind: "download",
  schema: "Download",
  doc: "A file from the network. Its checksum is required and checked before it is put in place.",
  fields: {
    url: optional(url("Where from.")),
    mirrors: withDefault(list(url("A URL."), "Other places of the same file, tried in order."), []),
    sha256: optional(sha256()),
    path: path("Where to."),
    mode: withDefault(mode(), "0644"),
    owner: withDefault(account("User."), "root"),
    group: withDefault(account("Group."), "root"),
    make_parents: withDefault(flag("Make missing folders above it (root, 0755)."), false),
    timeout_seconds: withDefault(integer("For one try.", 1, 86_400), 900),
    state: withDefault(choice("Whether it should be there.", ["present", "absent"]), "present"),
  },
  check: (step) => [
    ...(step.state === "present" && step.url === undefined ? [{ field: "url", detail: "is missing." }] : []),
    ...(step.state === "present" && step.sha256 === undefined
      ? [{ field: "sha256", detail: "is missing: without it nobody knows what was downloaded." }]
      : []),
  ],
  compile(step) {
    const sources = ["files", "download"];
    if (step.state === "absent") {
      return {
        look: call("absent_look", step.path),
        change: call("rm -f --", step.path),
        diff: call("absent_diff", step.path),
        bulk: { paths: [step.path] },
        sources,
      };
    }
    const owned = [octal(step.mode), step.owner, step.group];
    const urls = [step.url ?? "", ...step.mirrors];
    const digest = step.sha256 ?? "";
    return {
      look: call("file_look", step.path, digest, ...owned),
      change: call("download_change", step.path, digest, ...owned, onWhen(step.make_parents), step.timeout_seconds, ...urls),
      diff: call("echo", `download ${step.url} to ${step.path}`),
      bulk: { paths: [step.path], digests: [step.path] },
      sources,
    };
  },
  title: (step) => (step.state === "absent" ? `Remove ${step.path}` : `Download ${step.url}`),
  undo: (step) => (step.state === "absent" ? undefined : { kind: "download", id: step.id, path: step.path, state: "absent" }),
});
