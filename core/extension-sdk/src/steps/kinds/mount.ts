/** A mounted file system, now and after every boot. */

import { choice, flag, list, optional, path, text, withDefault } from "../field.js";
import { defineKind } from "../kind.js";
import { call } from "../managed-file.js";

const WORD = { pattern: /^[^\s#,\\]+$/, mustBe: "one word" };

export const mountKind = defineKind({
  kind: "mount",
  schema: "Mount",
  doc: "A file system, mounted now and kept in `/etc/fstab`.",
  fields: {
    path: path("Where."),
    source: optional(text("Device, label, or server:path.", { pattern: /^[^\s#\\]+$/, mustBe: "one word" })),
    fstype: withDefault(text("Type of the file system.", WORD), "auto"),
    options: withDefault(
      list(text("A mount option.", { pattern: /^[^\s#,\\]+$/, mustBe: "one option without blanks" }), "Mount options."),
      ["defaults"],
    ),
    make_directory: withDefault(flag("Make the folder."), true),
    state: withDefault(
      choice("present only writes the line; unmounted keeps it; absent removes it.", [
        "mounted",
        "present",
        "unmounted",
        "absent",
      ]),
      "mounted",
    ),
  },
  check: (step) => [
    ...(step.source === undefined && step.state !== "absent" ? [{ field: "source", detail: "is missing." }] : []),
    ...(/\s/.test(step.path) ? [{ field: "path", detail: "must not hold blanks." }] : []),
  ],
  compile(step) {
    const entry = `${step.source ?? ""} ${step.path} ${step.fstype} ${step.options.length === 0 ? "defaults" : step.options.join(",")} 0 0`;
    const wanted = [step.path, entry, step.state];
    return {
      look: call("mount_look", ...wanted),
      change: call("mount_change", ...wanted, step.make_directory ? "1" : ""),
      diff: call("mount_diff", ...wanted),
      sources: ["files", "mount"],
    };
  },
  title: (step) =>
    step.state === "absent" || step.state === "unmounted" ? `Unmount ${step.path}` : `Mount ${step.source} on ${step.path}`,
  undo: (step) => (step.state === "absent" ? undefined : { kind: "mount", id: step.id, path: step.path, state: "absent" }),
});
