/**
 * Real servers on which the taskservs of this folder are tried. A trial compiles a taskserv as the platform does (KCL, templates, steps)
 * with the addresses of its servers, and runs the program over SSH.
 */

import { fileURLToPath } from "node:url";
import { createTemplateRenderer } from "@provisioning/config";
import {
  type CompiledTaskserv,
  type Connection,
  compileProgram,
  installSection,
  type ProgramMode,
  removeSection,
  runProgram,
  type ServerReport,
} from "@provisioning/extension-sdk";
import { startTestServer, type TestServer } from "@provisioning/extension-sdk/testing";
import { type JsonObject, type TaskservName, taskservName } from "@provisioning/model";
import { createTaskservCompiler, loadTaskservCatalog, type TaskservCatalog } from "@provisioning/workspace";

const EXTENSIONS = fileURLToPath(new URL("../../", import.meta.url));
const KCL = fileURLToPath(new URL("../../../kcl/", import.meta.url));

export interface TrialServerSpec {
  readonly name: string;
  /** What it carries, for taskservs that look for each other. */
  readonly taskservs: readonly string[];
}

interface TrialServer extends TrialServerSpec {
  readonly machine: TestServer;
  readonly connection: Connection;
}

export interface Trial {
  readonly catalog: TaskservCatalog;
  compile(taskserv: string, server: string, config?: JsonObject): Promise<CompiledTaskserv>;
  /** Compiles a taskserv for a server and runs it there. */
  run(mode: ProgramMode, taskserv: string, server: string, options?: TrialRunOptions): Promise<ServerReport>;
  /** Installs what a taskserv requires, with default configurations. @throws Error when a step fails */
  prepare(taskserv: string, server: string): Promise<void>;
  connection(server: string): Connection;
  machine(server: string): TestServer;
  close(): Promise<void>;
}

export interface TrialRunOptions {
  readonly config?: JsonObject;
  readonly secrets?: readonly string[];
  /** Health is checked apart, after all members of a cluster are there. */
  readonly withoutHealth?: boolean;
}

export async function openTrial(specs: readonly TrialServerSpec[]): Promise<Trial> {
  const catalog = await loadTaskservCatalog([EXTENSIONS]);
  const compiler = createTaskservCompiler(KCL, await createTemplateRenderer());
  const servers = await Promise.all(specs.map(startServer));
  const serverOf = (name: string): TrialServer => {
    const server = servers.find((item) => item.name === name);
    if (server === undefined) throw new Error(`the trial has no server ${name}`);
    return server;
  };
  const compile: Trial["compile"] = (taskserv, server, config = {}) => {
    const extension = catalog.get(taskservName(taskserv));
    if (extension === undefined) throw new Error(`there is no taskserv ${taskserv}`);
    return compiler.compile(extension, {
      config,
      facts: {},
      server: describeServer(serverOf(server)),
      infra: { name: "trial", servers: servers.map(describeServer) },
      peers: servers
        .filter((item) => item.taskservs.includes(taskserv))
        .map((item) => ({ ...describeServer(item), outputs: {} })),
    });
  };
  return {
    catalog,
    compile,
    async run(mode, taskserv, server, { config, secrets = [], withoutHealth = false } = {}) {
      const compiled = await compile(taskserv, server, config);
      const section = mode === "remove" ? removeSection(compiled) : installSection(compiled);
      const sections = [withoutHealth ? { ...section, health: [] } : section];
      return runProgram(serverOf(server).connection, compileProgram({ mode, sections, secrets }));
    },
    async prepare(taskserv, server) {
      const required = requirementsOf(catalog, taskserv);
      if (required.length === 0) return;
      const sections = (await Promise.all(required.map((name) => compile(name, server)))).map(installSection);
      const report = await runProgram(serverOf(server).connection, compileProgram({ mode: "apply", sections }));
      const problems = complaints(report);
      if (problems.length > 0) throw new Error(`requirements of ${taskserv}: ${problems.join("\n")}`);
    },
    connection: (server) => serverOf(server).connection,
    machine: (server) => serverOf(server).machine,
    async close() {
      await Promise.all(
        servers.map(async ({ connection, machine }) => {
          await connection.close();
          await machine.remove();
        }),
      );
    },
  };
}

/** Steps and checks that did not go well, as texts that a test failure shows. */
export function complaints(report: ServerReport): string[] {
  return [
    ...report.steps.filter((step) => step.status === "failed").map((step) => `${step.step}: ${step.reason} ${step.output ?? ""}`),
    ...report.health
      .filter((check) => check.status === "failed")
      .map((check) => `${check.check}: ${check.reason} ${check.output ?? ""}`),
  ];
}

/** Ids of the steps that changed something or would. */
export function touched(report: ServerReport): string[] {
  return report.steps.filter((step) => step.status === "changed" || step.status === "would_change").map((step) => step.step);
}

async function startServer(spec: TrialServerSpec): Promise<TrialServer> {
  const machine = await startTestServer();
  return { ...spec, machine, connection: await machine.connect() };
}

function describeServer({ name, taskservs, machine }: TrialServer): JsonObject {
  return { name, role: null, plan: "small", address: machine.address, taskservs };
}

/** Everything a taskserv needs, what is needed first in front. */
function requirementsOf(catalog: TaskservCatalog, taskserv: string): string[] {
  const order: string[] = [];
  const visit = (name: TaskservName): void => {
    for (const required of catalog.get(name)?.manifest.requires ?? []) {
      visit(taskservName(required));
      if (!order.includes(required)) order.push(required);
    }
  };
  visit(taskservName(taskserv));
  return order;
}
