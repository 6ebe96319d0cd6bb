/** All commands, by domain: the one table that routing, help, shortcuts, completion and the reference read. */

import type { Domain } from "../command/command.js";
import { batchGroup } from "./batch.js";
import { infraGroup, providerGroup } from "./catalog.js";
import { configGroup } from "./config.js";
import { generateGroup, templateGroup } from "./generate.js";
import { applyCommand, clusterGroup, driftCommand, healthCommand, planGroup } from "./infra.js";
import { kclGroup } from "./kcl.js";
import { dashboardGroup, lockGroup, logsGroup } from "./lock.js";
import { doctorCommand } from "./machine.js";
import { orchestratorGroup } from "./orchestrator.js";
import { serverGroup } from "./server.js";
import { sopsCommand } from "./sops.js";
import { graphGroup, stateGroup } from "./state.js";
import { storageGroup } from "./storage.js";
import { taskservGroup } from "./taskserv.js";
import { traceCommand } from "./trace.js";
import {
  commandsCommand,
  completionsGroup,
  explainCommand,
  guideCommand,
  quickReferenceCommand,
  schemaCommand,
  shortcutsCommand,
} from "./utilities.js";
import { versionGroup } from "./version.js";
import { whyCommand, workflowGroup } from "./workflow.js";
import { workspaceGroup } from "./workspace.js";

export const DOMAINS: readonly Domain[] = [
  {
    name: "infrastructure",
    brief: "What there is, and what would change",
    entries: [
      planGroup,
      applyCommand,
      driftCommand,
      healthCommand,
      infraGroup,
      clusterGroup,
      serverGroup,
      taskservGroup,
      providerGroup,
      stateGroup,
      graphGroup,
    ],
  },
  {
    name: "orchestration",
    brief: "Workflows, their runs, and the service that carries them out",
    entries: [batchGroup, workflowGroup, orchestratorGroup, logsGroup, lockGroup, whyCommand, traceCommand, dashboardGroup],
  },
  { name: "development", brief: "Writing definitions and extensions", entries: [kclGroup, templateGroup] },
  { name: "workspace", brief: "The folders that all of it lives in", entries: [workspaceGroup] },
  { name: "configuration", brief: "Settings and where they come from", entries: [configGroup, sopsCommand, storageGroup] },
  {
    name: "utilities",
    brief: "This machine, this program, and help",
    entries: [
      quickReferenceCommand,
      guideCommand,
      shortcutsCommand,
      commandsCommand,
      explainCommand,
      schemaCommand,
      completionsGroup,
      doctorCommand,
      versionGroup,
    ],
  },
  { name: "generation", brief: "New things from templates", entries: [generateGroup] },
];
