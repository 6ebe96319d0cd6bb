/** What commands had a service do: a line before and a line after, in a file beside the logs of the tasks. */

import { appendFile, mkdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Rotation } from "@provisioning/config";
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

/** What the configuration says of its size. */
export type CommandLogLimits = Pick<Rotation, "maxBytes" | "keep">;

/** No limit can be smaller: as long as the log is, nobody asks for it. */
const LEAST_BYTES = 1024 * 1024;

/** `limits`: asked for when the log may be too large; what is wrong with them puts nothing aside. */
export function commandLog(
  runtimeDir: string,
  { traceId, command, now }: CommandLine,
  limits: () => Promise<CommandLogLimits>,
): CommandLog {
  const file = commandLogFile(runtimeDir);
  const write = async (at: number, level: string, message: string, facts: object): Promise<void> => {
    const line = { time: new Date(at).toISOString(), level, trace_id: traceId, pid: process.pid, message, ...facts };
    await appendFile(file, `${JSON.stringify(line)}\n`, { mode: 0o600 }).catch(() => {});
  };
  return {
    async around(action, ask) {
      const began = now();
      const seconds = () => (now() - began) / 1000;
      const noting = prepare(file, limits).then(() => write(began, "info", "command", { action, command }));
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

async function prepare(file: string, limits: () => Promise<CommandLogLimits>): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 }).catch(() => {});
  const { size = 0 } = (await stat(file).catch(() => undefined)) ?? {};
  if (size > LEAST_BYTES) await keepSmall(file, limits).catch(() => {});
}

/** One command at a time: a second one would put aside what the first has just begun. */
async function keepSmall(file: string, limits: () => Promise<CommandLogLimits>): Promise<void> {
  const { putAside, tryLockFile } = await import("@provisioning/config");
  const rotation = { file, ...(await limits()) };
  const unlock = await tryLockFile(`${file}.lock`);
  if (unlock === undefined) return;
  await putAside(rotation).finally(unlock);
}
