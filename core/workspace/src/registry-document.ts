/** The list of workspaces in the user's file, read and changed by the library for YAML, whatever the file uses of the language. */

import { ProvisioningError } from "@provisioning/model";
import type { RegistryEntry } from "./registry-entry.js";
import type { RegistryText } from "./registry-text.js";

/** @throws ProvisioningError CONFIG_SYNTAX */
export async function readRegistryDocument(file: string, text: string): Promise<RegistryText> {
  const { isMap, parseDocument } = await import("yaml");
  const document = parseDocument(text);
  const wrong = (reason: string): ProvisioningError =>
    new ProvisioningError({
      code: "CONFIG_SYNTAX",
      message: `${file}: ${reason}`,
      hint: "Correct the file; it holds the list of your workspaces.",
    });
  const [error] = document.errors;
  if (error) throw wrong(error.message.split("\n")[0] as string);
  if (document.contents !== null && !isMap(document.contents)) throw wrong("It is no map.");
  const known = document.get("workspaces");
  if (known !== undefined && known !== null && !isMap(known)) throw wrong("workspaces is no map of names.");
  return {
    get entries() {
      const { workspaces } = (document.toJS() ?? {}) as { workspaces?: Record<string, unknown> | null };
      return Object.entries(workspaces ?? {}).map(([name, entry]) => entryOf(name, entry));
    },
    get active() {
      const active = document.get("active");
      return typeof active === "string" ? active : undefined;
    },
    put({ name, path, lastUsed }) {
      if (!isMap(document.getIn(["workspaces", name]))) {
        document.setIn(["workspaces", name], document.createNode({ path, last_used: lastUsed }));
        return;
      }
      document.setIn(["workspaces", name, "path"], path);
      document.setIn(["workspaces", name, "last_used"], lastUsed);
    },
    remove: (name) => void document.deleteIn(["workspaces", name]),
    setActive(name) {
      if (name === undefined) document.delete("active");
      else document.set("active", name);
    },
    toString: () => document.toString(),
  };

  /** A path alone stands for an entry, as somebody may write it by hand. */
  function entryOf(name: string, value: unknown): RegistryEntry {
    const { path, last_used: lastUsed } =
      typeof value === "string" ? { path: value, last_used: "" } : ((value ?? {}) as Record<string, unknown>);
    if (typeof path !== "string") throw wrong(`The workspace ${name} has no path.`);
    return { name, path, lastUsed: typeof lastUsed === "string" ? lastUsed : "" };
  }
}
