/** A user account. */

import { account, choice, flag, integer, line, list, optional, path, text, withDefault } from "../field.js";
import { defineKind } from "../kind.js";
import { call, onWhen } from "../managed-file.js";
import { hereDocument, quote } from "../../shell/quote.js";
import { createHash } from "node:crypto";

const ACCOUNT_NAME = { pattern: /^[a-z_][a-z0-9_-]{0,31}$/, mustBe: "a user name" };
const PROTECTED = ["root", "daemon", "bin", "sys", "nobody", "sshd", "systemd-network", "messagebus", "_apt"];

export const userKind = defineKind({
  kind: "user",
  schema: "User",
  doc: "A user account with its groups and SSH keys.",
  fields: {
    name: text("Login name.", ACCOUNT_NAME),
    uid: optional(integer("Number; the system chooses when not given.", 1, 4_000_000_000)),
    group: optional(account("Primary group; one of the user's own name when not given.")),
    groups: withDefault(list(account("A group."), "Further groups. Other memberships stay."), []),
    home: optional(path("Home folder.")),
    shell: optional(path("Login shell.")),
    comment: optional(text("Full name or purpose.", { pattern: /^[^:\n]*$/, mustBe: "one line without colons" })),
    system: withDefault(flag("An account for a service: low number, no ageing."), false),
    create_home: withDefault(flag("Make the home folder."), true),
    authorized_keys: optional(list(line("A public key."), "SSH keys that may log in: exactly these. Left alone when not given.")),
    state: withDefault(choice("Whether it should be there.", ["present", "absent"]), "present"),
    remove_home: withDefault(flag("With absent: remove the home folder too."), false),
  },
  check: (step) =>
    step.state === "absent" && PROTECTED.includes(step.name)
      ? [{ field: "name", detail: `is ${step.name}, which the system needs; it is never removed.` }]
      : [],
  compile(step, context) {
    const common = { bulk: { users: [step.name] }, sources: ["user"] };
    if (step.state === "absent") {
      return {
        look: `! ${call("look_user", step.name)}`,
        change: call("user_remove", step.name, onWhen(step.remove_home)),
        diff: call("echo", `remove the user ${step.name}`),
        ...common,
      };
    }
    const wanted = [
      step.name,
      step.uid ?? "",
      step.group ?? "",
      step.groups.join(","),
      step.home ?? "",
      step.shell ?? "",
      step.comment ?? "",
    ];
    const account = {
      look: call("user_look", ...wanted),
      change: call("user_change", ...wanted, onWhen(step.system), onWhen(step.create_home)),
    };
    if (step.authorized_keys === undefined) return { ...account, diff: call("user_diff", ...wanted), ...common };
    const keys = step.authorized_keys.map((key) => `${key}\n`).join("");
    const digest = createHash("sha256").update(keys).digest("hex");
    const content = `${context.prefix}_keys`;
    const keysLook = call("user_keys_look", step.name, digest);
    return {
      look: `${account.look} && ${keysLook}`,
      change: `${account.change}\nDIRTY=1\n${keysLook} || ${call("user_keys_change", step.name, content)}`,
      diff: `${call("user_diff", ...wanted)}\n${keysLook} || echo ${quote(`SSH keys of ${step.name}: ${step.authorized_keys.length}`)}`,
      definitions: `${content}() {\n${hereDocument(keys)}\n}`,
      ...common,
    };
  },
  title: (step) => `${step.state === "absent" ? "Remove" : "Set up"} the user ${step.name}`,
  undo: (step) =>
    step.state === "absent" || PROTECTED.includes(step.name)
      ? undefined
      : { kind: "user", id: step.id, name: step.name, state: "absent", remove_home: step.create_home },
});
