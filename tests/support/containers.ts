/** The containers behind the servers of a workspace, for tests that break them on purpose. */

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { identityOf, type TestWorkspace } from "./platform.js";

const execute = promisify(execFile);

/** Runs `docker` and gives what it printed. */
export async function docker(...words: string[]): Promise<string> {
  return (await execute("docker", words)).stdout.trim();
}

/** Id of the container of a server. */
export async function containerOf(workspace: TestWorkspace, server: string): Promise<string> {
  const label = `label=provisioning.workspace=${await identityOf(workspace)}`;
  const lines = (await docker("ps", "-a", "--filter", label, "--format", "{{.ID}} {{.Names}}")).split("\n");
  const found = lines.find((line) => line.endsWith(`.${server}`));
  if (found === undefined) throw new Error(`no container for ${server} among:\n${lines.join("\n")}`);
  return found.split(" ")[0] as string;
}

/** Runs a line of shell in a server, past the platform. */
export async function inServer(workspace: TestWorkspace, server: string, line: string): Promise<string> {
  return docker("exec", await containerOf(workspace, server), "sh", "-c", line);
}
