/** The command table: routes, briefs and flags. What a command does is loaded when it runs. */

import { type Application, buildApplication, buildRouteMap } from "@stricli/core";
import type { CliContext } from "./cli-context.js";
import { batchRoutes } from "./commands/batch.js";
import { applyCommand, clusterRoutes, driftCommand, healthCommand, planCommand } from "./commands/infra.js";
import { kclRoutes } from "./commands/kcl.js";
import { doctorCommand, versionCommand } from "./commands/machine.js";
import { orchestratorRoutes } from "./commands/orchestrator.js";
import { serverRoutes } from "./commands/server.js";
import { graphRoutes, stateRoutes } from "./commands/state.js";
import { storageRoutes } from "./commands/storage.js";
import { taskservRoutes } from "./commands/taskserv.js";
import { traceCommand } from "./commands/trace.js";
import { whyCommand, workflowRoutes } from "./commands/workflow.js";
import { workspaceRoutes } from "./commands/workspace.js";
import { EXIT } from "./exit-codes.js";

export function createApp(version: string): Application<CliContext> {
  const routes = buildRouteMap({
    routes: {
      plan: planCommand,
      apply: applyCommand,
      drift: driftCommand,
      "health-check": healthCommand,
      server: serverRoutes,
      taskserv: taskservRoutes,
      cluster: clusterRoutes,
      workspace: workspaceRoutes,
      workflow: workflowRoutes,
      batch: batchRoutes,
      orchestrator: orchestratorRoutes,
      why: whyCommand,
      trace: traceCommand,
      state: stateRoutes,
      storage: storageRoutes,
      graph: graphRoutes,
      kcl: kclRoutes,
      doctor: doctorCommand,
      version: versionCommand,
    },
    aliases: { s: "server", t: "taskserv", ws: "workspace", cl: "cluster", wf: "workflow", bat: "batch", o: "orchestrator" },
    docs: {
      brief: "Servers, the services on them and whole clusters, described in KCL",
      fullDescription:
        "Describe servers and services in infra/<name>/*.k, look at what would change, and make it so.\n\n" +
        "  provisioning workspace init shop      make a workspace\n" +
        "  provisioning plan                     show what would change\n" +
        "  provisioning apply                    make it so\n" +
        "  provisioning cluster status           what runs, and how to reach it",
    },
  });
  return buildApplication(routes, {
    name: "provisioning",
    versionInfo: { currentVersion: version },
    scanner: { caseStyle: "allow-kebab-for-camel", allowArgumentEscapeSequence: true },
    documentation: { caseStyle: "convert-camel-to-kebab", useAliasInUsageLine: true },
    determineExitCode: () => EXIT.failure,
  });
}
