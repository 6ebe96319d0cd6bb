/** The exit codes of the command, as documented in docs/user/reference/exit-codes.md. */

import type { ProvisioningError } from "@provisioning/model";

export const EXIT = {
  ok: 0,
  failure: 1,
  /** With `--detailed-exitcode`: the plan has changes. */
  changes: 2,
  /** The machine or the definition does not allow it; nothing was touched. */
  preflight: 3,
  /** With `--strict`: nothing is wrong, but there are warnings. */
  warnings: 4,
  /** The service or a database does not let this one in, or not do this. */
  denied: 5,
  lockHeld: 6,
  /** A kept plan does not fit any more; nothing was touched. */
  stalePlan: 7,
  usage: 64,
  interrupted: 130,
  /** Whoever read the result stopped before its end. What a shell tells of a program that a closed pipe ended. */
  unread: 141,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const BY_CODE: Readonly<Record<string, ExitCode>> = {
  STORE_BUSY: EXIT.lockHeld,
  LEASE_HELD: EXIT.lockHeld,
  TOKEN_MISSING: EXIT.denied,
  TOKEN_WRONG: EXIT.denied,
  ORIGIN_REFUSED: EXIT.denied,
  HOST_REFUSED: EXIT.denied,
  PATH_OUTSIDE: EXIT.denied,
  SERVICE_DENIED: EXIT.denied,
  STORE_DENIED: EXIT.denied,
  ENGINE_UNREACHABLE: EXIT.preflight,
  ENGINE_ADDRESS_INVALID: EXIT.preflight,
  RESOURCE_FOREIGN: EXIT.preflight,
  PROVIDER_UNKNOWN: EXIT.preflight,
  CONFIG_SYNTAX: EXIT.preflight,
  CONFIG_UNKNOWN_KEY: EXIT.usage,
  CONFIG_LAYER_NONE: EXIT.usage,
  CONFIG_SECRET: EXIT.usage,
  SECRET_UNAVAILABLE: EXIT.preflight,
  SOPS_FILE_UNREADABLE: EXIT.usage,
  SOPS_IDENTITY_INVALID: EXIT.preflight,
  SOPS_KEY_MISSING: EXIT.preflight,
  SOPS_MAC_MISMATCH: EXIT.preflight,
  SOPS_METADATA_INVALID: EXIT.preflight,
  SOPS_NOT_ENCRYPTED: EXIT.preflight,
  SOPS_RECIPIENT_INVALID: EXIT.usage,
  SOPS_RECIPIENT_UNKNOWN: EXIT.usage,
  SOPS_SYNTAX: EXIT.preflight,
  SOPS_UNSUPPORTED: EXIT.preflight,
  SOPS_VALUE_CLEAR: EXIT.usage,
  SOPS_VALUE_DAMAGED: EXIT.preflight,
  SOPS_VALUE_MISSING: EXIT.usage,
  STORE_OPTION_INVALID: EXIT.preflight,
  STORE_PACKAGE_MISSING: EXIT.preflight,
  STORE_TOO_NEW: EXIT.preflight,
  MIGRATION_CONFLICT: EXIT.preflight,
  MIGRATION_SWITCH: EXIT.preflight,
  MIGRATION_SOURCE_USED: EXIT.lockHeld,
  MIGRATION_RUNNING: EXIT.lockHeld,
  MIGRATION_SAME: EXIT.usage,
  ARCHIVE_INVALID: EXIT.preflight,
  ARCHIVE_REFUSED: EXIT.preflight,
  ARCHIVE_TOO_LARGE: EXIT.preflight,
  LOCK_DIFFERS: EXIT.preflight,
  LOCK_INVALID: EXIT.preflight,
  LOCK_MISSING: EXIT.usage,
  WORKSPACE_EXISTS: EXIT.usage,
  WORKSPACE_NONE: EXIT.usage,
  WORKSPACE_UNKNOWN: EXIT.usage,
  WORKSPACE_MOVED: EXIT.usage,
  INFRA_UNKNOWN: EXIT.usage,
  INFRA_AMBIGUOUS: EXIT.usage,
  INFRA_EMPTY: EXIT.usage,
  TASKSERV_SCHEMA: EXIT.preflight,
  TASKSERV_UNKNOWN: EXIT.usage,
  TARGET_UNKNOWN: EXIT.usage,
  TARGET_ABSENT: EXIT.usage,
  USAGE_INVALID: EXIT.usage,
  PLAN_STALE: EXIT.stalePlan,
  PLAN_FILE: EXIT.usage,
  SETTINGS_MISSING: EXIT.usage,
  SETTINGS_REFUSED: EXIT.usage,
  SETTINGS_SECRET: EXIT.usage,
  ERROR_CODE_UNKNOWN: EXIT.usage,
  GUIDE_UNKNOWN: EXIT.usage,
  SCHEMA_NONE: EXIT.usage,
  TARGET_AMBIGUOUS: EXIT.usage,
  QUERY_INVALID: EXIT.usage,
  RUN_ID_INVALID: EXIT.usage,
  RUN_UNFINISHED: EXIT.lockHeld,
  WORKFLOW_AMBIGUOUS: EXIT.usage,
  WORKFLOW_FILE_MISSING: EXIT.usage,
  WORKFLOW_NONE: EXIT.usage,
  WORKFLOW_UNKNOWN: EXIT.usage,
  RUN_NOT_FOUND: EXIT.usage,
  NAME_INVALID: EXIT.usage,
  INPUT_INVALID: EXIT.usage,
  CONFIRMATION_NEEDED: EXIT.usage,
  KCL_FILE_MISSING: EXIT.usage,
};

/** Findings in the user's text are a failed preflight: nothing was touched. */
export function exitCodeOf(error: ProvisioningError): ExitCode {
  if ("diagnostics" in error) return EXIT.preflight;
  return BY_CODE[error.code] ?? EXIT.failure;
}

/** With `--strict` warnings are no success; what is worse stays what it is. */
export function withWarnings(code: ExitCode, isStrict: boolean | undefined, hasWarnings: boolean): ExitCode {
  return isStrict === true && hasWarnings && (code === EXIT.ok || code === EXIT.changes) ? EXIT.warnings : code;
}

export function isWarning({ severity }: { readonly severity: string }): boolean {
  return severity === "warning";
}

/** The parser has negative codes for words it does not understand; all of them are wrong usage. */
export function normalizeExitCode(code: number | string | null | undefined): number {
  const value = Number(code ?? 0);
  return value < 0 ? EXIT.usage : value;
}
