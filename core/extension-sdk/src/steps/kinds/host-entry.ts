/** A line in /etc/hosts. */

import { choice, list, text, withDefault } from "../field.js";
import { defineKind } from "../kind.js";
import { call, onWhen } from "../managed-file.js";

export const hostEntryKind = defineKind({
  kind: "host_entry",
  schema: "HostEntry",
  doc: "Names for an address in `/etc/hosts`. A changed address replaces the line of the same step.",
  fields: {
    address: text("IP address.", { pattern: /^[0-9A-Fa-f:.]{2,45}$/, mustBe: "an IP address" }),
    names: list(
      text("A name.", { pattern: /^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252})$/, mustBe: "a host name" }),
      "Names, the canonical one first.",
      { min: 1 },
    ),
    state: withDefault(choice("Whether it should be there.", ["present", "absent"]), "present"),
  },
  compile(step, context) {
    const mark = `# provisioning ${context.taskserv}/${step.id}`;
    const wanted = [mark, `${step.address} ${step.names.join(" ")} ${mark}`, onWhen(step.state === "absent")];
    return {
      look: call("host_entry_look", ...wanted),
      change: call("host_entry_change", ...wanted),
      diff: call("host_entry_diff", ...wanted),
      bulk: { paths: ["/etc/hosts"] },
      sources: ["files", "host-entry"],
    };
  },
  title: (step) => `${step.state === "absent" ? "Forget" : "Name"} ${step.address} ${step.names.join(" ")}`,
  undo: (step) =>
    step.state === "absent"
      ? undefined
      : { kind: "host_entry", id: step.id, address: step.address, names: step.names, state: "absent" },
});
