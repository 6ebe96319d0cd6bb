/** Every action by its name. One line for each; its code is loaded when it is asked for. */

export const actionTable = {
  "catalog.list": async () => (await import("./catalog/list.js")).listCatalog,
  "infra.apply": async () => (await import("./infra/apply.js")).applyInfra,
  "infra.destroy": async () => (await import("./infra/destroy.js")).destroyInfra,
  "infra.drift": async () => (await import("./infra/drift.js")).driftOfInfra,
  "infra.health": async () => (await import("./infra/health.js")).checkHealth,
  "infra.plan": async () => (await import("./infra/plan.js")).planInfra,
  "infra.planRemoval": async () => (await import("./infra/plan-removal.js")).planRemoval,
  "infra.status": async () => (await import("./infra/status.js")).infraStatus,
  "kcl.document": async () => (await import("./kcl/document.js")).documentKcl,
  "kcl.format": async () => (await import("./kcl/format.js")).formatKcl,
  "kcl.lint": async () => (await import("./kcl/lint.js")).lintKcl,
  "kcl.run": async () => (await import("./kcl/run.js")).runKcl,
  "kcl.test": async () => (await import("./kcl/test.js")).testKcl,
  "kcl.vet": async () => (await import("./kcl/vet.js")).vetKcl,
  "machine.examine": async () => (await import("./machine/examine.js")).examineMachine,
  "machine.fix": async () => (await import("./machine/fix.js")).fixMachine,
  "run.list": async () => (await import("./run/list.js")).listRuns,
  "run.show": async () => (await import("./run/show.js")).showRun,
  "server.ssh": async () => (await import("./server/ssh.js")).sshCommand,
  "workspace.create": async () => (await import("./workspace/create.js")).createWorkspace,
  "workspace.current": async () => (await import("./workspace/current.js")).currentWorkspace,
  "workspace.forget": async () => (await import("./workspace/forget.js")).forgetWorkspace,
  "workspace.list": async () => (await import("./workspace/list.js")).listWorkspaces,
  "workspace.switch": async () => (await import("./workspace/switch.js")).switchWorkspace,
} as const;

export type ActionName = keyof typeof actionTable;
