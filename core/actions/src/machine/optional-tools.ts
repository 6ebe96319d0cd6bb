/** Programs that make some things nicer and that nothing needs. */

import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { providerName } from "@provisioning/model";
import { DESKTOP_PROGRAM } from "../notifications/desktop.js";
import type { MachineFinding } from "./findings.js";

interface Tool {
  readonly title: string;
  /** Any of these. */
  readonly programs: readonly string[];
  readonly use: string;
}

const TOOLS: readonly Tool[] = [
  { title: "glow", programs: ["glow"], use: "for guides" },
  { title: "bat", programs: ["bat", "batcat"], use: "for guides where glow is not there" },
  { title: "less", programs: ["less"], use: "for long texts, page by page" },
  { title: DESKTOP_PROGRAM, programs: [DESKTOP_PROGRAM], use: "for notifications.desktop: the end of a long run" },
  { title: "k9s", programs: ["k9s"], use: "for looking into Kubernetes clusters" },
  { title: "nu_plugin_tera", programs: ["nu_plugin_tera"], use: "for templates in Nushell" },
  { title: "nu_plugin_kcl", programs: ["nu_plugin_kcl"], use: "for KCL in Nushell" },
];

/** One finding for each, found or not. */
export function optionalTools(environment: Readonly<Record<string, string | undefined>>): Promise<readonly MachineFinding[]> {
  const folders = (environment.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  return Promise.all(
    TOOLS.map(async ({ title, programs, use }) => {
      const place = await firstOf(folders, programs);
      return {
        id: `tool.${title}`,
        provider: providerName("platform"),
        ok: place !== undefined,
        required: false,
        title: `${title} (optional)`,
        found: place ?? `not there (${use})`,
      };
    }),
  );
}

async function firstOf(folders: readonly string[], programs: readonly string[]): Promise<string | undefined> {
  for (const program of programs) {
    for (const folder of folders) {
      const path = join(folder, program);
      if (await isExecutable(path)) return path;
    }
  }
  return undefined;
}

function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
