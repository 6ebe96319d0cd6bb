/** A file made from a template. It arrives here rendered: `source` and `values` belong to the definition. */

import { account, anything, choice, flag, mode, optional, path, text, withDefault } from "../field.js";
import { defineKind } from "../kind.js";
import { managedFile } from "../managed-file.js";
import { fileKind } from "./file.js";

export const templateKind = defineKind({
  kind: "template",
  schema: "Template",
  doc: "A file made from a Jinja2 template of the taskserv's folder `templates`.",
  fields: {
    source: text("Name of the template file.", {
      pattern: /^(?!.*\.\.)[A-Za-z0-9_][A-Za-z0-9_./-]*$/,
      mustBe: "a file name within the folder templates",
    }),
    values: {
      ...withDefault(anything("What the template can use, besides config, server, facts and peers."), {}),
      only: "kcl" as const,
    },
    content: { ...optional(text("The rendered text.")), only: "program" as const },
    path: path("Where."),
    mode: withDefault(mode(), "0644"),
    owner: withDefault(account("User."), "root"),
    group: withDefault(account("Group."), "root"),
    state: withDefault(choice("Whether it should be there.", ["present", "absent"]), "present"),
    make_parents: withDefault(flag("Make missing folders above it (root, 0755)."), false),
    create_only: withDefault(flag("Write it when missing and never overwrite it."), false),
    sensitive: withDefault(flag("Never show its content."), false),
  },
  check: (step) =>
    step.state === "present" && step.content === undefined
      ? [{ field: "content", detail: "is missing: the template was not rendered." }]
      : [],
  compile(step, context) {
    if (step.state === "absent")
      return fileKind.compile({ ...step, kind: "file", content: undefined, content_base64: undefined }, context);
    const content = { text: step.content ?? "" };
    return managedFile({ ...step, content, makeParents: step.make_parents, createOnly: step.create_only }, context);
  },
  title: (step) => (step.state === "absent" ? `Remove ${step.path}` : `Write ${step.path} from ${step.source}`),
  undo: (step) => (step.state === "absent" ? undefined : { kind: "file", id: step.id, path: step.path, state: "absent" }),
});
