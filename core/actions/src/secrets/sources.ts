/**
 * Where the secrets of an action come from. The one place that brings together the process, the workspace, the configuration and, of a workflow,
 * what it says itself. Files of SOPS are opened when a reference needs one; the code for them is loaded then.
 */

import { isAbsolute, resolve } from "node:path";
import type { Config, SecretSources } from "@provisioning/config";
import type { InfraName, Redactor, SecretProvider } from "@provisioning/model";
import type { Workspace } from "@provisioning/workspace";
import type { ActionContext } from "../context.js";

export interface SecretPlace {
  readonly context: ActionContext;
  /** Absent: relative paths begin at the current folder. */
  readonly workspace: Workspace | undefined;
  readonly config: Config;
  readonly redactor: Redactor;
  /** Whose generated secrets are meant. Absent: those of no infra. */
  readonly infra?: InfraName;
  /** What a workflow says of its secrets. */
  readonly provider?: SecretProvider;
}

const ENVIRONMENT_ALONE = { schemes: ["env", "generated"], saidBy: 'provider = "env" of the workflow' } as const;

export function secretSources(place: SecretPlace): SecretSources {
  const { config, context, workspace, redactor, infra, provider } = place;
  const workspaceDir = workspace?.layout.root ?? context.currentDir;
  return {
    environment: context.environment,
    workspaceDir,
    generatedDir:
      workspace === undefined || infra === undefined
        ? resolve(workspaceDir, "runtime", "secrets")
        : workspace.layout.generatedSecretsDir(infra),
    redactor,
    stores: config.get("secrets.stores"),
    sops: async (reference) => (await sopsSecrets(place, workspaceDir))(reference),
    ...(provider?.provider === "env" ? { only: ENVIRONMENT_ALONE } : {}),
  };
}

/** Values of the configuration that stand encrypted in their files: secrets, whatever they are for. */
export function encryptedTexts({ layers }: Config): readonly string[] {
  return layers.flatMap(({ encrypted, values }) => [...(encrypted ?? [])].flatMap((path) => textsIn(values.get(path))));
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  return Array.isArray(value) ? value.flatMap(textsIn) : [];
}

type SopsSecrets = (reference: string) => Promise<string | undefined>;

/** Of each redactor, which knows what was read anyway: a file is decrypted once for all that one action asks of it. */
const opened = new WeakMap<Redactor, Map<string, Promise<SopsSecrets>>>();

function sopsSecrets(place: SecretPlace, workspaceDir: string): Promise<SopsSecrets> {
  const keyFile = place.provider?.ageKeyFile;
  const own = opened.get(place.redactor) ?? new Map<string, Promise<SopsSecrets>>();
  opened.set(place.redactor, own);
  const name = JSON.stringify([workspaceDir, keyFile]);
  const known = own.get(name) ?? openSopsSecrets(place, workspaceDir, keyFile);
  own.set(name, known);
  return known;
}

async function openSopsSecrets(place: SecretPlace, workspaceDir: string, keyFile: string | undefined): Promise<SopsSecrets> {
  const { createSopsSecrets, readIdentities } = await import("@provisioning/security");
  return createSopsSecrets({
    folder: workspaceDir,
    identities: () => readIdentities(identitySources(place, workspaceDir, keyFile)),
  });
}

/** `keyFile`: of a workflow, and nothing else then. */
export function identitySources(
  { context, config }: Pick<SecretPlace, "context" | "config">,
  workspaceDir: string,
  keyFile?: string,
): import("@provisioning/security").IdentitySources {
  const file = keyFile ?? config.get("secrets.age_key_file");
  const isRelative = file !== "" && !isAbsolute(file) && !/^~(?:\/|$)/.test(file);
  return {
    environment: context.environment,
    keyFile: isRelative ? resolve(workspaceDir, file) : file,
    only: keyFile !== undefined,
    onWarning: (text) => warnOnce(context, text),
  };
}

/** What was told, by the process that it was told in. */
const warned = new WeakMap<ActionContext["environment"], Set<string>>();

function warnOnce({ environment, report }: ActionContext, text: string): void {
  const told = warned.get(environment) ?? new Set();
  if (told.has(text)) return;
  warned.set(environment, told.add(text));
  report({ type: "warning", text });
}
