/** What a program reports: one record for each step and check, and all of them together for the server. */

/** `would_change` occurs in check only; `skipped` names its reason. */
export type StepStatus = "ok" | "changed" | "would_change" | "failed" | "skipped";

export interface StepReport {
  readonly taskserv: string;
  readonly step: string;
  readonly status: StepStatus;
  readonly ms: number;
  /** What changed or would change: a unified diff or sentences. Secrets redacted. */
  readonly diff?: string;
  /** The last lines of output. Secrets redacted. */
  readonly output?: string;
  readonly exit?: number;
  /** A code: why it failed or was skipped, for example `PACKAGE_NOT_FOUND` or `EARLIER_STEP_FAILED`. */
  readonly reason?: string;
}

export interface HealthReport {
  readonly taskserv: string;
  readonly check: string;
  readonly status: "ok" | "failed" | "skipped";
  readonly ms: number;
  readonly attempts: number;
  readonly output?: string;
  readonly exit?: number;
  readonly reason?: string;
}

/** A value for other servers. The value of a secret one is real: store it as a secret. */
export interface OutputValue {
  readonly taskserv: string;
  readonly name: string;
  readonly value: string;
  readonly secret: boolean;
}

export interface ServerFacts {
  readonly osId: string;
  readonly osVersion: string;
  readonly osCodename: string;
  readonly architecture: string;
  readonly kernel: string;
  readonly hostname: string;
  readonly cpus: number;
  readonly memoryMiB: number;
  readonly diskTotalMiB: number;
  readonly diskFreeMiB: number;
  readonly addresses: readonly string[];
  readonly init: "systemd" | "other";
}

export interface ProgramSummary {
  readonly ok: number;
  readonly changed: number;
  readonly wouldChange: number;
  readonly failed: number;
  readonly skipped: number;
  readonly unhealthy: number;
  readonly ms: number;
}

export interface ServerReport {
  /** Missing when the program ended before it looked. */
  readonly facts?: ServerFacts;
  readonly steps: readonly StepReport[];
  readonly health: readonly HealthReport[];
  readonly outputs: readonly OutputValue[];
  /** Missing when the program did not reach its end: what it did not report may or may not have happened. */
  readonly summary?: ProgramSummary;
  /** The program as a whole could not go on, for example `LOCK_HELD`. */
  readonly error?: { readonly reason: string; readonly message: string };
}
