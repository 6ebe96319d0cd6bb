/** How builtin functions are written: a name, parameter names, and a function of the bound arguments. */
import { isTrue, typeName } from "../runtime/inspect.js";
import { sizeOf } from "../runtime/extent.js";
import type { Machine } from "../runtime/machine.js";
import { type Arguments, KclDict, KclFunction, KclInstance, KclList, type Value } from "../runtime/values.js";

/** The arguments of one call of a builtin. */
export class NativeCall {
  constructor(
    readonly machine: Machine,
    readonly name: string,
    private readonly parameters: readonly string[],
    readonly args: Arguments,
  ) {}

  has(parameter: string): boolean {
    return this.args.positional.length > this.parameters.indexOf(parameter) || this.args.named.has(parameter);
  }

  value(parameter: string): Value {
    const index = this.parameters.indexOf(parameter);
    return index < this.args.positional.length ? this.args.positional[index] : this.args.named.get(parameter);
  }

  text(parameter: string, fallback?: string): string {
    const value = this.value(parameter);
    if (typeof value === "string") return value;
    if ((value === undefined || value === null) && fallback !== undefined) return fallback;
    return this.wrong(parameter, "str", value);
  }

  integer(parameter: string, fallback?: bigint): bigint {
    const value = this.value(parameter);
    if (typeof value === "bigint") return value;
    if (typeof value === "boolean") return value ? 1n : 0n;
    if ((value === undefined || value === null) && fallback !== undefined) return fallback;
    return this.wrong(parameter, "int", value);
  }

  number(parameter: string): number {
    const value = this.value(parameter);
    if (typeof value === "bigint" || typeof value === "number") return Number(value);
    if (typeof value === "boolean") return value ? 1 : 0;
    return this.wrong(parameter, "number", value);
  }

  flag(parameter: string, fallback = false): boolean {
    return this.has(parameter) ? isTrue(this.value(parameter)) : fallback;
  }

  list(parameter: string): KclList {
    const value = this.value(parameter);
    return value instanceof KclList ? value : this.wrong(parameter, "list", value);
  }

  /** Counts the work of walking over an argument with all its parts. */
  walk(parameter: string): Value {
    const value = this.value(parameter);
    this.machine.work(sizeOf(value));
    return value;
  }

  keyed(parameter: string): KclDict | KclInstance {
    const value = this.value(parameter);
    return value instanceof KclDict || value instanceof KclInstance ? value : this.wrong(parameter, "dict", value);
  }

  fail(message: string): never {
    return this.machine.fail(message);
  }

  private wrong(parameter: string, expected: string, value: Value): never {
    if (!this.has(parameter)) return this.fail(`${this.name}() missing 1 required positional argument: '${parameter}'`);
    return this.fail(`${this.name}() argument '${parameter}' must be ${expected}, not ${typeName(value)}`);
  }
}

export function native(name: string, parameters: readonly string[], run: (call: NativeCall) => Value): KclFunction {
  return new KclFunction(name, (machine, args) => machine.keep(run(new NativeCall(machine, name, parameters, args))));
}

/** The members of a system module. */
export type ModuleMembers = ReadonlyMap<string, Value>;

export function moduleOf(functions: readonly KclFunction[], constants: Readonly<Record<string, Value>> = {}): ModuleMembers {
  return new Map<string, Value>([...functions.map((one) => [one.name, one] as const), ...Object.entries(constants)]);
}
