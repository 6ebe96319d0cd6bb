/** What commands had a service do: a line before and a line after, in a file beside the logs of the tasks. */

import { appendFile, mkdir, rename, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ProvisioningError } from "@provisioning/model";

export interface CommandLine {
  readonly traceId: string;
  /** As it was typed. */
  readonly command: string;
  readonly now: () => number;
}

export interface CommandLog {
  /** The answer, with both lines written. What cannot be written is left out: a log never stops a command. */
  around<T>(action: string, ask: () => Promise<T>): Promise<T>;
}

/** The file of the runtime folder. */
export function commandLogFile(runtimeDir: string): string {
  return join(runtimeDir, "logs", "commands.ndjson");
}

/** Then a new file begins, and the one before is kept. */
const MOST_BYTES = 5 * 1024 * 1024;

export function commandLog(runtimeDir: string, { traceId, command, now }: CommandLine): CommandLog {
  const file = commandLogFile(runtimeDir);
  const write = async (at: number, level: string, message: string, facts: object): Promise<void> => {
    const line = { time: new Date(at).toISOString(), level, trace_id: traceId, pid: process.pid, message, ...facts };
    await appendFile(file, `${JSON.stringify(line)}\n`, { mode: 0o600 }).catch(() => {});
  };
  return {
    async around(action, ask) {
      const began = now();
      const seconds = () => (now() - began) / 1000;
      const noting = prepare(file).then(() => write(began, "info", "command", { action, command }));
      try {
        const answer = await ask();
        await noting;
        await write(now(), "info", "answered", { action, seconds: seconds() });
        return answer;
      } catch (error) {
        await noting;
        const code = error instanceof ProvisioningError ? error.code : "UNKNOWN";
        await write(now(), "error", "failed", { action, code, seconds: seconds() });
        throw error;
      }
    },
  };
}

async function prepare(file: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 }).catch(() => {});
  const { size = 0 } = (await stat(file).catch(() => undefined)) ?? {};
  if (size > MOST_BYTES) await rename(file, `${file}.1`).catch(() => {});
}
