/** Plans that are kept in a file: written by `plan -o FILE`, read by `apply FILE` and `plan show FILE`. */

import { readFile, rename, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Targets } from "@provisioning/actions";
import { isNoop, type Plan, ProvisioningError } from "@provisioning/model";
import { planSchema } from "@provisioning/model/wire";
import type { CliContext } from "../../cli-context.js";
import { EXIT } from "../../exit-codes.js";
import { writeResult } from "../../output.js";
import { styleFor } from "../../style.js";
import { renderPlan } from "../../views/plan.js";
import { writeError } from "../../views/write-error.js";
import type { PlanShowFlags } from "../infra.js";
import { writePlanPage } from "./plan-page.js";

export interface PlanFile {
  readonly plan: Plan;
  readonly targets?: Targets;
  readonly madeAt: string;
  /** Of the workspace that it was made in. */
  readonly workspace: string;
}

const FORMAT = "provisioning-plan";
const VERSION = 1;

/** Only its owner can read it: it tells how things are built. */
export async function writePlanFile(path: string, file: PlanFile): Promise<void> {
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify({ format: FORMAT, version: VERSION, ...file }, null, 2)}\n`, {
    mode: 0o600,
    flush: true,
  });
  await rename(draft, path);
}

/** @throws ProvisioningError `PLAN_FILE` */
export async function readPlanFile(path: string): Promise<PlanFile> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw planFileError(path, "it cannot be read", cause);
  });
  const value = parse(path, text);
  if (value.format !== FORMAT) throw planFileError(path, "it is no plan");
  if (value.version !== VERSION) throw planFileError(path, `its format is ${String(value.version)}, this one knows ${VERSION}`);
  const plan = planSchema.safeParse(value.plan);
  if (!plan.success || plan.data.digests === undefined) throw planFileError(path, "it is damaged");
  const { targets, madeAt, workspace } = value as unknown as PlanFile;
  return { plan: plan.data, madeAt: String(madeAt), workspace: String(workspace), ...(targets === undefined ? {} : { targets }) };
}

function parse(path: string, text: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch (cause) {
    throw planFileError(path, "it is no plan", cause);
  }
}

function planFileError(path: string, problem: string, cause?: unknown): ProvisioningError {
  return new ProvisioningError(
    { code: "PLAN_FILE", message: `${path} cannot be used: ${problem}.`, hint: "Make one with: provisioning plan -o FILE" },
    { cause },
  );
}

export async function showPlanFile(this: CliContext, flags: PlanShowFlags, path: string): Promise<void> {
  try {
    const { plan, madeAt } = await readPlanFile(resolve(this.currentDir, path));
    if (flags.isNoop === true) {
      this.process.exitCode = isNoop(plan) ? EXIT.ok : EXIT.changes;
      return;
    }
    if (flags.html !== undefined) await writePlanPage(this, flags.html, plan, madeAt);
    await writeResult(this, flags.output, plan, () => renderPlan(plan, styleFor(this.process.stdout, this.process.env), flags));
    this.process.exitCode = EXIT.ok;
  } catch (error) {
    writeError(this, error);
    this.process.exitCode = EXIT.usage;
  }
}
