/** A unit that systemd runs. */

import { choice, flag, list, optional, text, withDefault } from "../field.js";
import { defineKind } from "../kind.js";
import { call } from "../managed-file.js";

export const UNIT_NAME = { pattern: /^[A-Za-z0-9_.@:\\-]{1,200}$/, mustBe: "a unit name" };
export const stepReference = text("The id of an earlier step.", { pattern: /^[a-z0-9-]+$/, mustBe: "the id of a step" });
const UNIT_TYPES = /\.(?:service|socket|timer|path|mount|automount|swap|target|slice)$/;

/** systemd's rule: a name without a type is a service. */
export function unitName(name: string): string {
  return UNIT_TYPES.test(name) ? name : `${name}.service`;
}

export const serviceKind = defineKind({
  kind: "service",
  schema: "Service",
  doc: "A systemd unit, enabled and started or not, restarted when steps it depends on changed.",
  fields: {
    name: text("The unit; `.service` is added when it has no type.", UNIT_NAME),
    enabled: optional(flag("Started at boot. Left alone when not given.")),
    state: optional(choice("Left alone when not given.", ["started", "stopped"])),
    restart_on: withDefault(list(stepReference, "Restart when one of these steps changed something."), []),
    reload_on: withDefault(
      list(stepReference, "Reload (or restart, if it cannot) when one of these steps changed something."),
      [],
    ),
  },
  compile(step, context) {
    const unit = unitName(step.name);
    const enabled = step.enabled === undefined ? "" : step.enabled ? "yes" : "no";
    const name = `${context.taskserv}/${step.id}`;
    const reaction = `reaction=\nif ${context.pending("restart")}; then reaction=restart; elif ${context.pending("reload")}; then reaction=reload; fi`;
    return {
      look: `${reaction}\n${call("service_look", unit, enabled, step.state ?? "")}`,
      change: `${reaction}\n${call("service_change", unit, enabled, step.state ?? "", name)}`,
      diff: `${reaction}\n${call("service_diff", unit, enabled, step.state ?? "")}`,
      verify: `${reaction}\n${call("service_verify", unit, enabled, step.state ?? "")}`,
      bulk: { units: [unit] },
      sources: ["service"],
    };
  },
  title: (step) => `${step.state === "stopped" ? "Stop" : step.state === "started" ? "Run" : "Set up"} ${unitName(step.name)}`,
  subscribes: (step) => [
    ...step.restart_on.map((source) => ({ source, reaction: "restart" as const, field: "restart_on" })),
    ...step.reload_on.map((source) => ({ source, reaction: "reload" as const, field: "reload_on" })),
  ],
  undo: (step) =>
    step.state === "stopped" ? undefined : { kind: "service", id: step.id, name: step.name, state: "stopped", enabled: false },
});
