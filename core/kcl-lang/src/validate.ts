/** Does plain data fit a schema? For forms, config files and other data that was not written in KCL. */
import type { Place } from "./diagnostics/place.js";
import { similarNames } from "./diagnostics/suggest.js";
import { createMachine, guarded, type RunOptions } from "./run.js";
import type { Program } from "./program.js";
import { mainPackage } from "./packages/load.js";
import { accepts } from "./runtime/convert.js";
import { fromJavaScript, type JsonValue } from "./runtime/json-value.js";
import type { Machine } from "./runtime/machine.js";
import { isNothing, typeName } from "./runtime/inspect.js";
import { requireAttributes } from "./runtime/required.js";
import { KclDict, KclList, noArguments, type Value } from "./runtime/values.js";
import { resolveNamed } from "./semantics/resolve-type.js";
import { findAttribute } from "./semantics/attribute-index.js";
import { attributeNames, findIndexSignature, lineage, type SchemaSymbol } from "./semantics/symbols.js";
import { type Type, typeText } from "./semantics/types.js";

export interface ValidationFinding {
  /** What does not hold: the type of a value, its being there, its being known, or a check of the schema. */
  readonly kind: "type" | "required" | "unknown" | "check";
  /** Keys and list positions from the outside. */
  readonly path: readonly (string | number)[];
  readonly message: string;
  /** The attribute that was probably meant. */
  readonly suggestion?: string;
  /** What demands it: the attribute, the schema, or the check. */
  readonly demandedAt?: Place;
}

/** What does not fit; empty when all does. The schema is one of the main package, or `import_name.Schema`. */
export function validateValue(
  program: Program,
  schemaName: string,
  value: JsonValue,
  options: RunOptions = {},
): ValidationFinding[] {
  const main = program.symbols.packages.get(mainPackage)!;
  const type = resolveNamed(program.symbols, main, program.mainFiles[0] ?? "", schemaName.split("."));
  if (type === undefined) return [{ kind: "type", path: [], message: `there is no schema '${schemaName}'` }];
  const machine = createMachine(program, options);
  const findings: ValidationFinding[] = [];
  const prepared = guarded(program, machine, () => {
    new Validator(program, machine, findings).check(fromJavaScript(value), type, [], undefined);
    return undefined;
  });
  if (!prepared.ok) findings.push({ kind: "check", path: [], message: prepared.diagnostics[0]?.message ?? "" });
  return findings;
}

type Path = readonly (string | number)[];

class Validator {
  constructor(
    private readonly program: Program,
    private readonly machine: Machine,
    private readonly findings: ValidationFinding[],
  ) {}

  check(value: Value, type: Type, path: Path, demandedAt: Place | undefined): void {
    if (isNothing(value) || accepts(value, type)) return;
    if (type.kind === "schema" && value instanceof KclDict) return this.checkSchema(value, type.schema, path);
    if (type.kind === "list" && value instanceof KclList)
      return value.items.forEach((item, index) => this.check(item, type.item, [...path, index], demandedAt));
    if (type.kind === "dict" && value instanceof KclDict) {
      for (const [key, entry] of value.entries) this.check(entry.value, type.value, [...path, key], demandedAt);
      return;
    }
    if (type.kind === "union") return this.checkUnion(value, type, path, demandedAt);
    this.findings.push(this.mismatch(value, type, path, demandedAt));
  }

  private mismatch(value: Value, type: Type, path: Path, demandedAt: Place | undefined): ValidationFinding {
    const message = `expected ${typeText(type)}, got ${typeName(value)}`;
    return { kind: "type", path, message, ...(demandedAt && { demandedAt }) };
  }

  /** Reports what the closest member of a union says. */
  private checkUnion(value: Value, type: Type & { kind: "union" }, path: Path, demandedAt: Place | undefined): void {
    let best: ValidationFinding[] | undefined;
    for (const member of type.members) {
      const found: ValidationFinding[] = [];
      new Validator(this.program, this.machine, found).check(value, member, path, demandedAt);
      if (found.length === 0) return;
      const structural =
        (member.kind === "schema" || member.kind === "dict") === value instanceof KclDict &&
        (member.kind === "list") === value instanceof KclList;
      if (structural && value instanceof Object && (best === undefined || found.length < best.length)) best = found;
    }
    this.findings.push(...(best ?? [this.mismatch(value, type, path, demandedAt)]));
  }

  private checkSchema(value: KclDict, schema: SchemaSymbol, path: Path): void {
    const before = this.findings.length;
    const signature = findIndexSignature(schema);
    for (const [key, entry] of value.entries) {
      const attribute = findAttribute(schema, key);
      const type = attribute?.type ?? signature?.value;
      if (type === undefined) this.reportUnknown(schema, key, path);
      else this.check(entry.value, type, [...path, key], attribute?.at ?? signature?.at);
    }
    this.checkRequired(value, schema, path);
    if (this.findings.length === before) this.checkRules(value, schema, path);
  }

  private reportUnknown(schema: SchemaSymbol, key: string, path: Path): void {
    const [suggestion] = similarNames(key, attributeNames(schema));
    const hint = suggestion === undefined ? "" : `, did you mean '${suggestion}'?`;
    this.findings.push({
      kind: "unknown",
      demandedAt: schema.statement.nameAt,
      path: [...path, key],
      message: `Cannot add member '${key}' to schema '${schema.name}'${hint}`,
      ...(suggestion && { suggestion }),
    });
  }

  private checkRequired(value: KclDict, schema: SchemaSymbol, path: Path): void {
    for (const name of attributeNames(schema)) {
      const attribute = findAttribute(schema, name);
      const given = lineage(schema).some((one) => [one, ...one.mixins].some((source) => source.attributes.get(name)?.hasValue));
      const literal = attribute !== undefined && "literal" in attribute.type && attribute.type.literal !== undefined;
      if (attribute === undefined || attribute.optional || given || literal || !isNothing(value.get(name))) continue;
      this.findings.push({
        kind: "required",
        demandedAt: attribute.at,
        path: [...path, name],
        message: `attribute '${name}' of ${schema.name} is required and can't be None or Undefined`,
      });
    }
  }

  /** The shape fits: builds the instance, which runs its checks. */
  private checkRules(value: KclDict, schema: SchemaSymbol, path: Path): void {
    const outcome = guarded(this.program, this.machine, () => {
      const instance = this.machine.schemaClass(schema).build(this.machine, value, noArguments, undefined, false);
      requireAttributes(this.machine, instance);
      return undefined;
    });
    if (outcome.ok) return;
    const [finding] = outcome.diagnostics;
    const origin = finding?.origin;
    this.findings.push({
      kind: "check",
      ...(finding !== undefined && finding.position.line > 0 ? { demandedAt: finding.position } : {}),
      path: origin?.attribute === undefined ? path : [...path, origin.attribute],
      message: origin?.message ?? finding?.message ?? "the check failed",
    });
  }
}
