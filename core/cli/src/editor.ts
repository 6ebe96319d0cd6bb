/** The editor of whoever types: $VISUAL, $EDITOR or vi. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { ProvisioningError } from "@provisioning/model";
import type { CliContext } from "./cli-context.js";

/** Resolves when it ends. The variable may hold words behind the program: `code --wait`. No shell reads it. @throws ProvisioningError EDITOR_FAILED */
export async function openEditor({ process: { env } }: CliContext, file: string): Promise<void> {
  const [program = "vi", ...words] = (env.VISUAL || env.EDITOR || "vi").split(/\s+/).filter((word) => word !== "");
  const child = spawn(program, [...words, file], { stdio: "inherit" });
  const [code] = (await once(child, "exit").catch((cause: unknown) => {
    throw editorError(program, "cannot be started", cause);
  })) as [number | null];
  if (code !== 0) throw editorError(program, `ended with ${code ?? "a signal"}`);
}

function editorError(program: string, problem: string, cause?: unknown): ProvisioningError {
  return new ProvisioningError(
    {
      code: "EDITOR_FAILED",
      message: `The editor ${program} ${problem}. The file is as it was.`,
      hint: "Set the variable EDITOR to the editor that you use.",
    },
    { cause },
  );
}
