/** How to read the log of a service where it runs: for each of its servers the words of an `ssh` command that asks the system's journal. */

import { ProvisioningError, type TaskservName } from "@provisioning/model";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import type { ActionContext } from "../context.js";
import type { DesiredServer } from "../desired/desired.js";
import { TargetUnknownError } from "../infra/targets.js";
import { sshCommand } from "../server/ssh.js";
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
  const found = await unitsByServer(context, input);
  const journal = ["journalctl", "--no-pager", "-o", "short-iso", "-n", String(input.lines), ...(input.follow ? ["-f"] : [])];
  const answers: LogCommand[] = [];
  for (const { server, units } of found) {
    const command = [...journal, ...units.flatMap((unit) => ["-u", unit])];
    const infra = input.infra === undefined ? {} : { infra: input.infra };
    answers.push({ server, units, words: await sshCommand.run(context, { ...infra, server, command }) });
  }
  return answers;
}

type Units = Omit<LogCommand, "words">;

async function unitsByServer(context: ActionContext, input: LogCommandsInput): Promise<readonly Units[]> {
  const session = await openInfraSession(context, { ...input, mode: "read", definition: "use" });
  try {
    const name = input.service as TaskservName;
    const carriers = session.desired.servers.filter((server) => server.taskservs.includes(name));
    if (carriers.length === 0) {
      const known = [...new Set(session.desired.servers.flatMap((server) => server.taskservs.map(String)))].sort();
      throw new TargetUnknownError("taskserv", input.service, known);
    }
    const chosen = carriers.filter((server) => input.servers === undefined || input.servers.includes(server.name));
    const found = await Promise.all(
      chosen.map(async (server) => ({ server: server.name, units: await unitsOf(session, server, name) })),
    );
    const logging = found.filter(({ units }) => units.length > 0);
    if (logging.length === 0) throw noUnits(input.service);
    return logging;
  } finally {
    await session.close();
  }
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
