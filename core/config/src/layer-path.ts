/**
 * How a layer names what stands in it: keys joined by dots. Below `taskservs` the keys are names and fields that others define, and may
 * hold dots themselves; those are written in quotes: `taskservs.os.sysctl."net.core.somaxconn"`.
 */

const TASKSERVS = "taskservs";
/** In the user's file the section stands below `config`. */
const INSIDE = /^(?:config\.)?taskservs(?:\.|$)/;

/** The path of what stands under `key`, in what stands at `path`; the empty path is the whole file. */
export function pathBelow(path: string, key: string): string {
  if (path === "") return key;
  return `${path}.${INSIDE.test(path) && /[."]/.test(key) ? JSON.stringify(key) : key}`;
}

export function isBelowTaskservs(path: string): boolean {
  return path === TASKSERVS || path.startsWith(`${TASKSERVS}.`);
}

/** The keys of a path below `taskservs`: the taskserv first, then those within its configuration. */
export function taskservPath(path: string): readonly string[] {
  const words = [...path.matchAll(/"(?:[^"\\]|\\.)*"|[^."]+/g)].map(([word]) => word);
  return words.slice(1).map((word) => (word.startsWith('"') ? (JSON.parse(word) as string) : word));
}

/** The other way round: `taskservs.os.sysctl."net.core.somaxconn"` for a taskserv and the keys within its configuration. */
export function taskservKey(path: readonly string[]): string {
  return path.reduce(pathBelow, TASKSERVS);
}
