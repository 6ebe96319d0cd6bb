/** What commands had a service do: a line before and a line after, in a file beside the logs of the tasks. */

import { appendFile, rename, stat } from "node:fs/promises";
import { join } from "node:path";
import { ProvisioningError } from "@provisioning/model";

export interface CommandLine {
  readonly traceId: string;
  /** As it was typed. */
  readonly command: string;
  readonly now: () => number;
}

export interface CommandLog {
  /** The answer, with both lines written. What cannot be written is left out: a log never stops a command. */
  around<T>(action: string, asking: Promise<T>): Promise<T>;
}

/** The file of the runtime folder. */
export function commandLogFile(runtimeDir: string): string {
  return join(runtimeDir, "logs", "commands.ndjson");
}

/** Then a new file begins, and the one before is kept. */
const MOST_BYTES = 5 * 1024 * 1024;

export function commandLog(runtimeDir: string, { traceId, command, now }: CommandLine): CommandLog {
  const file = commandLogFile(runtimeDir);
  const write = async (level: string, message: string, facts: object): Promise<void> => {
    const line = { time: new Date(now()).toISOString(), level, trace_id: traceId, pid: process.pid, message, ...facts };
    await appendFile(file, `${JSON.stringify(line)}\n`, { mode: 0o600 }).catch(() => {});
  };
  return {
    async around(action, asking) {
      // Looked at only later; until then nobody else would.
      asking.catch(() => {});
      await turnOver(file);
      const began = now();
      await write("info", "command", { action, command });
      try {
        const answer = await asking;
        await write("info", "answered", { action, seconds: (now() - began) / 1000 });
        return answer;
      } catch (error) {
        const code = error instanceof ProvisioningError ? error.code : "UNKNOWN";
        await write("error", "failed", { action, code, seconds: (now() - began) / 1000 });
        throw error;
      }
    },
  };
}

async function turnOver(file: string): Promise<void> {
  const { size = 0 } = (await stat(file).catch(() => undefined)) ?? {};
  if (size > MOST_BYTES) await rename(file, `${file}.1`).catch(() => {});
}
