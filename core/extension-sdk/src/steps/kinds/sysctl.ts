/** Kernel settings, now and after every boot. */

import { choice, textMap, withDefault } from "../field.js";
import { defineKind } from "../kind.js";
import { call, managedFile } from "../managed-file.js";

export const sysctlKind = defineKind({
  kind: "sysctl",
  schema: "Sysctl",
  doc: "Kernel settings, set now and kept in `/etc/sysctl.d`.",
  fields: {
    values: textMap("Setting to value, for example `net.ipv4.ip_forward` to 1.", {
      pattern: /^[a-z][a-z0-9_-]*(?:[./][A-Za-z0-9_:@-]+)+$/,
      mustBe: "the name of a kernel setting",
    }),
    state: withDefault(
      choice("Absent removes the file; the running values stay until the next boot.", ["present", "absent"]),
      "present",
    ),
  },
  compile(step, context) {
    const path = `/etc/sysctl.d/60-${context.taskserv}-${step.id}.conf`;
    const sources = ["files", "sysctl"];
    if (step.state === "absent") {
      return {
        look: call("absent_look", path),
        change: call("rm -f --", path),
        diff: call("absent_diff", path),
        bulk: { paths: [path] },
        sources,
      };
    }
    const entries = Object.entries(step.values);
    const text = entries.map(([name, value]) => `${name} = ${value}\n`).join("");
    const file = managedFile({ path, content: { text }, mode: "0644", owner: "root", group: "root" }, context);
    const pairs = entries.flatMap(([name, value]) => [name, value.trim().replace(/\s+/g, " ")]);
    return {
      ...file,
      look: `${file.look} && ${call("sysctl_look", ...pairs)}`,
      change: `${file.change}\n${call("sysctl_change", ...pairs)}`,
      diff: `${file.diff}\n${call("sysctl_diff", ...pairs)}`,
      sources,
    };
  },
  title: (step) => `Set ${Object.keys(step.values).join(", ")}`,
  undo: (step) => (step.state === "absent" ? undefined : { kind: "sysctl", id: step.id, values: {}, state: "absent" }),
});
