/** `dashboard open`. */

import { spawn } from "node:child_process";
import { invoke, runtimeDirOf } from "@provisioning/actions";
import { ProvisioningError } from "@provisioning/model";
import type { CliContext } from "../../cli-context.js";
import { EXIT } from "../../exit-codes.js";
import { runAction } from "../../run-action.js";
import type { WorkspaceFlags } from "../flags.js";

type Context = Parameters<Parameters<typeof runAction>[2]>[0];

export async function open(this: CliContext, flags: WorkspaceFlags & { readonly print?: boolean }): Promise<void> {
  await runAction(this, flags, async (context) => {
    const url = await addressOf(context);
    this.process.stdout.write(`${url}\n`);
    if (flags.print !== true) await show(url);
    return EXIT.ok;
  });
}

/** @throws ProvisioningError `DASHBOARD_NONE` */
async function addressOf(context: Context): Promise<string> {
  const [configured] = await invoke("config.get", context, { key: "dashboard.url" });
  if (typeof configured?.value === "string" && configured.value !== "") return configured.value;
  const place = await runtimeDirOf(context);
  const { runningService } = await import("@provisioning/api/client");
  const service = place === undefined ? undefined : await runningService(place.runtimeDir);
  if (service !== undefined) return new URL("/docs", service.url).href;
  throw new ProvisioningError({
    code: "DASHBOARD_NONE",
    message: "There is no dashboard: no address is configured, and no service runs.",
    hint: "Name one with: provisioning config set dashboard.url <url>, or: provisioning orchestrator start --background",
  });
}

/** By the program that the desktop has for it. Without a desktop the printed address is what one gets. */
function show(url: string): Promise<void> {
  const [program, ...words] = process.platform === "darwin" ? ["open", url] : ["xdg-open", url];
  return new Promise((resolve) => {
    const child = spawn(program as string, words, { stdio: "ignore", detached: true });
    child.on("error", () => resolve());
    child.on("spawn", () => {
      child.unref();
      resolve();
    });
  });
}
