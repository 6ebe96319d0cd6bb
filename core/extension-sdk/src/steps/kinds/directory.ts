/** A folder. */

import { account, choice, flag, mode, path, withDefault } from "../field.js";
import { defineKind } from "../kind.js";
import { call, octal, onWhen } from "../managed-file.js";

/** Removing one of these trees by mistake cannot be undone. */
const PRECIOUS = [
  "/",
  "/bin",
  "/boot",
  "/dev",
  "/etc",
  "/home",
  "/lib",
  "/lib64",
  "/opt",
  "/proc",
  "/root",
  "/run",
  "/sbin",
  "/srv",
  "/sys",
  "/tmp",
  "/usr",
  "/usr/bin",
  "/usr/lib",
  "/usr/local",
  "/usr/sbin",
  "/usr/share",
  "/var",
  "/var/lib",
  "/var/log",
];

export const directoryKind = defineKind({
  kind: "directory",
  schema: "Directory",
  doc: "A folder with owner and mode; or a whole tree removed.",
  fields: {
    path: path("Where."),
    mode: withDefault(mode(), "0755"),
    owner: withDefault(account("User."), "root"),
    group: withDefault(account("Group."), "root"),
    recurse: withDefault(flag("Give everything below the same owner and group."), false),
    make_parents: withDefault(flag("Make missing folders above it (root, 0755)."), false),
    state: withDefault(choice("Whether it should be there; absent removes everything in it.", ["present", "absent"]), "present"),
  },
  check: (step) =>
    step.state === "absent" && PRECIOUS.includes(step.path)
      ? [{ field: "path", detail: `is ${step.path}, which the system needs; it is never removed.` }]
      : [],
  compile(step) {
    const bulk = { paths: [step.path] };
    const sources = ["files", "directory"];
    if (step.state === "absent") {
      return {
        look: call("absent_look", step.path),
        change: call("rm -rf --one-file-system --", step.path),
        diff: call("absent_diff", `${step.path} and everything in it`),
        bulk,
        sources,
      };
    }
    const wanted = [step.path, octal(step.mode), step.owner, step.group, onWhen(step.recurse)];
    return {
      look: call("directory_look", ...wanted),
      change: call("directory_change", ...wanted, onWhen(step.make_parents)),
      diff: call("directory_diff", ...wanted),
      bulk,
      sources,
    };
  },
  title: (step) => (step.state === "absent" ? `Remove ${step.path}` : `Make ${step.path}`),
  undo: (step) =>
    step.state === "absent" || PRECIOUS.includes(step.path)
      ? undefined
      : { kind: "directory", id: step.id, path: step.path, state: "absent" },
});
