/** `option(key)`: an argument given from outside. */
import { isNothing, typeName } from "../runtime/inspect.js";
import { toText } from "../runtime/text.js";
import { KclDict, KclList, type Value } from "../runtime/values.js";
import { native, type NativeCall } from "./native.js";

export const optionFunction = native("option", ["key", "type", "required", "default", "help"], (call) => {
  const key = call.text("key");
  const given = call.machine.settings.arguments.get(key);
  const value = given === undefined ? call.value("default") : given;
  if (isNothing(value)) {
    if (call.flag("required")) call.fail(`option('${key}') must be initialized, try '-D ${key}=?' argument`);
    return null;
  }
  const type = call.value("type");
  return typeof type === "string" && type !== "" ? convertOption(call, value, type) : value;
});

function convertOption(call: NativeCall, value: Value, type: string): Value {
  const refuse = (): never => call.fail(`cannot use '${toText(value)}' as type '${type}'`);
  switch (type) {
    case "str":
      return toText(value);
    case "bool":
      return typeof value === "boolean"
        ? value
        : value === "True" || value === "true"
          ? true
          : value === "False" || value === "false"
            ? false
            : Boolean(value);
    case "int":
      return toInteger(value) ?? refuse();
    case "float": {
      const number = typeof value === "boolean" ? Number(value) : Number(toText(value));
      return Number.isNaN(number) ? refuse() : number;
    }
    case "list":
      return value instanceof KclList ? value : refuse();
    case "dict":
      return value instanceof KclDict ? value : refuse();
    default:
      return call.fail(`'${type}' is not a valid type for option, got ${typeName(value)}`);
  }
}

function toInteger(value: Value): bigint | undefined {
  if (typeof value === "bigint") return value;
  if (typeof value === "boolean") return value ? 1n : 0n;
  if (typeof value === "number") return BigInt(Math.trunc(value));
  return typeof value === "string" && /^[+-]?\d+$/.test(value.trim()) ? BigInt(value.trim()) : undefined;
}
