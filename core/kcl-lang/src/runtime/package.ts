/** A package in a run: its globals and schemas. */
import type { Place } from "../diagnostics/place.js";
import type { SchemaSymbol } from "../semantics/symbols.js";
import type { Type } from "../semantics/types.js";
import type { BodyCode, SetterCode } from "./compile-body.js";
import { convert } from "./convert.js";
import { type BodyHost, Environment } from "./environment.js";
import type { Machine } from "./machine.js";
import { requireAttributes } from "./required.js";
import type { SchemaCode } from "./compile-schema.js";
import { SchemaClass } from "./schema-class.js";
import { LazyScope, type Setter } from "./scope.js";
import type { Value } from "./values.js";

/** The compiled form of a package; shared by all runs. */
export interface PackageCode {
  readonly path: string;
  readonly body: BodyCode;
  readonly schemas: ReadonlyMap<SchemaSymbol, SchemaCode>;
  /** Annotated types of globals. */
  readonly types: ReadonlyMap<string, Type>;
  /** Packages it imports, which run before it. */
  readonly imports: readonly string[];
}

export class LoadedPackage implements BodyHost {
  readonly scope: LazyScope;
  readonly schemas: ReadonlyMap<SchemaSymbol, SchemaClass>;
  readonly places = new Map<string, Place | undefined>();
  /** Values of expression statements, in order. */
  readonly outputs: { readonly value: Value; readonly place: Place | undefined }[] = [];
  private readonly environment: Environment;
  private started = false;

  constructor(
    private readonly machine: Machine,
    readonly code: PackageCode,
  ) {
    this.environment = new Environment(undefined, [], this);
    this.schemas = new Map([...code.schemas].map(([symbol, schema]) => [symbol, new SchemaClass(symbol, schema)]));
    this.scope = new LazyScope(this.makeSetters());
  }

  private makeSetters(): Map<string, Setter[]> {
    const setters = new Map<string, Setter[]>();
    for (const code of this.code.body.setters) {
      const list = setters.get(code.name) ?? [];
      const setter: Setter = {
        name: code.name,
        index: list.length,
        run: (machine) => this.runSetter(machine, code),
      };
      list.push(setter);
      setters.set(code.name, list);
      this.environment.setters.set(code, setter);
    }
    return setters;
  }

  /** A global is complete in itself, also when an expression inside a schema asks for it first. */
  private runSetter(machine: Machine, code: SetterCode): boolean {
    const depth = machine.schemaDepth;
    machine.schemaDepth = 0;
    const performed = code.run(machine, this.environment);
    machine.schemaDepth = depth;
    return performed;
  }

  run(): void {
    if (this.started) return;
    this.started = true;
    for (const path of this.code.imports) this.machine.packages.get(path)?.run();
    this.code.body.run(this.machine, this.environment);
  }

  set(name: string, value: Value, place: Place | undefined): void {
    const type = this.code.types.get(name);
    const packed = type === undefined ? value : convert(this.machine, value, type);
    requireAttributes(this.machine, packed);
    this.scope.values.set(name, packed);
    this.places.set(name, place);
  }

  isReplaced(_name: string): boolean {
    return false;
  }

  passOver(): void {}

  find(_name: string): undefined {
    return undefined;
  }

  output(value: Value): void {
    this.outputs.push({ value, place: this.machine.place });
  }
}
