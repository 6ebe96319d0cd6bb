/**
 * References inside the texts of configuration files: `{{paths.base}}`, `{{env.HOME}}`, `{{now.date}}`, or the key of another value.
 *
 * A text that is one reference alone takes the value as it is, a number stays a number. `\{{` is two braces. Each value is worked out once;
 * a circle is reported with every place that it goes through. Values of secret keys and variables that look like secrets cannot be referred
 * to: they would end up in places that are shown.
 */

import { type Diagnostic, nearest, type SourcePosition } from "@provisioning/model";
import { type ConfigKeyName, configKey, isConfigKey } from "./keys.js";

export interface Written {
  readonly value: unknown;
  readonly position?: SourcePosition;
  /** It is a secret: its file has it encrypted. */
  readonly isEncrypted?: true;
  /** Taken as it is: what looks like a reference is none. */
  readonly isLiteral?: boolean;
}

export interface ReferenceScope {
  /** What is known besides the keys: `paths.base`, `now.date`, `workspace.name`. */
  readonly facts: Readonly<Record<string, string>>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly keys: ReadonlyMap<ConfigKeyName, Written>;
}

export interface Interpolated {
  readonly values: ReadonlyMap<ConfigKeyName, unknown>;
  readonly findings: readonly Diagnostic[];
}

const UNKNOWN = { code: "CONFIG_REFERENCE" };
const ANY = /\\?\{\{(.*?)\}\}/gs;
const ALONE = /^\{\{([^{}]*)\}\}$/;
const PATH = /^[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)+$/;

export function hasReference(value: unknown): boolean {
  if (typeof value === "string") return value.includes("{{");
  if (Array.isArray(value)) return value.some(hasReference);
  return typeof value === "object" && value !== null && Object.values(value).some(hasReference);
}

/** Values with a wrong reference are left out of the result and reported. */
export function interpolate(scope: ReferenceScope): Interpolated {
  const work = new Interpolation(scope);
  for (const key of scope.keys.keys()) work.valueOf(key);
  return { values: work.done, findings: work.findings };
}

/** Thrown inside only, to leave a value that has been reported. */
class Unusable extends Error {}

class Interpolation {
  readonly done = new Map<ConfigKeyName, unknown>();
  readonly findings: Diagnostic[] = [];
  private readonly failed = new Set<ConfigKeyName>();
  private readonly underWay: ConfigKeyName[] = [];

  constructor(private readonly scope: ReferenceScope) {}

  /** @throws Unusable inside of another value */
  valueOf(key: ConfigKeyName): unknown {
    if (this.done.has(key)) return this.done.get(key);
    const { value, isLiteral } = this.scope.keys.get(key) as Written;
    if (isLiteral === true || !hasReference(value)) {
      this.done.set(key, value);
      return value;
    }
    const isNested = this.underWay.length > 0;
    if (this.failed.has(key)) return leave(isNested);
    this.underWay.push(key);
    try {
      const result = this.replaced(value);
      this.done.set(key, result);
      return result;
    } catch (error) {
      if (!(error instanceof Unusable)) throw error;
      this.failed.add(key);
      return leave(isNested);
    } finally {
      this.underWay.pop();
    }
  }

  private replaced(value: unknown): unknown {
    if (typeof value === "string") return this.text(value);
    if (Array.isArray(value)) return value.map((item) => this.replaced(item));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, this.replaced(item)]));
  }

  private text(written: string): unknown {
    const alone = ALONE.exec(written);
    if (alone !== null) return this.look((alone[1] as string).trim());
    return written.replace(ANY, (all, inner: string) => {
      if (all.startsWith("\\")) return all.slice(1);
      const found = this.look(inner.trim());
      if (typeof found === "string" || typeof found === "number" || typeof found === "boolean") return String(found);
      return this.refuse(`{{${inner}}} is a list or a map, which cannot stand inside a text`);
    });
  }

  private look(path: string): unknown {
    if (!PATH.test(path))
      return this.refuse(`{{${path}}} is no reference`, "Write {{paths.base}}, {{env.HOME}}, {{now.date}} or a key.");
    if (path.startsWith("env.")) return this.variable(path.slice("env.".length));
    const fact = Object.hasOwn(this.scope.facts, path) ? this.scope.facts[path] : undefined;
    if (fact !== undefined) return fact;
    if (isConfigKey(path) && this.scope.keys.has(path)) return this.key(path);
    const suggestion = nearest(path, [...Object.keys(this.scope.facts), ...this.scope.keys.keys()]);
    return this.refuse(
      `There is no ${path} to refer to`,
      suggestion === undefined ? undefined : `Did you mean {{${suggestion}}}?`,
    );
  }

  private variable(name: string): string {
    if (looksSecret(name))
      return this.refuse(
        `The variable ${name} looks like a secret, and what a configuration says is shown`,
        `Where a secret is needed, write the reference env://${name}: it is looked up at the last moment.`,
        { code: "CONFIG_REFERENCE_SECRET" },
      );
    const value = this.scope.environment[name];
    if (value === undefined || value === "") return this.refuse(`The variable ${name} is not set`);
    return value;
  }

  private key(key: ConfigKeyName): unknown {
    if (configKey(key).secret !== undefined || this.scope.keys.get(key)?.isEncrypted === true)
      return this.refuse(`${key} may be a secret, so no other key can refer to it`, undefined, {
        code: "CONFIG_REFERENCE_SECRET",
      });
    if (this.underWay.includes(key)) return this.refuseCircle(key);
    return this.valueOf(key);
  }

  private refuseCircle(key: ConfigKeyName): never {
    const circle = this.underWay.slice(this.underWay.indexOf(key));
    for (const one of circle) this.failed.add(one);
    const places = circle.map((one) => `${one}${placeText(this.scope.keys.get(one)?.position)}`);
    return this.refuse(`${[...places, key].join(" → ")} is a circle`, "Write a plain value in one of these places.", {
      code: "CONFIG_CYCLE",
    });
  }

  private refuse(problem: string, hint?: string, { code }: Pick<Diagnostic, "code"> = UNKNOWN): never {
    const key = this.underWay.at(-1) as ConfigKeyName;
    const { position } = this.scope.keys.get(key) as Written;
    this.findings.push({
      severity: "error",
      code,
      summary: `${key}: ${problem}.`,
      ...(hint === undefined ? {} : { hint }),
      ...(position === undefined ? {} : { position }),
    });
    throw new Unusable();
  }
}

function leave(isNested: boolean): undefined {
  if (isNested) throw new Unusable();
  return undefined;
}

function placeText(position: SourcePosition | undefined): string {
  return position === undefined ? "" : ` (${position.file}:${position.line}:${position.column})`;
}

const SECRET_PART = /TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIAL|APIKEY|PRIVATE/;
const SECRET_WORD: ReadonlySet<string> = new Set(["KEY", "KEYS", "PASS", "PWD", "AUTH", "DSN", "COOKIE", "WEBHOOK"]);
/** Folders of the shell. */
const PLAIN: ReadonlySet<string> = new Set(["PWD", "OLDPWD"]);

/** By its name, as people name variables that hold a token, a password or a key. */
export function looksSecret(name: string): boolean {
  const upper = name.toUpperCase();
  if (PLAIN.has(upper)) return false;
  return SECRET_PART.test(upper) || upper.split("_").some((word) => SECRET_WORD.has(word));
}
