/** A symbolic link. */

import { choice, flag, line, optional, path, withDefault } from "../field.js";
import { defineKind } from "../kind.js";
import { call, onWhen } from "../managed-file.js";

export const linkKind = defineKind({
  kind: "link",
  schema: "Link",
  doc: "A symbolic link.",
  fields: {
    path: path("Where the link is."),
    target: optional(line("Where it leads; absolute or relative to the link.")),
    force: withDefault(flag("Replace a regular file that is in its place."), false),
    make_parents: withDefault(flag("Make missing folders above it (root, 0755)."), false),
    state: withDefault(choice("Whether it should be there.", ["present", "absent"]), "present"),
  },
  check: (step) => (step.state === "present" && step.target === undefined ? [{ field: "target", detail: "is missing." }] : []),
  compile(step) {
    const target = step.target ?? "";
    const absent = onWhen(step.state === "absent");
    return {
      look: call("link_look", step.path, target, absent),
      change: call("link_change", step.path, target, absent, onWhen(step.force), onWhen(step.make_parents)),
      diff: call("link_diff", step.path, target, absent),
      bulk: { paths: [step.path] },
      sources: ["files", "link"],
    };
  },
  title: (step) => (step.state === "absent" ? `Remove the link ${step.path}` : `Link ${step.path} to ${step.target}`),
  undo: (step) => (step.state === "absent" ? undefined : { kind: "link", id: step.id, path: step.path, state: "absent" }),
});
