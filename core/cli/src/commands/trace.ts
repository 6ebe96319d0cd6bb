/** `trace`. */

import { command } from "../command/command.js";
import { argument, positional, type ShownFlags, shownFlags, shownLetters, textFlag } from "./flags.js";

export type TraceFlags = ShownFlags & { readonly log?: string };

export const traceCommand = command<TraceFlags, [string]>({
  name: "trace",
  aliases: ["tr"],
  brief: "Show what one request caused, in the order of time",
  details: "Lines of the command, the service, its tasks and runs that carry one trace id.",
  examples: [
    ["trace 0af7651916cd43dd8448eb211c80319c", "everything with this id; its beginning is enough"],
    ["trace last", "the newest run"],
  ],
  loader: async () => (await import("./trace/trace.js")).trace,
  parameters: {
    flags: {
      ...shownFlags,
      log: textFlag("file", "More lines of the service, such as from the journal; - reads what is piped in"),
    },
    aliases: shownLetters,
    positional: positional(argument("id", "Id of a trace, or of a task or run that belongs to it")),
  },
});
