/** Commands about the service of a workspace. */

import { buildCommand, buildRouteMap, numberParser } from "@stricli/core";
import type { CliContext } from "../cli-context.js";
import { storageFlags } from "../storage-flags.js";
import { outputAlias, type OutputFlags, outputFlag, workspaceFlags } from "./flags.js";

type Flags = { readonly workspace?: string; readonly debug?: boolean };
export type StartFlags = Flags & {
  readonly background?: boolean;
  readonly port?: number;
  readonly host?: string;
  readonly workers?: number;
  readonly maxQueued?: number;
  readonly provisioningPath?: string;
  readonly logLevel?: "debug" | "info" | "warn" | "error";
};
export type LogsFlags = Flags & { readonly follow?: boolean; readonly lines: number };

const number = { kind: "parsed", parse: numberParser, optional: true, placeholder: "number" } as const;
const onOff = { kind: "boolean", optional: true, withNegated: false } as const;
const text = (value: string): string => value;

export const orchestratorRoutes = buildRouteMap({
  routes: {
    start: buildCommand<StartFlags, [], CliContext>({
      loader: async () => (await import("./orchestrator/start.js")).start,
      parameters: {
        flags: {
          ...workspaceFlags,
          ...storageFlags({ hidden: false }),
          background: { ...onOff, brief: "Come back when it answers, and leave it running" },
          port: { ...number, brief: "Port on this machine; default 8080, 0: any free one" },
          host: {
            kind: "parsed",
            parse: text,
            optional: true,
            placeholder: "address",
            brief: "Loopback address; default 127.0.0.1",
          },
          workers: { ...number, brief: "Runs that are carried out at the same time; default 64" },
          maxQueued: { ...number, brief: "Tasks that may wait or run; default 10000" },
          provisioningPath: {
            kind: "parsed",
            parse: text,
            optional: true,
            placeholder: "folder",
            brief: "Installation of the platform; default: this one",
          },
          logLevel: {
            kind: "enum",
            values: ["debug", "info", "warn", "error"],
            optional: true,
            brief: "What is logged; default info",
          },
        },
        aliases: { b: "background", p: "port" },
      },
      docs: {
        brief: "Start the service of this workspace",
        fullDescription:
          "  provisioning orchestrator start                  in this terminal, until Ctrl-C\n" +
          "  provisioning orchestrator start --background     and come back when it answers\n\n" +
          "While it runs every command of this workspace goes through it.",
      },
    }),
    stop: buildCommand<Flags, [], CliContext>({
      loader: async () => (await import("./orchestrator/stop.js")).stop,
      parameters: { flags: workspaceFlags },
      docs: { brief: "Have the service finish what is under way, and end" },
    }),
    status: buildCommand<Flags & OutputFlags, [], CliContext>({
      loader: async () => (await import("./orchestrator/status.js")).status,
      parameters: { flags: { ...workspaceFlags, ...outputFlag }, aliases: outputAlias },
      docs: { brief: "Show whether the service runs, where, and what it does" },
    }),
    logs: buildCommand<LogsFlags, [], CliContext>({
      loader: async () => (await import("./orchestrator/logs.js")).logs,
      parameters: {
        flags: {
          ...workspaceFlags,
          follow: { ...onOff, brief: "Go on as more is written" },
          lines: { ...number, optional: false, default: "50", brief: "The last so many lines" },
        },
        aliases: { f: "follow", n: "lines" },
      },
      docs: { brief: "Show what the service has logged, when it runs in the background" },
    }),
  },
  docs: { brief: "The service of a workspace: start, stop, status, logs" },
});
