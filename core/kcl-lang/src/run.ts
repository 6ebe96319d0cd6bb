/** Running a loaded program. */
import { EvaluationFailure, exhaustionText } from "./diagnostics/failure.js";
import { diagnostic, type KclDiagnostic, kinds } from "./diagnostics/diagnostic.js";
import { type Place, placeOf } from "./diagnostics/place.js";
import { writeDocuments } from "./output/document.js";
import { selectPath } from "./output/path-selector.js";
import { collectSources, planPackage, type PlanOptions } from "./output/plan.js";
import { folderOf } from "./packages/paths.js";
import { mainPackage } from "./packages/load.js";
import { type Program, withSource } from "./program.js";
import { type Saying, sayingsOf } from "./runtime/history.js";
import { fromJavaScript, type JsonValue, toJavaScript } from "./runtime/json-value.js";
import { defaultLimits, type Limits, Machine } from "./runtime/machine.js";
import { LoadedPackage } from "./runtime/package.js";
import { KclList, type Value } from "./runtime/values.js";

export interface RunOptions extends PlanOptions {
  /** What `option("x")` answers. */
  readonly arguments?: Readonly<Record<string, JsonValue>>;
  /**
   * A list in data that is given takes the place of a schema's default, as somebody who writes `{"save": ["60 1"]}` means it. Default: it
   * is merged into that member by member, as KCL's own command does: a shorter list keeps the end of the default.
   */
  readonly listsReplace?: boolean;
  /** Default: see `defaultLimits`. */
  readonly limits?: Partial<Limits>;
  /** Numbers of 32 instead of 64 bits. */
  readonly strictRange?: boolean;
  /** Show only these parts of the result (`a.b.0`); several give a list. */
  readonly select?: readonly string[];
  /** Where relative paths of the module `file` start. Default: the folder of the first main file. */
  readonly workFolder?: string;
  /** Milliseconds, for the time limit. Default: `Date.now`. */
  readonly now?: () => number;
  /** Milliseconds since 1970, for the module `datetime`. Default: `now`. */
  readonly clock?: () => number;
  /** Remember what lost, for `sayingsOf`: costs memory, and nothing is different otherwise. Default: no. */
  readonly history?: boolean;
  /** Random bytes, for `crypto.uuid`. Default: those of the surroundings, where they have any. */
  readonly randomBytes?: (count: number) => Uint8Array;
}

/**
 * `value` is plain data; integers beyond the safe range of numbers are bigints. `sources` tells where each part was written, by path
 * such as `settings.servers[0].plan`. `toText` gives the document a command line prints.
 */
export type RunResult =
  | {
      readonly ok: true;
      readonly value: JsonValue;
      readonly sources: ReadonlyMap<string, Place>;
      /**
       * All that was said about the part at a path such as `["settings", "servers", 0, "plan"]`, the earliest first: defaults of schemas,
       * and every declaration, also those that lost. Without `history`, only what won.
       */
      sayingsOf(path: readonly (string | number)[]): readonly Saying[];
      readonly log: string;
      /** What should be changed though nothing failed: deprecations that are not strict. */
      readonly warnings: readonly KclDiagnostic[];
      toText(format?: "yaml" | "json"): string;
    }
  | { readonly ok: false; readonly diagnostics: readonly KclDiagnostic[]; readonly log: string };

/** Evaluates the program and plans its result. Never throws for what the program does. */
export function runProgram(program: Program, options: RunOptions = {}): RunResult {
  const machine = createMachine(program, options);
  let plain: JsonValue = null;
  const outcome = guarded(program, machine, () => {
    const main = machine.packages.get(mainPackage)!;
    main.run();
    const names = [...program.symbols.packages.get(mainPackage)!.variables.keys()];
    const planned = selectParts(machine, planPackage(machine, main, names, options), options.select ?? []);
    plain = toJavaScript(planned);
    return planned;
  });
  const log = machine.log.join("");
  if (!outcome.ok) return { ...outcome, log };
  const warnings = machine.warnings.map((warning) => withSource(warning, program.sources));
  return new Ran(outcome.value, { value: plain, log, warnings, text: machine.stream });
}

/**
 * A class because of its getter: objects that have one each are of different kinds to the engine that runs this, and every kind keeps alive what its
 * getter knows, here the whole machine, until memory is collected as a whole.
 */
class Ran {
  readonly ok = true;
  readonly value: JsonValue;
  readonly log: string;
  readonly warnings: readonly KclDiagnostic[];
  readonly sayingsOf: (path: readonly (string | number)[]) => readonly Saying[];
  readonly toText: (format?: "yaml" | "json") => string;
  readonly #planned: Value;
  #sources: ReadonlyMap<string, Place> | undefined;

  constructor(
    planned: Value,
    { value, log, warnings, text }: Pick<Ran, "value" | "log" | "warnings"> & { readonly text: string | undefined },
  ) {
    this.value = value;
    this.log = log;
    this.warnings = warnings;
    this.sayingsOf = (path) => sayingsOf(planned, path);
    this.toText = (format = "yaml") => text ?? writeDocuments(planned, format);
    this.#planned = planned;
  }

  /** Collected when somebody asks. */
  get sources(): ReadonlyMap<string, Place> {
    this.#sources ??= collectSources(this.#planned);
    return this.#sources;
  }
}

function selectParts(machine: Machine, value: Value, paths: readonly string[]): Value {
  if (paths.length === 0) return value;
  const parts = paths.map((path) => {
    const part = selectPath(value, path);
    return part === undefined ? machine.fail(`invalid path select operand ${path}, value not found`) : part;
  });
  return parts.length === 1 ? parts[0] : new KclList(parts);
}

/** A machine with all packages of the program, not yet run. */
export function createMachine(program: Program, options: RunOptions, scope?: ReadonlyMap<string, Value>): Machine {
  const machine = new Machine({
    host: program.host,
    arguments: new Map(
      Object.entries(options.arguments ?? {}).map(([key, value]) => [key, fromJavaScript(value, options.listsReplace)]),
    ),
    limits: { ...defaultLimits, ...options.limits },
    strictRange: options.strictRange ?? false,
    history: options.history ?? false,
    now: options.now ?? Date.now,
    clock: options.clock ?? options.now ?? Date.now,
    ...(options.randomBytes && { randomBytes: options.randomBytes }),
    workFolder: options.workFolder ?? folderOf(program.mainFiles[0] ?? "/"),
    moduleRoot: program.moduleRoot,
    packageRoots: program.external,
    mainFiles: new Set(program.mainFiles),
    ...(scope && { scope }),
  });
  for (const code of program.code) machine.packages.set(code.path, new LoadedPackage(machine, code));
  return machine;
}

export type Outcome =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly diagnostics: readonly KclDiagnostic[] };

/** Runs something on a machine; failures and exhausted stacks become diagnostics. */
export function guarded(program: Program, machine: Machine, run: () => Value): Outcome {
  try {
    return { ok: true, value: run() };
  } catch (error) {
    const finding = toDiagnostic(error, machine);
    if (finding === undefined) throw error;
    return { ok: false, diagnostics: [withSource(finding, program.sources)] };
  }
}

function toDiagnostic(error: unknown, machine: Machine): KclDiagnostic | undefined {
  if (error instanceof EvaluationFailure) {
    error.place ??= machine.place;
    return error.toDiagnostic();
  }
  const text = exhaustionText(error);
  if (text === undefined) return undefined;
  return diagnostic(kinds.evaluation, `the evaluation ${text}`, machine.place ?? placeOf("", 0, 1), { caret: false });
}
