/** Programs on servers: compiled from sections, sent over one shared connection per server, reported step by step. */

import { readFile } from "node:fs/promises";
import {
  compileProgram,
  createConnectionPool,
  openSshConnection,
  type SshConnectionOptions,
  type ProgramMode,
  type ProgramSection,
  runProgram,
  type ServerReport,
  type SshTarget,
  type StepReport,
} from "@provisioning/extension-sdk";
import type { Redactor } from "@provisioning/model";

export interface ServerTarget extends Omit<SshTarget, "privateKey"> {
  /** Path of the private key. */
  readonly identityFile?: string;
}

export interface ProgramRun {
  readonly mode: ProgramMode;
  readonly sections: readonly ProgramSection[];
  readonly signal: AbortSignal;
  readonly onStep?: (step: StepReport) => void;
  readonly onLog?: (text: string) => void;
}

export interface ServerAccess {
  /** @throws ServerUnreachableError, HostKeyMismatchError, SshAuthenticationError, ConnectionLostError and others; failed steps are in the report */
  run(target: ServerTarget, program: ProgramRun): Promise<ServerReport>;
  /** Programs sent so far, to all servers. */
  readonly roundTrips: number;
  close(): Promise<void>;
}

export interface ServerAccessOptions {
  readonly redactor: Redactor;
  readonly secrets: () => readonly string[];
  /** How long to wait for another program on the same server. Default: as long as an installation may take. */
  readonly lockWaitSeconds?: number;
  /** What runs the scripts of steps there. Default: `sh`. */
  readonly scriptRunner?: string;
  /** Default: those of connections. */
  readonly connection?: Pick<SshConnectionOptions, "connectTimeoutMs" | "keepaliveMs">;
  /** How long an unused connection stays open. Default: that of the pool. */
  readonly idleMs?: number;
}

export function createServerAccess(options: ServerAccessOptions): ServerAccess {
  const { redactor, secrets, lockWaitSeconds, scriptRunner, connection: limits, idleMs } = options;
  const pool = createConnectionPool(idleMs === undefined ? {} : { idleMs });
  const given = {
    ...(lockWaitSeconds === undefined ? {} : { lockWaitSeconds }),
    ...(scriptRunner === undefined ? {} : { scriptRunner }),
  };
  let roundTrips = 0;
  return {
    get roundTrips() {
      return roundTrips;
    },
    run({ identityFile, ...target }, program) {
      const text = compileProgram({ mode: program.mode, sections: program.sections, secrets: secrets(), ...given });
      const open = async () => {
        const privateKey = identityFile === undefined ? {} : { privateKey: await readFile(identityFile) };
        return openSshConnection({ ...target, ...privateKey }, { ...limits, signal: program.signal });
      };
      return pool.use(JSON.stringify([target, identityFile]), open, (connection) => {
        roundTrips += 1;
        return runProgram(connection, text, {
          redactor,
          signal: program.signal,
          ...(program.onStep === undefined ? {} : { onStep: program.onStep }),
          ...(program.onLog === undefined ? {} : { onLog: program.onLog }),
        });
      });
    },
    close: () => pool.close(),
  };
}
