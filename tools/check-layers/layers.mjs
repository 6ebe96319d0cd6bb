/** Which package may import which, and which parts are pure. The one place where the architecture's import table is written as code. */

export const MAY_IMPORT = {
  "core/model": [],
  "core/kcl-lang": [],
  "core/config": ["core/model"],
  "core/security": ["core/model"],
  "core/storage": ["core/model"],
  "core/planner": ["core/model"],
  "core/workflow": ["core/model", "core/storage", "core/planner"],
  "core/extension-sdk": ["core/model"],
  "core/workspace": ["core/model", "core/config", "core/kcl-lang", "core/extension-sdk"],
  "core/actions": [
    "core/model",
    "core/kcl-lang",
    "core/config",
    "core/security",
    "core/storage",
    "core/planner",
    "core/workflow",
    "core/extension-sdk",
    "core/workspace",
  ],
  "core/api": ["core/model"],
  "core/cli": ["core/actions", "core/api", "core/config", "core/model"],
  "platform/orchestrator": ["core/actions", "core/api", "core/config", "core/model", "core/storage", "core/workflow"],
  "extensions/providers/local": ["core/extension-sdk", "core/model"],
};

/** No clock, no files, no network: decisions only. Patterns of paths from the root. */
export const PURE_ZONES = [
  "^core/planner/src/",
  "^core/workflow/src/(transition|operation-transition|ready|retry)\\.ts$",
  "^core/model/src/(address|names|plan|run|json)\\.ts$",
];

/** Files that run in a browser too. */
export const PORTABLE_ZONES = ["^core/kcl-lang/src/(?!node-host|conformance|testing)"];
