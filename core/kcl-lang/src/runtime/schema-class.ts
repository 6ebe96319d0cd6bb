/**
 * Schemas at run time. Building an instance runs the bodies of the ancestors, its own and its mixins', in this order, with the
 * configuration merged into every attribute as soon as it is set; then index signature, required attributes and checks.
 */
import { type Place, placeOf } from "../diagnostics/place.js";
import { findAttribute } from "../semantics/attribute-index.js";
import { attributeNames, findIndexSignature, isDescendant, type SchemaSymbol } from "../semantics/symbols.js";
import type { Type } from "../semantics/types.js";
import type { SchemaCode } from "./compile-schema.js";
import { SchemaBuild } from "./schema-build.js";
import type { Machine } from "./machine.js";
import { type Arguments, type Entry, KclDict, KclInstance } from "./values.js";

interface AttributeLayout {
  readonly name: string;
  readonly optional: boolean;
}

/** One body that takes part in an instance: an ancestor's, the schema's own or a mixin's. */
export interface BodyLayout {
  readonly owner: SchemaClass;
  readonly code: SchemaCode;
}

/** What is the same for all instances of a schema. */
export interface SchemaLayout {
  readonly bodies: readonly BodyLayout[];
  /** In order of output. */
  readonly attributes: readonly AttributeLayout[];
  readonly names: ReadonlySet<string>;
  /** The declared types of attributes. */
  readonly types: ReadonlyMap<string, Type>;
}

export class SchemaClass {
  private cachedLayout: SchemaLayout | undefined;

  constructor(
    readonly symbol: SchemaSymbol,
    readonly code: SchemaCode,
  ) {}

  get name(): string {
    return this.symbol.name;
  }

  get fullName(): string {
    return `${this.symbol.pkg.path}.${this.symbol.name}`;
  }

  /** With the package, except for schemas of the main package. */
  get qualifiedName(): string {
    return this.symbol.pkg.path === "__main__" ? this.name : this.fullName;
  }

  descendsFrom(other: SchemaClass): boolean {
    return isDescendant(this.symbol, other.symbol);
  }

  symbolIs(symbol: SchemaSymbol): boolean {
    return isDescendant(this.symbol, symbol);
  }

  /** Builds an instance; `place` is that of the schema expression, undefined for converted dicts. */
  build(
    machine: Machine,
    config: KclDict,
    args: Arguments,
    place: Place | undefined,
    register = true,
    checkPlace?: Place,
  ): KclInstance {
    const outer = machine.place;
    machine.enter();
    const instance = new SchemaBuild(machine, this, config, args, place, checkPlace).run();
    machine.leave();
    machine.lastBuilt = machine.place;
    machine.place = outer;
    if (register) machine.register(instance, place === undefined || machine.inMainPackage(place.file));
    return instance;
  }

  /** The instance again, with another configuration. */
  rebuild(machine: Machine, from: { readonly args: Arguments; readonly place: Place | undefined }, config: KclDict): KclInstance {
    const { place } = machine;
    const merged = place !== undefined && machine.schemaDepth === 0 ? placeOf(place.file, place.line, 1) : undefined;
    return this.build(machine, config, from.args, from.place, false, merged);
  }

  layout(machine: Machine): SchemaLayout {
    this.cachedLayout ??= this.computeLayout(machine);
    return this.cachedLayout;
  }

  private computeLayout(machine: Machine): SchemaLayout {
    const bodies = this.collectBodies(machine, []);
    const names = attributeNames(this.symbol);
    const symbols = names.flatMap((name) => findAttribute(this.symbol, name) ?? []);
    const attributes = symbols.map(({ name, optional }) => ({ name, optional }));
    return { bodies, attributes, names: new Set(names), types: new Map(symbols.map(({ name, type }) => [name, type])) };
  }

  private collectBodies(machine: Machine, bodies: BodyLayout[]): BodyLayout[] {
    if (this.symbol.host !== undefined && this.symbol.statement.form === "rule")
      machine.schemaClass(this.symbol.host).collectBodies(machine, bodies);
    if (this.symbol.parent !== undefined) machine.schemaClass(this.symbol.parent).collectBodies(machine, bodies);
    bodies.push({ owner: this, code: this.code });
    for (const mixin of this.symbol.mixins) machine.schemaClass(mixin).collectBodies(machine, bodies);
    return bodies;
  }

  get indexSignature() {
    return findIndexSignature(this.symbol);
  }
}

/** An instance with one attribute changed by assignment. */
export function withAttribute(machine: Machine, instance: KclInstance, name: string, entry: Entry): KclInstance {
  const config = withEntry(machine, instance.config, name, { ...entry, operator: "=" });
  machine.allocate(160);
  const attributes = instance.change(machine);
  attributes.set(name, entry);
  return new KclInstance(instance.schema, attributes, config, instance.args, instance.place);
}

/** A dict with one entry set, whatever was there. */
export function withEntry(machine: Machine, dict: KclDict, key: string, entry: Entry): KclDict {
  machine.allocate(160);
  const change = dict.change(machine);
  change.set(key, entry);
  return new KclDict(change);
}
