/** What every action is given: where the platform is, who asks from where, and how to tell what happens. */

import type { StepReport } from "@provisioning/extension-sdk";
import type { Clock, InfraName, OperationId, Plan, RunEvent, RunId } from "@provisioning/model";
import type { SwitchableStorage } from "@provisioning/storage";
import type { SlotPool } from "@provisioning/workflow";
import type { PlatformLayout } from "@provisioning/workspace";
import type { InfraTurns } from "./run/infra-turns.js";

export interface ActionContext {
  readonly platform: PlatformLayout;
  /** For `version` and for the records of a run. */
  readonly platformVersion: string;
  readonly clock: Clock;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly currentDir: string;
  /** A workspace's name or path; absent: found from the current folder or the registry. */
  readonly workspace?: string;
  /** Told the folder of the workspace that is worked in, perhaps more than once. Absent: nobody keeps when it was. */
  readonly workspaceUsed?: (root: string) => void;
  /** The environment whose layer of the configuration applies. Absent: `PROVISIONING_ENV`, or what the configuration says. */
  readonly env?: string;
  /** Configuration values that flags give. */
  readonly flags: Readonly<Record<string, unknown>>;
  /** Everything that is piped in, as text, also for whoever asks again. Absent: there is nothing to read from. */
  readonly readInput?: () => Promise<string>;
  /** What this process has open and shares among all actions. Absent: each action opens the storage and closes it. */
  readonly storage?: SwitchableStorage;
  /** Asked first, of what is not `isLocalAction`. */
  readonly askService?: AskService;
  /** Told what happens in a service that was asked. Once it is true nothing more is waited for, and there is no answer. */
  readonly leaveWhen?: (event: ActionEvent) => boolean;
  /** Of a process that serves others. Absent: this is one command, which carries out what it was asked for and ends. */
  readonly service?: ServiceContext;
  /** For people: who runs this command. */
  readonly holder: string;
  /** 32 hex digits that what is done because of one request has in common: log lines, the labels of runs. */
  readonly traceId?: string;
  /** A line for the standard output of this process, of workflows that log there. Absent: something else is printed there. */
  readonly log?: (line: string) => void;
  /** Whatever is reported goes into the log of a workflow already. */
  readonly isLogged?: boolean;
  /** The command as it was typed: whoever has to wait for it is shown it. */
  readonly command: string;
  /** Aborts: stop at once. */
  readonly signal: AbortSignal;
  /** Aborts: finish what is under way, start nothing more. */
  readonly drain: AbortSignal;
  readonly report: (event: ActionEvent) => void;
  /** Asked with the plan before anything changes. */
  readonly confirm: (plan: Plan) => Promise<boolean>;
}

/** What a running service answers; absent when there is none. `input` is made when there is somebody to send it to. */
export type AskService = (
  action: string,
  input: () => Promise<unknown>,
  leaveWhen?: ActionContext["leaveWhen"],
) => Promise<{ readonly answer: unknown } | undefined>;

export interface ServiceContext {
  /** The limits of providers and servers, shared by everything that this process carries out. */
  readonly slots: SlotPool;
  /** The task because of which an action is done. Absent: it is answered at once. */
  readonly request?: RunId;
  /** Changes of infras that this process does, one after the other. */
  readonly turns: InfraTurns;
  /** Called when something of a run begins to wait for its turn; what it gives is called when that is over. Others may be worked on meanwhile. */
  readonly waits: (run: RunId) => () => void;
  /** Whoever works here has the right to change this infra already. */
  readonly holds?: InfraName;
  /** Aborts when the process ends: what runs is left for whoever comes next, as it is. */
  readonly release: AbortSignal;
}

/** An operation of a run that begins. */
export interface AnnouncedOperation {
  readonly id: OperationId;
  readonly title: string;
  readonly dependsOn?: readonly OperationId[];
  /** How long it takes as a rule; absent when it was never done before. */
  readonly usualMs?: number;
}

/** What happens while an action works, for whoever watches. Everything in it is redacted. */
export type ActionEvent =
  /** A part of the work begins: "look at 3 servers". */
  | { readonly type: "phase"; readonly title: string }
  | { readonly type: "planned"; readonly plan: Plan }
  | {
      readonly type: "runStarted";
      readonly runId: RunId;
      readonly operations: readonly AnnouncedOperation[];
      readonly resumed: boolean;
      /** Somebody else works on it. */
      readonly isWatched?: boolean;
      /** Whoever waited this long may have gone away, and is told the end: `notifications.after`. */
      readonly longAfterMs: number;
    }
  | { readonly type: "run"; readonly event: RunEvent }
  /** Passing: what an operation is doing right now. */
  | { readonly type: "progress"; readonly operation: OperationId; readonly text: string }
  | { readonly type: "step"; readonly operation: OperationId; readonly step: StepReport; readonly title: string }
  | { readonly type: "note"; readonly text: string }
  | { readonly type: "warning"; readonly text: string };
