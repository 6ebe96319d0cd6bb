/** A group of users. */

import { choice, flag, integer, optional, text, withDefault } from "../field.js";
import { defineKind } from "../kind.js";
import { call, onWhen } from "../managed-file.js";

export const groupKind = defineKind({
  kind: "group",
  schema: "Group",
  doc: "A group of users.",
  fields: {
    name: text("Its name.", { pattern: /^[a-z_][a-z0-9_-]{0,31}$/, mustBe: "a group name" }),
    gid: optional(integer("Number; the system chooses when not given.", 1, 4_000_000_000)),
    system: withDefault(flag("A group for a service: low number."), false),
    state: withDefault(choice("Whether it should be there.", ["present", "absent"]), "present"),
  },
  check: (step) =>
    step.state === "absent" && ["root", "adm", "sudo", "users", "nogroup"].includes(step.name)
      ? [{ field: "name", detail: `is ${step.name}, which the system needs; it is never removed.` }]
      : [],
  compile(step) {
    const wanted = [step.name, step.gid ?? "", onWhen(step.state === "absent")];
    return {
      look: call("group_look", ...wanted),
      change: call("group_change", ...wanted, onWhen(step.system)),
      diff: call(
        "echo",
        step.state === "absent"
          ? `remove the group ${step.name}`
          : `group ${step.name}${step.gid === undefined ? "" : ` with number ${step.gid}`}`,
      ),
      sources: ["group"],
    };
  },
  title: (step) => `${step.state === "absent" ? "Remove" : "Set up"} the group ${step.name}`,
  undo: (step) => (step.state === "absent" ? undefined : { kind: "group", id: step.id, name: step.name, state: "absent" }),
});
