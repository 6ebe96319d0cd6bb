/** The state of one run: where it is, what it may still spend, options, output of `print`, instances built. */
import { EvaluationFailure, LimitFailure } from "../diagnostics/failure.js";
import { diagnostic, type KclDiagnostic, kinds } from "../diagnostics/diagnostic.js";
import { type Place, placeOf } from "../diagnostics/place.js";
import type { LoadedPackage } from "./package.js";
import type { SchemaClass } from "./schema-class.js";
import { KclDict, type KclInstance, KclList, type Value } from "./values.js";
import type { SchemaSymbol } from "../semantics/symbols.js";
import type { KclHost } from "../packages/host.js";

export interface Limits {
  /** Calls, loop turns and statements together; of work on long texts and large values every 16 characters or parts are one step. */
  readonly steps: number;
  /** Calls, schemas and early reads of names inside each other. */
  readonly depth: number;
  /** Memory for all values that a run makes, also for those it drops again; an estimate. */
  readonly bytes: number;
  /** Size of the result as text, with a part that occurs twice counted twice; an estimate. */
  readonly outputBytes: number;
  /** Lists and dicts of the result inside each other. */
  readonly nesting: number;
  /** Wall clock of a run. */
  readonly ms: number;
}

/**
 * A run that reaches one of these is stuck or hostile. The JavaScript stack may end before the depth does: with the usual 984 kB
 * after some 2,000 calls of a lambda by itself. That is reported in the same way.
 */
export const defaultLimits: Limits = {
  steps: 50_000_000,
  depth: 5_000,
  bytes: 512 * 1024 * 1024,
  outputBytes: 32 * 1024 * 1024,
  nesting: 1_000,
  ms: 60_000,
};

/** So many steps pass between two looks at the clock. */
const stepsPerClockReading = 4096;

/** A loop can warn very often; these are what a person can use. */
const mostWarnings = 100;

export interface MachineSettings {
  readonly host: KclHost;
  readonly arguments: ReadonlyMap<string, Value>;
  readonly limits: Limits;
  readonly strictRange: boolean;
  readonly now: () => number;
  readonly clock: () => number;
  readonly randomBytes?: (count: number) => Uint8Array;
  readonly mainFiles: ReadonlySet<string>;
  readonly workFolder: string;
  readonly moduleRoot: string;
  readonly packageRoots: ReadonlyMap<string, string>;
  /** Names given from outside, for single expressions. */
  readonly scope?: ReadonlyMap<string, Value>;
  /** Whether merges keep what lost. */
  readonly history: boolean;
}

export class Machine {
  /** The statement or expression evaluated last; failures are reported there. */
  place: Place | undefined;
  /** Where the evaluation stood when the last instance was complete. */
  lastBuilt: Place | undefined;
  readonly log: string[] = [];
  /** What should be changed though nothing failed. */
  readonly warnings: KclDiagnostic[] = [];
  readonly packages = new Map<string, LoadedPackage>();
  /** Every instance in order of creation, with the package that built it. */
  readonly instances: { readonly instance: KclInstance; readonly inMain: boolean }[] = [];
  /** How many schema expressions are being evaluated inside each other. */
  schemaDepth = 0;
  /** Set by `manifests.yaml_stream`: replaces the output. */
  stream: string | undefined;
  /** The schema expressions being evaluated, innermost last. */
  readonly schemaPlaces: Place[] = [];
  /** Instances, and lists and dicts of them, whose required attributes were found complete. */
  readonly complete = new WeakSet<KclInstance | KclList | KclDict>();
  private partsCopied = 0;
  private steps = 0;
  private nextClockReading: number;
  private bytes = 0;
  /** How many calls and schemas are inside each other at present. */
  depth = 0;
  private readonly deadline: number;
  readonly history: boolean;

  constructor(readonly settings: MachineSettings) {
    this.history = settings.history;
    this.deadline = settings.now() + settings.limits.ms;
    this.nextClockReading = Math.min(stepsPerClockReading, settings.limits.steps + 1);
  }

  fail(message: string, place: Place | undefined = this.place): never {
    throw new EvaluationFailure(message, place);
  }

  /** Notes a warning, once for each place. */
  warn(message: string): void {
    const { place } = this;
    if (this.warnings.length >= mostWarnings) return;
    if (this.warnings.some((one) => one.message === message && one.position.line === place?.line)) return;
    const finding = diagnostic(kinds.evaluation, message, place ?? placeOf("", 0, 1), { caret: false });
    this.warnings.push({ ...finding, severity: "warning" });
  }

  /** Counts units of work. */
  step(count = 1): void {
    this.steps += count;
    if (this.steps < this.nextClockReading) return;
    const { limits, now } = this.settings;
    if (this.steps > limits.steps) this.exceed(`the limit of ${limits.steps} steps was reached`);
    if (now() > this.deadline) this.exceed(`the time limit of ${limits.ms} ms was reached`);
    this.nextClockReading = Math.min(this.steps + stepsPerClockReading, limits.steps + 1);
  }

  /** Counts work on a text or value of this many characters or parts, before it is done. */
  work(size: number): void {
    this.step(size / 16);
  }

  /** Counts memory, before it is taken where that can be much. */
  allocate(bytes: number): void {
    this.bytes += bytes;
    const { limits } = this.settings;
    if (this.bytes > limits.bytes) this.exceed(`the limit of ${limits.bytes} bytes for values was reached`);
  }

  /** Counts a copy of the parts of a list, dict or instance: work, and memory of so many bytes for each. */
  copied(parts: number, bytes: number): void {
    this.partsCopied += parts;
    this.work(parts);
    this.allocate(64 + bytes * parts);
  }

  /** What the run has cost so far; `copies`: parts of lists, dicts and instances that were copied. */
  get spent(): { readonly steps: number; readonly bytes: number; readonly copies: number } {
    return { steps: this.steps, bytes: this.bytes, copies: this.partsCopied };
  }

  /** Counts the memory of a text, a list or a dict, without what its parts refer to. */
  keep<T extends Value>(value: T): T {
    if (typeof value === "string") this.allocate(2 * value.length);
    else if (value instanceof KclList) this.allocate(64 + 32 * value.length);
    else if (value instanceof KclDict) this.allocate(64 + 96 * value.peekEntries().size);
    return value;
  }

  /** Begins something nested. `leave` ends it; a failure leaves the depth to whoever catches it. */
  enter(): void {
    this.step();
    if (++this.depth > this.settings.limits.depth)
      this.exceed(`the limit of ${this.settings.limits.depth} nested calls was reached`);
  }

  leave(): void {
    this.depth--;
  }

  /** Ends the run. Nothing in the program can catch it. */
  exceed(message: string): never {
    throw new LimitFailure(message, this.place);
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
