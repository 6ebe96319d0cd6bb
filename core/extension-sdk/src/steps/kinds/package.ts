/** Packages of the distribution. */

import { choice, flag, list, optional, text, withDefault } from "../field.js";
import { defineKind } from "../kind.js";
import { call, onWhen } from "../managed-file.js";

export const packageKind = defineKind({
  kind: "package",
  schema: "Package",
  doc: "Packages of the distribution, installed or removed.",
  fields: {
    names: list(
      text("A package.", { pattern: /^[a-z0-9][a-z0-9+.-]*(?::[a-z0-9-]+)?$/, mustBe: "a package name" }),
      "Names of the packages.",
      { min: 1 },
    ),
    version: optional(
      text('Version of the (single) package, exact or with "*" at its end.', {
        pattern: /^[A-Za-z0-9][A-Za-z0-9.+~:-]*\*?$/,
        mustBe: "a package version",
      }),
    ),
    state: withDefault(choice("Whether they should be there.", ["present", "absent"]), "present"),
    start: withDefault(flag("Let the package start its services while it is installed. A service step starts them later."), true),
    recommends: withDefault(flag("Install recommended packages too."), false),
    purge: withDefault(flag("With absent: remove configuration and data of the packages too."), false),
    autoremove: withDefault(flag("With absent: remove packages that nothing needs any more."), false),
  },
  check: (step) =>
    step.version !== undefined && step.names.length !== 1 ? [{ field: "version", detail: "needs exactly one name." }] : [],
  compile(step) {
    const { names, version = "" } = step;
    const common = { bulk: { packages: names }, sources: ["package"] };
    if (step.state === "absent") {
      return {
        look: call("package_absent_look", onWhen(step.purge), ...names),
        change: call("package_remove", onWhen(step.purge), onWhen(step.autoremove), ...names),
        diff: call("package_absent_diff", onWhen(step.purge), ...names),
        ...common,
      };
    }
    return {
      look: call("package_look", version, ...names),
      change: call("package_install", version, onWhen(step.start), onWhen(step.recommends), ...names),
      diff: call("package_diff", version, ...names),
      ...common,
    };
  },
  title: (step) => `${step.state === "absent" ? "Remove" : "Install"} ${step.names.join(", ")}`,
  undo: (step) =>
    step.state === "absent"
      ? undefined
      : { kind: "package", id: step.id, names: step.names, state: "absent", purge: true, autoremove: true },
});
