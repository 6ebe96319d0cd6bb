/** The file of a workflow, as somebody names it, and the infra it lies in. */

import { stat } from "node:fs/promises";
import { isAbsolute, relative, resolve, sep } from "node:path";
import type { WorkspaceLayout } from "@provisioning/workspace";
import type { ActionContext } from "../context.js";

/** As the shell completes it, or as the workspace's folders are spoken of. */
export async function findFile({ currentDir }: ActionContext, layout: WorkspaceLayout, file: string): Promise<string> {
  const here = resolve(currentDir, file);
  if (isAbsolute(file) || (await isThere(here))) return here;
  const inWorkspace = resolve(layout.root, file);
  return (await isThere(inWorkspace)) ? inWorkspace : here;
}

function isThere(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

export function infraAround(layout: WorkspaceLayout, file: string): string | undefined {
  const [first = "", ...rest] = relative(layout.infraDir, file).split(sep);
  return first === ".." || isAbsolute(first) || rest.length === 0 ? undefined : first;
}
