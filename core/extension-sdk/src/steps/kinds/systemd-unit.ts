/** A unit file of systemd, or a drop-in for one. */

import { choice, flag, optional, text, withDefault } from "../field.js";
import { defineKind } from "../kind.js";
import { call, managedFile } from "../managed-file.js";
import { UNIT_NAME, unitName } from "./service.js";

const UNITS = "/etc/systemd/system";

export const systemdUnitKind = defineKind({
  kind: "systemd_unit",
  schema: "SystemdUnit",
  doc: "A systemd unit file, or a drop-in for one; systemd is told about it.",
  fields: {
    name: text("The unit; `.service` is added when it has no type.", UNIT_NAME),
    dropin: optional(
      text("Name of a drop-in: writes `<unit>.d/<dropin>.conf` instead of the unit.", {
        pattern: /^[A-Za-z0-9_-]+$/,
        mustBe: "letters, digits, _ and -",
      }),
    ),
    content: optional(text("The whole file.")),
    sensitive: withDefault(flag("Never show its content."), false),
    state: withDefault(choice("Whether it should be there.", ["present", "absent"]), "present"),
  },
  check: (step) => (step.state === "present" && step.content === undefined ? [{ field: "content", detail: "is missing." }] : []),
  compile(step, context) {
    const unit = unitName(step.name);
    const path = step.dropin === undefined ? `${UNITS}/${unit}` : `${UNITS}/${unit}.d/${step.dropin}.conf`;
    const sources = ["files", "systemd-unit"];
    if (step.state === "absent") {
      return {
        look: call("absent_look", path),
        change: call("systemd_unit_remove", path, step.dropin === undefined ? unit : ""),
        diff: call("absent_diff", path),
        bulk: { paths: [path] },
        sources,
      };
    }
    const file = managedFile(
      {
        path,
        content: { text: step.content ?? "" },
        mode: step.sensitive ? "0600" : "0644",
        owner: "root",
        group: "root",
        makeParents: true,
        sensitive: step.sensitive,
      },
      context,
    );
    return {
      ...file,
      look: `${file.look} && ${call("unit_is_loaded", unit)}`,
      change: `${file.change}\n[ ! -d /run/systemd/system ] || systemctl daemon-reload`,
      diff: `${file.diff}\n${call("unit_is_loaded", unit)} || echo 'systemctl daemon-reload'`,
      bulk: { ...file.bulk, units: [unit] },
      sources,
    };
  },
  title: (step) =>
    `${step.state === "absent" ? "Remove" : "Write"} the unit ${unitName(step.name)}${step.dropin === undefined ? "" : ` (drop-in ${step.dropin})`}`,
  undo: (step) =>
    step.state === "absent"
      ? undefined
      : {
          kind: "systemd_unit",
          id: step.id,
          name: step.name,
          ...(step.dropin === undefined ? {} : { dropin: step.dropin }),
          state: "absent",
        },
});
