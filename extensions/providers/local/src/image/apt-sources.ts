/**
 * The package sources of the base image: the mirrors this machine itself uses, so that servers can install packages wherever
 * this machine can. A machine that is not Debian has none to give: the image then keeps those it comes with.
 */

import type { Machine } from "../engine/machine.js";
import { BASE_SUITE } from "./recipe.js";

const KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";

/** One line of `apt-get indextargets`. */
interface IndexTarget {
  readonly uri: string;
  readonly codename: string;
  readonly component: string;
}

export interface AptSources {
  /** Lines of `sources.list`, the release itself first. */
  readonly lines: readonly string[];
}

/** `undefined`: this machine has none to give. */
export async function readAptSources(machine: Machine, signal?: AbortSignal): Promise<AptSources | undefined> {
  if (machine.osRelease.id !== "debian" || machine.which("apt-get") === undefined) return undefined;
  const format = "$(REPO_URI)\t$(CODENAME)\t$(COMPONENT)";
  const result = await machine.run(["apt-get", "indextargets", "--format", format, "Created-By: Packages"], { signal });
  return aptSourcesFrom(parseIndexTargets(result.stdout), machine.osRelease.codename);
}

export function parseIndexTargets(text: string): IndexTarget[] {
  return text.split("\n").flatMap((line) => {
    const [uri, codename, component] = line.split("\t");
    return uri === undefined || codename === undefined || component === undefined ? [] : [{ uri, codename, component }];
  });
}

/** The machine's mirrors with the base image's release in place of the machine's; `undefined` when the release itself is missing. */
export function aptSourcesFrom(targets: readonly IndexTarget[], machineCodename: string): AptSources | undefined {
  const components = new Map<string, Set<string>>();
  for (const { uri, codename, component } of targets) {
    const pocket = pocketOf(codename, machineCodename);
    if (pocket === undefined || !/^https?:\/\//.test(uri)) continue;
    const key = `${uri} ${BASE_SUITE}${pocket}`;
    components.set(key, (components.get(key) ?? new Set()).add(component));
  }
  const lines = [...components]
    .filter(([, names]) => names.has("main"))
    .map(([key, names]) => sourceLine(key, [...names].join(" ")))
    .sort((left, right) => Number(isUpdate(left)) - Number(isUpdate(right)));
  const first = lines[0];
  return first === undefined || isUpdate(first) ? undefined : { lines };
}

/** "", "-updates" or "-security"; anything else is not the distribution's own. */
function pocketOf(codename: string, machineCodename: string): string | undefined {
  const pocket = codename.startsWith(machineCodename) ? codename.slice(machineCodename.length) : undefined;
  return pocket === "" || pocket === "-updates" || pocket === "-security" ? pocket : undefined;
}

function isUpdate(line: string): boolean {
  return / \S+-(?:updates|security) /.test(line);
}

function sourceLine(target: string, components: string): string {
  return `deb [signed-by=${KEYRING}] ${target} ${components}`;
}
