/** What a workflow says of its secrets, and how the infra that it works on is opened with them. It is kept with the run for whoever goes on with it. */

import { resolveSecrets } from "@provisioning/config";
import type { BatchWorkflow, Diagnostic, RunDefinition, SecretProvider } from "@provisioning/model";
import type { InfraSession } from "../session.js";
import { secretSources } from "./sources.js";

const LABEL = "secrets";

export function secretsLabel(provider: SecretProvider | undefined): Readonly<Record<string, string>> {
  return provider === undefined ? {} : { [LABEL]: JSON.stringify(provider) };
}

/** The session in which operations of the run look up their secrets. */
export function withRunSecrets(session: InfraSession, { labels }: Pick<RunDefinition, "labels">): InfraSession {
  const written = labels[LABEL];
  return written === undefined ? session : withSecrets(session, JSON.parse(written) as SecretProvider);
}

export function withSecrets(session: InfraSession, provider: SecretProvider | undefined): InfraSession {
  if (provider === undefined) return session;
  const sources = secretSources({ ...session, provider });
  return { ...session, resolveSecrets: (value) => resolveSecrets(value, sources) };
}

/** What cannot be done as the workflow wants it. */
export function secretProblems({ secrets, position, positions }: BatchWorkflow): readonly Diagnostic[] {
  const summary = secrets === undefined ? undefined : kmsProblem(secrets);
  if (summary === undefined) return [];
  const place = positions.secrets ?? position;
  return [
    {
      severity: "error",
      code: "BATCH_SECRETS_INVALID",
      summary: `The secrets of this workflow have ${summary}, and key management services cannot be asked yet.`,
      hint: 'Use provider = "sops" with an age key, or provider = "env".',
      ...(place === undefined ? {} : { position: place }),
    },
  ];
}

function kmsProblem({ provider, kms }: SecretProvider): string | undefined {
  if (provider === "kms") return 'provider = "kms"';
  return kms === undefined ? undefined : "a kms_config";
}
