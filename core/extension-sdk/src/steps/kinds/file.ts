/** A file with a given content. */

import { account, choice, flag, mode, optional, path, Problem, text, withDefault, type Field } from "../field.js";
import { defineKind } from "../kind.js";
import { call, managedFile } from "../managed-file.js";

const base64: Field<string> = {
  ...text("Content as base64, for binary files."),
  read: (value) => {
    const compact = typeof value === "string" ? value.replace(/\s+/g, "") : undefined;
    if (compact === undefined || !/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(compact)) {
      return new Problem("must be base64.");
    }
    return compact;
  },
};

export const fileKind = defineKind({
  kind: "file",
  schema: "File",
  doc: "A file with a given content, owner and mode, replaced atomically.",
  fields: {
    path: path("Where."),
    content: optional(
      text("The whole content. Without it only owner and mode are kept, and an empty file is made when there is none."),
    ),
    content_base64: optional(base64),
    mode: withDefault(mode(), "0644"),
    owner: withDefault(account("User."), "root"),
    group: withDefault(account("Group."), "root"),
    state: withDefault(choice("Whether it should be there.", ["present", "absent"]), "present"),
    make_parents: withDefault(flag("Make missing folders above it (root, 0755)."), false),
    create_only: withDefault(flag("Write it when missing and never overwrite it."), false),
    sensitive: withDefault(flag("Never show its content."), false),
  },
  check: (step) =>
    step.content !== undefined && step.content_base64 !== undefined
      ? [{ field: "content_base64", detail: "cannot be given together with content." }]
      : [],
  compile(step, context) {
    if (step.state === "absent") return absentFile(step.path);
    return managedFile(
      { ...step, content: contentOf(step), makeParents: step.make_parents, createOnly: step.create_only },
      context,
    );
  },
  title: (step) => (step.state === "absent" ? `Remove ${step.path}` : `Write ${step.path}`),
  undo: (step) => (step.state === "absent" ? undefined : { kind: "file", id: step.id, path: step.path, state: "absent" }),
});

function contentOf(step: { readonly content: string | undefined; readonly content_base64: string | undefined }) {
  if (step.content !== undefined) return { text: step.content };
  return step.content_base64 === undefined ? undefined : { base64: step.content_base64 };
}

/** A folder in its place is refused: removing a tree must be asked for as such. */
function absentFile(path: string) {
  return {
    look: call("absent_look", path),
    change: `if [ -d ${call("", path).trim()} ] && [ ! -L ${call("", path).trim()} ]; then fail PATH_IS_DIRECTORY ${call("", `${path} is a directory; use a directory step.`).trim()}; fi\n${call("rm -f --", path)}`,
    diff: call("absent_diff", path),
    bulk: { paths: [path] },
    sources: ["files"],
  };
}
