/** The state of one run: where it is, what it may still spend, options, output of `print`, instances built. */
import { EvaluationFailure } from "../diagnostics/failure.js";
import type { Place } from "../diagnostics/place.js";
import type { LoadedPackage } from "./package.js";
import type { SchemaClass } from "./schema-class.js";
import type { KclInstance, Value } from "./values.js";
import type { SchemaSymbol } from "../semantics/symbols.js";
import type { KclHost } from "../packages/host.js";

export interface Limits {
  /** Calls, loop turns and statements together. */
  readonly steps: number;
  /** Calls and schemas inside each other. */
  readonly depth: number;
  /** Wall clock of a run. */
  readonly ms: number;
}

/** A run that reaches one of these is stuck or hostile. The depth keeps clear of the JavaScript stack. */
export const defaultLimits: Limits = { steps: 50_000_000, depth: 600, ms: 60_000 };

export interface MachineSettings {
  readonly host: KclHost;
  readonly arguments: ReadonlyMap<string, Value>;
  readonly limits: Limits;
  readonly strictRange: boolean;
  readonly now: () => number;
  readonly mainFiles: ReadonlySet<string>;
  readonly workFolder: string;
  readonly moduleRoot: string;
  readonly packageRoots: ReadonlyMap<string, string>;
  /** Names given from outside, for single expressions. */
  readonly scope?: ReadonlyMap<string, Value>;
}

export class Machine {
  /** The statement or expression evaluated last; failures are reported there. */
  place: Place | undefined;
  readonly log: string[] = [];
  readonly packages = new Map<string, LoadedPackage>();
  /** Every instance in order of creation, with the package that built it. */
  readonly instances: { readonly instance: KclInstance; readonly inMain: boolean }[] = [];
  /** How many schema expressions are being evaluated inside each other. */
  schemaDepth = 0;
  /** Set by `manifests.yaml_stream`: replaces the output. */
  stream: string | undefined;
  /** The schema expressions being evaluated, innermost last. */
  readonly schemaPlaces: Place[] = [];
  /** Instances whose required attributes were found complete. */
  readonly complete = new WeakSet<KclInstance>();
  private steps = 0;
  private depth = 0;
  private readonly deadline: number;

  constructor(readonly settings: MachineSettings) {
    this.deadline = settings.now() + settings.limits.ms;
  }

  fail(message: string, place: Place | undefined = this.place): never {
    throw new EvaluationFailure(message, place);
  }

  /** Counts a unit of work. */
  step(): void {
    this.steps++;
    if (this.steps > this.settings.limits.steps) this.fail(`the limit of ${this.settings.limits.steps} steps was reached`);
    if ((this.steps & 0xfff) === 0 && this.settings.now() > this.deadline)
      this.fail(`the time limit of ${this.settings.limits.ms} ms was reached`);
  }

  /** Runs something nested, up to the depth limit. */
  nested<T>(run: () => T): T {
    this.step();
    if (++this.depth > this.settings.limits.depth) {
      this.depth = 0;
      this.fail(`the limit of ${this.settings.limits.depth} nested calls was reached`);
    }
    const result = run();
    this.depth--;
    return result;
  }

  resetDepth(depth: number): void {
    this.depth = depth;
  }

  get currentDepth(): number {
    return this.depth;
  }

  /** The schema at run time; the package that declares it is loaded. */
  schemaClass(symbol: SchemaSymbol): SchemaClass {
    const found = this.packages.get(symbol.pkg.path)?.schemas.get(symbol);
    return found ?? this.fail(`schema '${symbol.name}' is not loaded`);
  }

  inMainPackage(file: string): boolean {
    return this.settings.mainFiles.has(file);
  }

  /** A place for failures of instances that have none of their own: where evaluation stands. */
  get outerPlace(): Place | undefined {
    return this.schemaPlaces.at(-1);
  }

  register(instance: KclInstance, inMain: boolean): void {
    this.instances.push({ instance, inMain });
  }

  instancesOf(schema: SchemaClass, all: boolean): KclInstance[] {
    return this.instances
      .filter((entry) => (all || entry.inMain) && entry.instance.schema.descendsFrom(schema))
      .map((entry) => entry.instance);
  }
}
