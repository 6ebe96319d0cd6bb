/** One field of a plan: old and new value, with lists told by what moved and long texts line by line. Pure. */

import type { FieldChange, Json, SecretChange } from "@provisioning/model";
import type { Style } from "../style.js";
import { listChanges } from "./lists.js";

export function fieldLines(field: FieldChange, style: Style): string[] {
  const place = field.position === undefined ? "" : style.dim(`  ${field.position.file}:${field.position.line}`);
  const forces = field.forcesReplacement ? style.red(" (forces a replacement)") : "";
  const { before, after } = field;
  if (field.secret !== undefined) return [`${field.path}: ${secretChange(field, field.secret)}${forces}${place}`];
  if (Array.isArray(before) && Array.isArray(after)) {
    return [`${field.path}:${forces}${place}`, ...listLines(before as readonly Json[], after as readonly Json[], style)];
  }
  if (isLong(before) || isLong(after)) {
    return [`${field.path}:${forces}${place}`, ...lineChanges(textOf(before), textOf(after), style)];
  }
  return [`${field.path}: ${shown(before)} → ${shown(after)}${forces}${place}`];
}

/** Digests for the values; the references only when they are others too. */
function secretChange({ before, after }: FieldChange, secret: SecretChange): string {
  const values =
    secret.before !== undefined && secret.before === secret.after
      ? `${secret.after}, the same`
      : `${digest(before, secret.before)} → ${digest(after, secret.after)}`;
  return `(secret) ${values}${before === after ? "" : `, from ${shown(before)} → ${shown(after)}`}`;
}

function digest(reference: Json | undefined, value: string | undefined): string {
  return value ?? (reference === undefined ? "(none)" : "(not recorded)");
}

function listLines(before: readonly Json[], after: readonly Json[], style: Style): string[] {
  return listChanges(before, after).map((change) => {
    switch (change.kind) {
      case "removed":
        return style.red(`  - ${shown(change.item)}`);
      case "added":
        return style.green(`  + ${shown(change.item)}`);
      case "moved":
        return style.yellow(`  ~ ${shown(change.item)} moved from ${change.from} to ${change.to}`);
    }
  });
}

/** Lines that are only in one of both; what is the same is left out. */
function lineChanges(before: string, after: string, style: Style): string[] {
  const changes = listChanges(before.split("\n"), after.split("\n"));
  return changes.flatMap((change) => {
    if (change.kind === "removed") return [style.red(`  - ${textOf(change.item)}`)];
    return change.kind === "added" ? [style.green(`  + ${textOf(change.item)}`)] : [];
  });
}

function isLong(value: Json | undefined): boolean {
  return typeof value === "string" && value.includes("\n");
}

function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value : value === undefined ? "" : JSON.stringify(value);
}

function shown(value: Json | undefined): string {
  return value === undefined ? "(none)" : typeof value === "string" ? value : JSON.stringify(value);
}
