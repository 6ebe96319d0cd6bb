/** A module of the kernel, now and after every boot. */

import { choice, text, withDefault } from "../field.js";
import { defineKind } from "../kind.js";
import { call, managedFile } from "../managed-file.js";

export const kernelModuleKind = defineKind({
  kind: "kernel_module",
  schema: "KernelModule",
  doc: "A kernel module, loaded now and at every boot.",
  fields: {
    name: text("The module.", { pattern: /^[A-Za-z0-9_-]{1,64}$/, mustBe: "a module name" }),
    state: withDefault(
      choice("Absent no longer loads it at boot and unloads it if it is unused.", ["present", "absent"]),
      "present",
    ),
  },
  compile(step, context) {
    const path = `/etc/modules-load.d/${step.name}.conf`;
    const sources = ["files", "kernel-module"];
    if (step.state === "absent") {
      return {
        look: call("absent_look", path),
        change: `${call("rm -f --", path)}\n${call("modprobe -r --", step.name)} 2>/dev/null || :`,
        diff: call("absent_diff", path),
        bulk: { paths: [path] },
        sources,
      };
    }
    const file = managedFile(
      { path, content: { text: `${step.name}\n` }, mode: "0644", owner: "root", group: "root", makeParents: true },
      context,
    );
    return {
      ...file,
      look: `${file.look} && ${call("kernel_module_look", step.name)}`,
      change: `${file.change}\n${call("kernel_module_look", step.name)} || ${call("kernel_module_change", step.name)}`,
      diff: `${file.diff}\n${call("kernel_module_look", step.name)} || ${call("echo", `load the kernel module ${step.name}`)}`,
      sources,
    };
  },
  title: (step) => `${step.state === "absent" ? "Unload" : "Load"} the kernel module ${step.name}`,
  undo: (step) =>
    step.state === "absent" ? undefined : { kind: "kernel_module", id: step.id, name: step.name, state: "absent" },
});
