/** Writes new things from the platform's templates. What is there already is never overwritten. */

import { join, relative, resolve } from "node:path";
import { TASKSERV_CATEGORIES, type TaskservCategory } from "@provisioning/extension-sdk";
import { infraName, providerName, ProvisioningError, taskservName, workspaceName } from "@provisioning/model";
import { chooseInfra, evaluateInfra, fillTemplate, findWorkspace, type Workspace, writeTemplate } from "@provisioning/workspace";
import { stat } from "node:fs/promises";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import type { ActionContext } from "../context.js";
import { createWorkspace } from "../workspace/create.js";
import { registryOf } from "../workspace/info.js";
import { GENERATED_KINDS, type GeneratedKind, KINDS } from "./kinds.js";

export interface GenerateInput {
  readonly kind: GeneratedKind;
  readonly name: string;
  /** From the current folder. Default: where things of this kind are in the workspace. */
  readonly dir?: string;
  /** Of a taskserv. Default: development. */
  readonly category?: TaskservCategory;
  /** That a workflow works on. Default: the only one. */
  readonly infra?: string;
  /** Only tell what would be written. */
  readonly check?: boolean;
}

export interface GeneratedThing {
  readonly kind: GeneratedKind;
  readonly name: string;
  /** Absolute. */
  readonly dir: string;
  readonly files: readonly GeneratedFile[];
  /** Commands that check or show it. */
  readonly next: readonly string[];
}

/** `wouldWrite`: with `check`; `kept`: it is there already. */
export interface GeneratedFile {
  readonly path: string;
  readonly done: "written" | "wouldWrite" | "kept";
}

export const generateThing = defineAction<GenerateInput, GeneratedThing>({
  name: "generate.write",
  cedar: { action: "generate", resource: "Workspace" },
  effect: "change",
  summary: "Writes a new workspace, infra, cluster, taskserv, provider or workflow from a template. Nothing is overwritten.",
  input: z.strictObject({
    kind: z.enum(GENERATED_KINDS),
    name: z.string(),
    dir: z.exactOptional(z.string()),
    category: z.exactOptional(z.enum(TASKSERV_CATEGORIES)),
    infra: z.exactOptional(z.string()),
    check: z.exactOptional(z.boolean()),
  }),
  output: z.strictObject({
    kind: z.enum(GENERATED_KINDS),
    name: z.string(),
    dir: z.string(),
    files: z.array(z.strictObject({ path: z.string(), done: z.enum(["written", "wouldWrite", "kept"]) })),
    next: z.array(z.string()),
  }),
  async run(context, input) {
    checkName(input.kind, input.name);
    return input.kind === "workspace" ? generateWorkspace(context, input) : generateInWorkspace(context, input);
  },
});

/** The name is a file name, a label and part of code: only what every one of them allows. */
function checkName(kind: GeneratedKind, name: string): void {
  const parse = { infra: infraName, cluster: infraName, taskserv: taskservName, provider: providerName }[kind as "infra"];
  (parse ?? workspaceName)(name);
}

async function generateWorkspace(context: ActionContext, { name, dir, check = false }: GenerateInput): Promise<GeneratedThing> {
  const target = resolve(context.currentDir, dir ?? name);
  const files = await fillTemplate(context.platform.workspaceTemplateDir, { WORKSPACE: name });
  const there = await existing(
    target,
    files.map(({ path }) => path),
  );
  if (!check) await createWorkspace.run(context, { name, ...(dir === undefined ? {} : { dir }) });
  return { kind: "workspace", name, dir: target, files: listed(files, there, check), next: KINDS.workspace.next(name, target) };
}

async function generateInWorkspace(context: ActionContext, input: GenerateInput): Promise<GeneratedThing> {
  const { kind, name, check = false, category = "development" } = input;
  const { currentDir, workspace: wanted } = context;
  const workspace = await findWorkspace({ currentDir, ...(wanted === undefined ? {} : { wanted }) }, registryOf(context));
  const { root } = workspace.layout;
  context.workspaceUsed?.(root);
  const folder = KINDS[kind].folder(name, category);
  const target = input.dir === undefined ? join(root, folder) : resolve(currentDir, input.dir);
  const values = {
    NAME: name,
    CATEGORY: category,
    IDENTIFIER: name.replaceAll("-", "_"),
    FOLDER: relative(root, target),
    ...(kind === "workflow" ? await valuesOfInfra(context, workspace, input.infra) : {}),
  };
  const files = await fillTemplate(join(context.platform.templatesDir, kind), values);
  const there = await existing(
    target,
    files.map(({ path }) => path),
  );
  if (!check) await writeTemplate(target, files);
  return { kind, name, dir: target, files: listed(files, there, check), next: KINDS[kind].next(name, folder) };
}

/** A workflow is about what an infra has. */
async function valuesOfInfra(context: ActionContext, { layout }: Workspace, wanted: string | undefined) {
  const infra = await chooseInfra(layout, wanted);
  const { settings } = await evaluateInfra(context.platform, layout, infra);
  const taskservs = [...settings.taskservs, ...settings.servers.flatMap((server) => server.taskservs)].map(({ name }) => name);
  if (settings.servers.length === 0 || taskservs.length === 0) throw new InfraEmptyError(infra);
  return {
    INFRA: infra,
    SERVERS: JSON.stringify(settings.servers.map(({ name }) => name)),
    TASKSERVS: JSON.stringify([...new Set(taskservs)]),
  };
}

/** Nothing was written. */
class InfraEmptyError extends ProvisioningError {
  constructor(infra: string) {
    super({
      code: "INFRA_EMPTY",
      message: `The infra ${infra} has no servers with taskservs that a workflow could work on.`,
      hint: "Describe some first, or name another with --infra.",
    });
  }
}

async function existing(dir: string, paths: readonly string[]): Promise<ReadonlySet<string>> {
  const found = await Promise.all(
    paths.map((path) =>
      stat(join(dir, path)).then(
        () => [path],
        () => [],
      ),
    ),
  );
  return new Set(found.flat());
}

function listed(files: readonly { readonly path: string }[], there: ReadonlySet<string>, check: boolean): GeneratedFile[] {
  return files.map(({ path }) => ({ path, done: there.has(path) ? "kept" : check ? "wouldWrite" : "written" }));
}
