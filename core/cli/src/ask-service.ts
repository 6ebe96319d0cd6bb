/** Has a running service of the workspace do what was asked for. The command looks the same either way. */

import { isAbsolute, relative, resolve, sep } from "node:path";
import { type ActionContext, type ActionEvent, type AskService, runtimeDirOf } from "@provisioning/actions";
import { commandLog } from "./command-log.js";
import { isJsonObject, type Json, type JsonObject, type Plan } from "@provisioning/model";

/** Whoever says where things are stored means to work there, without the service. */
const OWN_STORAGE = /^storage\./;

export function askService(context: Omit<ActionContext, "askService">): AskService | undefined {
  if (Object.entries(context.flags).some(([key, value]) => OWN_STORAGE.test(key) && value !== undefined)) return undefined;
  return async (action, input, leaveWhen) => {
    const place = await runtimeDirOf(context);
    if (place === undefined) return undefined;
    const { createClient, readToken, runningService } = await import("@provisioning/api/client");
    const [address, token] = await Promise.all([runningService(place.runtimeDir), readToken(place.runtimeDir)]);
    if (address === undefined || token === undefined) return undefined;
    const { traceId = "" } = context;
    const line = { traceId, command: context.command, now: () => context.clock.now() };
    const log = commandLog(place.runtimeDir, line, async () =>
      (await import("./command-log-limits.js")).commandLogLimits(context),
    );
    const client = createClient({
      token,
      traceId,
      // After a restart it may be at another port, with another token.
      find: async () => {
        const [now, nowToken] = await Promise.all([runningService(place.runtimeDir), readToken(place.runtimeDir)]);
        return now === undefined || nowToken === undefined ? undefined : { url: now.url, token: nowToken };
      },
      url: address.url,
    });
    const sent = inService((await input()) as Json, context.currentDir, place.root);
    const { callVariables } = await import("@provisioning/config");
    const ask = () =>
      client.invoke(action, sent, {
        signal: context.signal,
        drain: context.drain,
        onEvent: (event) => context.report(event as unknown as ActionEvent),
        ...(leaveWhen === undefined ? {} : { leaveWhen: (event: Json) => leaveWhen(event as unknown as ActionEvent) }),
        onConfirm: (plan) => context.confirm(plan as unknown as Plan),
        onWaiting: () => context.report({ type: "warning", text: "The service does not answer; waiting for it to come back." }),
        flags: flagsFor(context),
        variables: callVariables(context.environment),
        command: context.command,
      });
    return { answer: await log.around(action, ask) };
  };
}

/** The environment that was chosen here holds there, whatever the service itself was started with. */
function flagsFor({ flags, env, environment }: Omit<ActionContext, "askService">): JsonObject {
  const chosen = env || flags["environment.default"] || environment.PROVISIONING_ENV || undefined;
  const given = Object.entries({ ...flags, "environment.default": chosen }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as JsonObject;
}

/** The service knows the workspace, not the folder that somebody stands in. */
function inService(input: Json, currentDir: string, root: string): Json {
  if (!isJsonObject(input) || typeof input.file !== "string") return input;
  const path = relative(root, resolve(currentDir, input.file));
  const isInside = path !== "" && path !== ".." && !path.startsWith(`..${sep}`) && !isAbsolute(path);
  return isInside ? { ...input, file: path } : input;
}
