/** Taskservs: installed, checked and removed by a program that runs on their server. */

import { requireSteps, type ServerReport, type Step } from "@provisioning/extension-sdk";
import {
  type Address,
  invariant,
  isJsonObject,
  type Json,
  parseAddress,
  type ServerName,
  serverAddress,
  type TaskservName,
  textOf,
} from "@provisioning/model";
import type { OperationContext } from "@provisioning/workflow";
import type { DesiredServer } from "../desired/desired.js";
import { connectionTarget } from "../servers/connection-target.js";
import { PeersMissingError, ServerNotReadyError, TaskservFailedError } from "../servers/errors.js";
import { sectionFor, type TitledSection, titleOf } from "../servers/section.js";
import { secretDigests } from "../servers/secret-digests.js";
import { missingPeers } from "../servers/taskserv-input.js";
import type { ProgramRun } from "../servers/server-access.js";
import type { InfraSession } from "../session.js";
import { nothingToUndo, undoCreation } from "./compensation.js";
import type { ActionHandlers, HandlerEvents } from "./handlers.js";
import { recorded } from "./inspection.js";
import { subjectOf } from "./subject.js";

export function taskservHandlers(session: InfraSession, events: HandlerEvents): ActionHandlers {
  return {
    "taskserv.install": {
      execute: (context) => install(session, events, context),
      compensate: undoCreation((context) => remove(session, events, context)),
      undoesHalves: true,
      inspect: (context) => Promise.resolve(recorded(session, context.operation.address)),
    },
    "taskserv.health": { execute: (context) => checkHealth(session, events, context), ...nothingToUndo },
    "taskserv.remove": { execute: (context) => remove(session, events, context) },
  };
}

async function install(session: InfraSession, events: HandlerEvents, context: OperationContext): Promise<Json> {
  const { server, taskserv } = placeOf(context.operation.address);
  const subject = subjectOf(session, context.operation.address);
  const missing = session.catalog.get(taskserv)?.manifest.clustered ? missingPeers(session, taskserv) : [];
  if (missing.length > 0) throw new PeersMissingError(taskserv, server, missing);
  const section = await sectionFor(session, serverFor(session, server), taskserv, { purpose: "act" });
  await session.records.markChanging(subject, context.run.id);
  // Health is an operation of its own: a member of a cluster is not healthy before its peers are there.
  const asked = { ...section, steps: [...section.steps, ...softwareSteps(session, taskserv)], health: [] };
  const report = await runOn(session, events, context, "apply", asked);
  await failOn(session, context, section, report);
  const told = Object.fromEntries(report.outputs.filter((output) => !output.secret).map((output) => [output.name, output.value]));
  const { [SOFTWARE]: software = "", ...outputs } = told;
  const secrets = await secretDigests(session, subject.spec);
  await session.records.markReady(
    subject,
    {
      outputs,
      digest: section.digest,
      secrets,
      ...(software === "" ? {} : { software }),
    },
    context.run.id,
  );
  return { changed: report.steps.filter((step) => step.status === "changed").length };
}

/** Not a name that a taskserv could give. */
const SOFTWARE = "provisioning_software";

/** Reports the version of the package that a taskserv stands for, where its manifest says which; nothing where it is not installed. */
function softwareSteps(session: InfraSession, taskserv: TaskservName): readonly Step[] {
  const source = session.catalog.get(taskserv)?.manifest.updateSource;
  if (source?.type !== "apt") return [];
  const command = ["sh", "-c", 'dpkg-query -W -f "\\${Version}" "$0" 2>/dev/null || :', source.location];
  const step = { kind: "output", id: "software-version", title: "Report its version", name: SOFTWARE, command };
  return requireSteps([step], { taskserv, list: "install" });
}

async function checkHealth(session: InfraSession, events: HandlerEvents, context: OperationContext): Promise<Json> {
  const { server, taskserv } = placeOf(context.operation.address);
  const section = await sectionFor(session, serverFor(session, server), taskserv, { purpose: "act" });
  const report = await runOn(session, events, context, "health", section);
  await failOn(session, context, section, report);
  const record = session.records.get(context.operation.address);
  if (record?.status === "failed") await session.records.markReady(record, record.attributes, context.run.id);
  return { checks: report.health.length };
}

/** What is no longer in the definition is removed by the taskserv's own steps, with the configuration it was installed with. */
async function remove(session: InfraSession, events: HandlerEvents, context: OperationContext): Promise<null> {
  const { server, taskserv } = placeOf(context.operation.address);
  const recorded = session.records.get(context.operation.address)?.spec.config;
  const config = isJsonObject(recorded) ? recorded : {};
  const section = await sectionFor(session, serverFor(session, server), taskserv, { purpose: "act", steps: "remove", config });
  const report = await runOn(session, events, context, "remove", section);
  await failOn(session, context, section, report);
  await session.records.remove([context.operation.address]);
  return null;
}

/** Records the failure and throws it. @throws TaskservFailedError */
async function failOn(
  session: InfraSession,
  context: OperationContext,
  section: TitledSection,
  report: ServerReport,
): Promise<void> {
  const failed = [...report.steps, ...report.health].find((item) => item.status === "failed");
  if (failed === undefined) return;
  await session.records.markFailed(subjectOf(session, context.operation.address), context.run.id);
  throw new TaskservFailedError(placeOf(context.operation.address), section, failed, report);
}

async function runOn(
  session: InfraSession,
  events: HandlerEvents,
  context: OperationContext,
  mode: ProgramRun["mode"],
  section: TitledSection,
): Promise<ServerReport> {
  const { server } = placeOf(context.operation.address);
  const attributes = session.records.get(serverAddress(server))?.attributes;
  if (attributes === undefined || !isJsonObject(attributes.addresses)) throw new ServerNotReadyError(server);
  try {
    return await session.servers.run(connectionTarget(attributes), {
      mode,
      sections: [section],
      signal: context.signal,
      onStep: (step) => events.step(context.operation.id, step, titleOf(section, step.step)),
      onLog: (text) => events.progress(context.operation.id, text),
    });
  } catch (error) {
    // What was cut short stays "changing": the next run looks. Everything else is over, and nothing may look as if it still went on.
    if (mode === "apply" && !context.signal.aborted) {
      await session.records.markFailed(subjectOf(session, context.operation.address), context.run.id);
    }
    throw error;
  }
}

/** A server that is not in the definition any more is described by what was recorded. */
function serverFor(session: InfraSession, name: ServerName): DesiredServer {
  const desired = session.desired.servers.find((item) => item.name === name);
  if (desired !== undefined) return desired;
  const record = session.records.get(serverAddress(name));
  invariant(record !== undefined, `server ${name} is neither desired nor recorded`);
  return {
    name,
    address: record.address,
    provider: record.provider,
    plan: textOf(record.spec.plan),
    protect: false,
    taskservs: [],
  };
}

function placeOf(address: Address): { readonly server: ServerName; readonly taskserv: TaskservName } {
  const parsed = parseAddress(address);
  invariant(parsed.kind === "taskserv", `${address} is not a taskserv`);
  return parsed;
}
