/** All kinds of steps. Adding a kind means a file in `kinds/`, its shell source beside it, and a line here. */

import type { Json, JsonObject } from "@provisioning/model";
import { archiveKind } from "./kinds/archive.js";
import { commandKind } from "./kinds/command.js";
import { directoryKind } from "./kinds/directory.js";
import { downloadKind } from "./kinds/download.js";
import { fileKind } from "./kinds/file.js";
import { groupKind } from "./kinds/group.js";
import { hostEntryKind } from "./kinds/host-entry.js";
import { kernelModuleKind } from "./kinds/kernel-module.js";
import { linkKind } from "./kinds/link.js";
import { mountKind } from "./kinds/mount.js";
import { outputKind } from "./kinds/output.js";
import { packageKind } from "./kinds/package.js";
import { repositoryKind } from "./kinds/repository.js";
import { scriptKind } from "./kinds/script.js";
import { serviceKind } from "./kinds/service.js";
import { sysctlKind } from "./kinds/sysctl.js";
import { systemdUnitKind } from "./kinds/systemd-unit.js";
import { templateKind } from "./kinds/template.js";
import { userKind } from "./kinds/user.js";
import { waitForKind } from "./kinds/wait-for.js";
import type { Fields } from "./field.js";
import type { CompileContext, FieldProblem, Reaction, StepOfKind, StepProgram } from "./kind.js";

const kinds = [
  packageKind,
  repositoryKind,
  fileKind,
  templateKind,
  directoryKind,
  linkKind,
  userKind,
  groupKind,
  serviceKind,
  systemdUnitKind,
  archiveKind,
  downloadKind,
  sysctlKind,
  kernelModuleKind,
  hostEntryKind,
  mountKind,
  commandKind,
  scriptKind,
  waitForKind,
  outputKind,
] as const;

export type Step = StepOfKind<(typeof kinds)[number]>;
export type StepKindName = Step["kind"];
/** A kind without its exact types: give it only steps of its own kind. */
export interface AnyStepKind {
  readonly kind: string;
  readonly schema: string;
  readonly doc: string;
  readonly fields: Fields;
  check?(step: Step): readonly FieldProblem[];
  compile(step: Step, context: CompileContext): StepProgram;
  title(step: Step): string;
  subscribes?(step: Step): readonly { readonly source: string; readonly reaction: Reaction; readonly field: string }[];
  undo?(step: Step): JsonObject | undefined;
}

export const stepKinds: readonly AnyStepKind[] = kinds as unknown as readonly AnyStepKind[];
export const stepKindNames: readonly StepKindName[] = kinds.map((kind) => kind.kind);

const byName = new Map<string, AnyStepKind>(stepKinds.map((kind) => [kind.kind, kind]));

export function stepKind(name: Json | undefined): AnyStepKind | undefined {
  return typeof name === "string" ? byName.get(name) : undefined;
}
