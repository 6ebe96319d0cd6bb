/** Commands on taskservs: the services on servers. */

import { command, group } from "../command/command.js";
import { taskservSchemaCommand } from "./catalog.js";
import {
  argument,
  namesFlag,
  onOff,
  positional,
  type ReadFlags,
  readFlags,
  readLetters,
  several,
  type WriteFlags,
  writeFlags,
  writeLetters,
} from "./flags.js";

type TaskservFlags = WriteFlags & { readonly servers?: readonly string[] };

const changeParameters = {
  flags: { ...writeFlags, servers: namesFlag("Only on these servers, separated by commas") },
  aliases: writeLetters,
  positional: several("taskserv", "Names of taskservs", 1),
} as const;

export const taskservGroup = group({
  name: "taskserv",
  aliases: ["t", "ts", "taskservs"],
  brief: "Taskservs: the services on servers",
  commands: [
    command<TaskservFlags, string[]>({
      name: "create",
      aliases: ["c", "install"],
      brief: "Install taskservs with what they require",
      examples: [
        ["taskserv create redis --check", "show what would be installed"],
        ["taskserv create redis nginx --servers web-01", "two of them, on one server"],
      ],
      loader: async () => (await import("./taskserv/change.js")).createTaskservs,
      parameters: changeParameters,
      result: "infra.apply",
    }),
    command<TaskservFlags, string[]>({
      name: "update",
      aliases: ["u"],
      brief: "Bring taskservs that are installed to what is described",
      examples: [
        ["taskserv update nginx --check", "show what would change"],
        ["taskserv update nginx", "on all servers that have it"],
      ],
      loader: async () => (await import("./taskserv/change.js")).updateTaskservs,
      parameters: changeParameters,
      result: "infra.apply",
    }),
    command<TaskservFlags, string[]>({
      name: "delete",
      aliases: ["rm", "d"],
      brief: "Remove taskservs from their servers",
      examples: [
        ["taskserv delete redis --check", "show what would be removed"],
        ["taskserv delete redis --servers web-01", "from one server"],
      ],
      loader: async () => (await import("./taskserv/change.js")).deleteTaskservs,
      parameters: changeParameters,
      result: "infra.destroy",
    }),
    command<ReadFlags & { readonly all?: boolean }>({
      name: "list",
      aliases: ["ls", "l"],
      brief: "List what is installed, or with --all what could be",
      examples: [
        ["taskserv list", "what is installed, and where"],
        ["taskserv list --all", "what can be installed"],
      ],
      loader: async () => (await import("./taskserv/list.js")).listTaskservs,
      parameters: { flags: { ...readFlags, all: onOff("All that could be installed") }, aliases: readLetters },
      result: { action: "infra.status", version: 1, part: "servers[].taskservs" },
    }),
    command<ReadFlags, [string]>({
      name: "status",
      aliases: ["st"],
      brief: "Show one taskserv on its servers, and check its health",
      examples: [["taskserv status redis", "on all servers that have it"]],
      loader: async () => (await import("./taskserv/show.js")).taskservStatus,
      parameters: { flags: readFlags, aliases: readLetters, positional: positional(argument("taskserv", "Name of a taskserv")) },
      result: "infra.health",
    }),
    taskservSchemaCommand,
  ],
});
