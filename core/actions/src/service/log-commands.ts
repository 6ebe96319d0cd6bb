/** How to read the log of a service where it runs: for each of its servers the words of an `ssh` command that asks the system's journal. */

import { ProvisioningError, type TaskservName } from "@provisioning/model";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import type { ActionContext } from "../context.js";
import type { DesiredServer } from "../desired/desired.js";
import { TargetUnknownError } from "../infra/targets.js";
import { sshWords } from "../server/ssh.js";
import { sectionFor } from "../servers/section.js";
import { type InfraSession, openInfraSession } from "../session.js";

export interface LogCommandsInput {
  readonly infra?: string;
  /** A taskserv; all servers that carry it. */
  readonly service: string;
  readonly servers?: readonly string[];
  /** The last so many lines. */
  readonly lines: number;
  /** Go on as more is written. */
  readonly follow: boolean;
}

export interface LogCommand {
  readonly server: string;
  readonly units: readonly string[];
  readonly words: readonly string[];
}

export const logCommands = defineAction<LogCommandsInput, readonly LogCommand[]>({
  name: "service.logCommands",
  cedar: { action: "readServiceLogs", resource: "Server" },
  effect: "read",
  summary: "Gives, for each server of a service, the words of a command that reads its log.",
  input: z.strictObject({
    infra: z.exactOptional(z.string()),
    service: z.string(),
    servers: z.exactOptional(z.array(z.string())),
    lines: z.int().check(z.minimum(0), z.maximum(100_000)),
    follow: z.boolean(),
  }),
  output: z.array(z.strictObject({ server: z.string(), units: z.array(z.string()), words: z.array(z.string()) })),
  run: commands,
});

async function commands(context: ActionContext, input: LogCommandsInput): Promise<readonly LogCommand[]> {
  const journal = ["journalctl", "--no-pager", "-o", "short-iso", "-n", String(input.lines), ...(input.follow ? ["-f"] : [])];
  const session = await openInfraSession(context, { ...input, mode: "read", definition: "use" });
  try {
    const answers: LogCommand[] = [];
    for (const { name, units } of await loggingServers(session, input)) {
      const words = await sshWords(session, name, [...journal, ...units.flatMap((unit) => ["-u", unit])]);
      answers.push({ server: name, units, words });
    }
    return answers;
  } finally {
    await session.close();
  }
}

interface LoggingServer {
  readonly name: string;
  readonly units: readonly string[];
}

async function loggingServers(session: InfraSession, input: LogCommandsInput): Promise<readonly LoggingServer[]> {
  const service = input.service as TaskservName;
  const carriers = session.desired.servers.filter((server) => server.taskservs.includes(service));
  if (carriers.length === 0) {
    const known = [...new Set(session.desired.servers.flatMap((server) => server.taskservs.map(String)))].sort();
    throw new TargetUnknownError("taskserv", input.service, known);
  }
  const chosen = carriers.filter((server) => input.servers === undefined || input.servers.includes(server.name));
  const found = await Promise.all(
    chosen.map(async (server) => ({ name: String(server.name), units: await unitsOf(session, server, service) })),
  );
  const logging = found.filter(({ units }) => units.length > 0);
  if (logging.length === 0) throw noUnits(input.service);
  return logging;
}

/** The services that its steps start. */
async function unitsOf(session: InfraSession, server: DesiredServer, taskserv: TaskservName): Promise<string[]> {
  const { steps } = await sectionFor(session, server, taskserv, { purpose: "plan" });
  return [...new Set(steps.flatMap((step) => (step.kind === "service" ? [step.name] : [])))];
}

function noUnits(service: string): ProvisioningError {
  return new ProvisioningError({
    code: "SERVICE_NO_LOG",
    message: `${service} starts no service of the system, so it has no log of its own.`,
    hint: "What was done when it was installed: provisioning workflow logs last",
  });
}
