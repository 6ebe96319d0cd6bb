/**
 * Flags that choose the storage, made from the configuration keys that they set. Every command takes them; only the help of `storage` and of
 * the service's start names them, `help flags` says what each means.
 */

import { CONFIG_KEYS, type ConfigKey, isConfigKey, variableOf } from "@provisioning/config";

interface StorageFlag {
  /** As the parser knows it: `surrealdbUrl`. */
  readonly name: string;
  readonly key: string;
  readonly of: ConfigKey;
}

const FLAGS: readonly StorageFlag[] = Object.entries(CONFIG_KEYS as Readonly<Record<string, ConfigKey>>).flatMap(([key, of]) =>
  of.flag === undefined ? [] : [{ name: camelCase(of.flag), key, of }],
);

/** What the parser is told. Their values are read by `storageValues` alone, so commands need no types for them. */
export function storageFlags({ hidden }: { readonly hidden: boolean }): Readonly<Record<never, never>> {
  return Object.fromEntries(
    FLAGS.map(({ name, of: { description } }) => [
      name,
      {
        kind: "parsed",
        parse: (text: string) => text,
        optional: true,
        placeholder: "value",
        brief: description,
        hidden,
        family: "storage",
      },
    ]),
  );
}

/** Configuration values by key, of those flags that were given. */
export function storageValues(flags: object): Readonly<Record<string, unknown>> {
  const given = new Map<string, unknown>(Object.entries(flags));
  return Object.fromEntries(
    FLAGS.filter(({ name }) => given.has(name)).map(({ name, key, of }) => [key, valueOf(of, given.get(name))]),
  );
}

/** The same for another process, by the variables of the environment that set these keys: a password does not show in the list of processes. */
export function storageEnvironment(flags: object): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(storageValues(flags)).flatMap(([key, value]) => {
      const variable = isConfigKey(key) ? variableOf(key) : undefined;
      return variable === undefined || value === undefined ? [] : [[variable, `${value as string | number}`]];
    }),
  );
}

/** What is no number stays text, and is refused with all other mistakes of the configuration. */
function valueOf({ type }: ConfigKey, value: unknown): unknown {
  return type.kind === "integer" && typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
}

function camelCase(flag: string): string {
  return flag.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
