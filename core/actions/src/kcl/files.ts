/** The files that an action on KCL works with: this machine's, with the packages that the platform provides. */

import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { KclHost } from "@provisioning/kcl-lang";
import { createNodeHost } from "@provisioning/kcl-lang/node";
import { ProvisioningError } from "@provisioning/model";
import { platformPackages } from "@provisioning/workspace";
import * as z from "zod/mini";
import type { ActionContext } from "../context.js";

export interface KclFiles {
  readonly host: KclHost;
  /** `import provisioning.settings` works everywhere, and so do the short paths of the platform's modules. */
  readonly packages: Readonly<Record<string, string>>;
  readonly aliases: Readonly<Record<string, string>>;
  readonly vendorFolder?: string;
}

/** Part of the input of every action that loads programs. */
export interface MachineAccess {
  /**
   * The program may do what its user could do anyway: import and read files outside of its module, change files, read environment
   * variables. Default: it sees its module alone.
   */
  readonly mayUseMachine?: boolean;
}

export const machineAccessShape = { mayUseMachine: z.exactOptional(z.boolean()) };

export function kclFiles(context: ActionContext, { mayUseMachine = false }: MachineAccess): KclFiles {
  const vendor = context.environment.KCL_PKG_PATH;
  return {
    host: createNodeHost(mayUseMachine ? { allowChanges: true, outside: true, environment: context.environment } : {}),
    ...platformPackages(context.platform.kclDir),
    ...(vendor === undefined || vendor === "" ? {} : { vendorFolder: resolve(context.currentDir, vendor) }),
  };
}

/** Nothing was done. */
class KclFileMissingError extends ProvisioningError {
  constructor(path: string, options?: ErrorOptions) {
    super(
      { code: "KCL_FILE_MISSING", message: `${path} cannot be read.`, hint: "Check the path; it starts at the current folder." },
      options,
    );
  }
}

/** @throws KclFileMissingError */
export async function readText(context: ActionContext, path: string): Promise<string> {
  try {
    return await readFile(resolve(context.currentDir, path), "utf8");
  } catch (cause) {
    throw new KclFileMissingError(path, { cause });
  }
}

/** Absolute paths of what is there. @throws KclFileMissingError for the first that is not */
export function existing(context: ActionContext, { host }: KclFiles, paths: readonly string[]): readonly string[] {
  return paths.map((path) => {
    const absolute = resolve(context.currentDir, path);
    if (!host.isDirectory(absolute) && host.readFile(absolute) === undefined) throw new KclFileMissingError(path);
    return absolute;
  });
}
