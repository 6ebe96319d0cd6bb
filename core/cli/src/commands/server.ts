/** Commands on servers. */

import { command, group } from "../command/command.js";
import {
  argument,
  type InfraFlags,
  infraFlag,
  placeLetters,
  positional,
  type ReadFlags,
  readFlags,
  readLetters,
  several,
  workspaceFlags,
  type WriteFlags,
  writeFlags,
  writeLetters,
} from "./flags.js";

export const serverGroup = group({
  name: "server",
  aliases: ["s", "srv", "servers"],
  brief: "Servers: containers, machines, cloud instances",
  commands: [
    command<WriteFlags, string[]>({
      name: "create",
      aliases: ["c"],
      brief: "Make servers and what runs on them; all when none is named",
      examples: [
        ["server create --check", "show what would be made"],
        ["server create web-01 --yes", "one server, without asking"],
        ["server create --plan large", "all of them, of this size"],
      ],
      loader: async () => (await import("./server/change.js")).createServers,
      parameters: { flags: writeFlags, aliases: writeLetters, positional: several("server", "Names of servers") },
      result: "infra.apply",
    }),
    command<WriteFlags, string[]>({
      name: "update",
      aliases: ["u"],
      brief: "Bring servers that exist to what is described; all when none is named",
      examples: [
        ["server update --check", "show what would change"],
        ["server update web-01", "one server"],
      ],
      loader: async () => (await import("./server/change.js")).updateServers,
      parameters: { flags: writeFlags, aliases: writeLetters, positional: several("server", "Names of servers") },
      result: "infra.apply",
    }),
    command<WriteFlags, string[]>({
      name: "delete",
      aliases: ["rm", "d"],
      brief: "Remove servers",
      examples: [
        ["server delete web-02 --check", "show what would be removed"],
        ["server delete web-02", "ask, and remove it"],
      ],
      loader: async () => (await import("./server/change.js")).deleteServers,
      parameters: { flags: writeFlags, aliases: writeLetters, positional: several("server", "Names of servers", 1) },
      result: "infra.destroy",
    }),
    command<ReadFlags>({
      name: "list",
      aliases: ["ls", "l"],
      shortcuts: ["ls"],
      brief: "List servers",
      examples: [
        ["server list", "those that exist"],
        ["server list -o json", "for a program"],
      ],
      loader: async () => (await import("./server/show.js")).listServers,
      parameters: { flags: readFlags, aliases: readLetters },
      result: { action: "infra.status", version: 1, part: "servers" },
    }),
    command<ReadFlags, [string]>({
      name: "status",
      aliases: ["st"],
      brief: "Show one server and what runs on it",
      examples: [["server status web-01", "its address, its services and their health"]],
      loader: async () => (await import("./server/show.js")).serverStatus,
      parameters: { flags: readFlags, aliases: readLetters, positional: positional(argument("server", "Name of a server")) },
      result: { action: "infra.status", version: 1, part: "servers[]" },
    }),
    command<InfraFlags, [string, ...string[]]>({
      name: "ssh",
      aliases: ["sh"],
      shortcuts: ["ssh"],
      brief: "Open a shell on a server, or run a command there",
      examples: [
        ["server ssh web-01", "a shell"],
        ["server ssh web-01 -- uptime", "one command; its exit code is this one's"],
      ],
      loader: async () => (await import("./server/ssh.js")).ssh,
      parameters: {
        flags: { ...infraFlag, ...workspaceFlags },
        aliases: { ...placeLetters, i: "infra" },
        positional: several("server", "Name of a server, then the words of a command", 1) as never,
      },
    }),
  ],
});
