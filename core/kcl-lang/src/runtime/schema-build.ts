/** One building of an instance: the scope its bodies run in, and the steps in their order. */
import type { Place } from "../diagnostics/place.js";
import { EvaluationFailure } from "../diagnostics/failure.js";
import { convert } from "./convert.js";
import { type BodyHost, Environment } from "./environment.js";
import { type Past, remember, type Winner, winnerOf } from "./history.js";
import { isNothing, isTrue } from "./inspect.js";
import type { Machine } from "./machine.js";
import { applyEntry } from "./merge.js";
import { bindParameters } from "./parameters.js";
import type { BodyLayout, SchemaClass, SchemaLayout } from "./schema-class.js";
import type { CheckCode } from "./compile-schema.js";
import { LazyScope, type Setter } from "./scope.js";
import { toText } from "./text.js";
import { type Arguments, type Entry, KclDict, KclInstance, type Value } from "./values.js";

export class SchemaBuild implements BodyHost {
  readonly scope: LazyScope;
  readonly places = new Map<string, Place | undefined>();
  private readonly layout: SchemaLayout;
  private readonly environments: Environment[];
  private readonly setters: Map<string, Setter[]>;
  /** What the bodies say about attributes, in a run that remembers. */
  private said: Map<string, Entry> | undefined;
  /** Attributes that the check under way has read; nothing is noted outside checks. */
  private reads: string[] | undefined;

  constructor(
    readonly machine: Machine,
    readonly schema: SchemaClass,
    readonly config: KclDict,
    readonly args: Arguments,
    readonly place: Place | undefined,
    /** Where the instance is built again by merging, for failed checks. */
    private readonly checkPlace?: Place,
  ) {
    this.layout = schema.layout(machine);
    this.environments = this.layout.bodies.map(() => new Environment(undefined, [], this));
    this.setters = new Map();
    for (const [index, body] of this.layout.bodies.entries()) this.collectSetters(body, this.environments[index]!);
    this.scope = new LazyScope(this.setters);
    for (const attribute of this.layout.attributes) this.scope.values.set(attribute.name, undefined);
  }

  private collectSetters(body: BodyLayout, environment: Environment): void {
    for (const code of body.code.setters) {
      const list = this.setters.get(code.name);
      if (code.isDeclaration && list !== undefined) continue;
      const setter: Setter = { name: code.name, index: list?.length ?? 0, run: (machine) => code.run(machine, environment) };
      environment.setters.set(code, setter);
      if (list === undefined) this.setters.set(code.name, [setter]);
      else list.push(setter);
    }
  }

  run(): KclInstance {
    const { bodies } = this.layout;
    try {
      for (let index = 0; index < bodies.length; index++) this.bind(bodies[index]!, this.environments[index]!);
      for (let index = 0; index < bodies.length; index++) bodies[index]!.code.run(this.machine, this.environments[index]!);
      this.finishAttributes();
      this.applyIndexSignature();
      const instance = this.toInstance();
      this.runDecorators();
      this.runChecks();
      return instance;
    } catch (error) {
      if (error instanceof EvaluationFailure) error.origin ??= this.origin();
      throw error;
    }
  }

  /** The attribute that a check was reading, else the first one that was given: what the user should look at. */
  private origin(): EvaluationFailure["origin"] {
    const entries = this.config.peekEntries();
    const attribute = this.reads?.find((name) => entries.has(name));
    const places = attribute === undefined ? [...entries.values()] : [entries.get(attribute)];
    const place = places.find((entry) => entry?.place !== undefined)?.place ?? this.place;
    return { ...(attribute === undefined ? {} : { attribute }), ...(place === undefined ? {} : { place }) };
  }

  private bind(body: BodyLayout, environment: Environment): void {
    const own = body.owner === this.schema;
    bindParameters(this.machine, body.code.parameters, this.args, environment, own ? this.schema.name : undefined);
  }

  /** Runs a setter's assignment: the value is merged with the configuration and packed. */
  set(name: string, value: Value, place: Place | undefined, winner: Winner = "added"): void {
    if (this.machine.history && place !== undefined) this.noteSaid(name, value, place, winner, false);
    const entry = this.config.peekEntries().get(name);
    const merged = entry === undefined ? undefined : applyEntry(this.machine, value, entry);
    const result = merged === undefined ? value : merged.value;
    const type = this.layout.types.get(name);
    this.scope.values.set(name, type === undefined ? result : convert(this.machine, result, type));
    this.places.set(name, entry !== undefined && !isNothing(entry.value) ? entry.place : (place ?? this.places.get(name)));
  }

  passOver(name: string, value: Value, place: Place): void {
    this.noteSaid(name, value, place, "added", value === undefined);
  }

  private noteSaid(name: string, value: Value, place: Place, winner: Winner, isUnread: boolean): void {
    const said: Entry = { value, operator: "=", place, said: { schema: this.ownerOf(place), isUnread } };
    this.said ??= new Map();
    const before = this.said.get(name);
    this.said.set(name, before === undefined ? said : remember(this.machine, said, before, said, winner));
  }

  /** The schema whose body holds the place. */
  private ownerOf(place: Place): string {
    const above = this.layout.bodies
      .map(({ owner }) => ({ owner, at: owner.symbol.statement.at }))
      .filter(({ at }) => at.file === place.file && at.line <= place.line)
      .sort((left, right) => right.at.line - left.at.line);
    return (above[0]?.owner ?? this.schema).name;
  }

  /** How an attribute came to be: what the bodies say, then the configuration. */
  private pastOf(name: string, given: Entry | undefined): Past | undefined {
    const before = this.said?.get(name);
    if (given === undefined) return before && { added: before, winner: "added" };
    if (before === undefined) return { added: given, winner: "added" };
    return { before, added: given, winner: winnerOf(before.value, given) };
  }

  /** Whether the configuration replaces an attribute, so that its default need not be evaluated. */
  isReplaced(name: string): boolean {
    const entry = this.config.peekEntries().get(name);
    return entry?.operator === "=" && entry.index === undefined;
  }

  /** The value of a name inside a body; undefined when it is none of the instance's. */
  find(name: string): { readonly value: Value } | undefined {
    this.reads?.push(name);
    if (this.scope.has(name)) return { value: this.scope.read(this.machine, name) };
    const entry = this.config.peekEntries().get(name);
    return entry !== undefined && this.schema.indexSignature !== undefined ? { value: entry.value } : undefined;
  }

  /** Expression statements in a schema have no effect. */
  output(_value: Value): void {}

  private finishAttributes(): void {
    for (const attribute of this.layout.attributes) this.scope.read(this.machine, attribute.name);
  }

  private applyIndexSignature(): void {
    const { names } = this.layout;
    const others = [...this.config.peekEntries()].filter(([key]) => !names.has(key) && !this.scope.has(key));
    if (others.length === 0) return;
    const signature = this.schema.indexSignature;
    if (signature === undefined) {
      throw new EvaluationFailure(`attribute '${others[0]![0]}' not found in schema '${this.schema.name}'`, this.machine.place);
    }
    for (const [key, entry] of others) {
      const initial = this.indexDefault(key);
      const merged = applyEntry(this.machine, initial, entry).value;
      this.scope.values.set(key, convert(this.machine, merged, signature.value));
      this.places.set(key, entry.place);
    }
  }

  private indexDefault(key: string): Value {
    const found = this.layout.bodies.findIndex((body) => body.code.indexSignature !== undefined);
    const code = this.layout.bodies[found]?.code.indexSignature;
    if (code?.initial === undefined) return undefined;
    const environment = this.environments[found]!;
    environment.alias = code.alias === undefined ? undefined : { name: code.alias, value: key };
    const value = code.initial(this.machine, environment);
    environment.alias = undefined;
    const signature = this.schema.indexSignature;
    return signature === undefined ? value : convert(this.machine, value, signature.value);
  }

  private toInstance(): KclInstance {
    const attributes = new Map<string, Entry>();
    this.machine.allocate(1024 + 96 * this.scope.values.size);
    for (const [name, value] of this.scope.values) {
      const entry = this.config.peekEntries().get(name);
      const operator = entry?.operator === "=" ? "=" : ":";
      const made: Entry = { value, operator, place: this.places.get(name) };
      attributes.set(name, this.machine.history ? { ...made, past: this.pastOf(name, entry) } : made);
    }
    return new KclInstance(this.schema, attributes, this.config, this.args, this.place);
  }

  private runDecorators(): void {
    const outer = this.machine.place;
    this.machine.place = this.place ?? outer;
    for (const [index, body] of this.layout.bodies.entries())
      body.code.decorators(this.machine, this.environments[index]!, this.config);
    this.machine.place = outer;
  }

  private runChecks(): void {
    const { bodies, names } = this.layout;
    const alias = bodies.find((one) => one.code.indexSignature?.alias !== undefined)?.code.indexSignature?.alias;
    for (let index = 0; index < bodies.length; index++) {
      const { checks } = bodies[index]!.code;
      const environment = this.environments[index]!;
      if (alias === undefined) {
        this.runCheckList(checks, environment);
        continue;
      }
      if (checks.length === 0) continue;
      for (const key of this.config.entries.keys()) {
        if (names.has(key)) continue;
        environment.alias = { name: alias, value: key };
        this.runCheckList(checks, environment);
      }
      environment.alias = undefined;
    }
  }

  private runCheckList(checks: readonly CheckCode[], environment: Environment): void {
    const { machine } = this;
    for (const check of checks) {
      machine.place = check.at;
      if (check.condition !== undefined && !isTrue(check.condition(machine, environment))) continue;
      this.reads = [];
      if (isTrue(check.test(machine, environment))) continue;
      const message = check.message === undefined ? undefined : check.message(machine, environment);
      const text =
        isNothing(message) || message === ""
          ? "Check failed on the condition"
          : `Check failed on the condition: ${toText(message)}`;
      throw checkFailure(text, machine.place, this.checkPlace ?? this.place ?? machine.outerPlace);
    }
  }
}

function checkFailure(text: string, at: Place | undefined, instance: Place | undefined): EvaluationFailure {
  if (instance === undefined || at === undefined) return new EvaluationFailure(text, at);
  const failure = new EvaluationFailure("Instance check failed", instance, {
    caret: true,
    secondary: [{ message: text, position: at, caret: false }],
  });
  failure.caught = text.replace(/^Check failed on the condition(: )?/, "") || text;
  return failure;
}
