/**
 * Runs tests written in KCL: global lambdas and schemas in `*_test.k` files whose names begin with `test_`. A lambda is called, a schema
 * is instantiated; a failed assertion, check or any other error fails the test. Each test has a run of its own.
 */
import type { KclDiagnostic } from "../diagnostics/diagnostic.js";
import type { Place } from "../diagnostics/place.js";
import type { KclHost } from "../packages/host.js";
import { createCache, type KclCache, mainPackage } from "../packages/load.js";
import { loadProgram, type Program } from "../program.js";
import { createMachine, guarded, type RunOptions } from "../run.js";
import { callValue } from "../runtime/compile-call.js";
import type { Machine } from "../runtime/machine.js";
import { requireAttributes } from "../runtime/required.js";
import { KclDict, noArguments, type Value } from "../runtime/values.js";
import type { SchemaSymbol } from "../semantics/symbols.js";
import { findTests, isTestFile, type TestGroup } from "./find-tests.js";

export interface TestRequest {
  readonly host: KclHost;
  /** Absolute paths of folders, with all below them, and of test files. */
  readonly paths: readonly string[];
  readonly packages?: Readonly<Record<string, string>>;
  readonly aliases?: Readonly<Record<string, string>>;
  readonly vendorFolder?: string;
  /** Only tests whose name it finds. */
  readonly filter?: RegExp;
  /** Stop after the first failure. */
  readonly failFast?: boolean;
  /** For every test: arguments, limits, clock. */
  readonly run?: Pick<RunOptions, "arguments" | "limits" | "now">;
  readonly cache?: KclCache;
}

export interface TestResult {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly ok: boolean;
  readonly durationMs: number;
  /** What `print` wrote. */
  readonly log: string;
  readonly diagnostics: readonly KclDiagnostic[];
}

export interface TestReport {
  readonly tests: readonly TestResult[];
  /** Folders whose files could not be loaded; none of their tests ran. */
  readonly broken: readonly { readonly folder: string; readonly diagnostics: readonly KclDiagnostic[] }[];
  /** Nothing failed and nothing is broken. No tests at all is fine too. */
  readonly ok: boolean;
}

/** Never throws for what tests say or do. */
export function runTests(request: TestRequest): TestReport {
  const tests: TestResult[] = [];
  const broken: TestReport["broken"][number][] = [];
  const cache = request.cache ?? createCache();
  const hasFailed = (): boolean => broken.length > 0 || tests.some((test) => !test.ok);
  for (const group of findTests(request.host, request.paths)) {
    if (request.failFast && hasFailed()) break;
    const loaded = loadGroup(request, group, cache);
    if (!loaded.ok) broken.push({ folder: group.folder, diagnostics: loaded.diagnostics });
    else
      for (const test of testsOf(loaded.program)) {
        if (request.failFast && hasFailed()) break;
        if (request.filter === undefined || matches(request.filter, test.name))
          tests.push(runTest(loaded.program, test, request));
      }
  }
  return { tests, broken, ok: !hasFailed() };
}

/** The files of a folder may also be modules that the tests import, and that do not fit together in one scope. */
function loadGroup(request: TestRequest, { files, tests }: TestGroup, cache: KclCache): ReturnType<typeof loadProgram> {
  const { host, packages, aliases, vendorFolder } = request;
  const given = {
    host,
    cache,
    ...(packages && { packages }),
    ...(aliases && { aliases }),
    ...(vendorFolder !== undefined && { vendorFolder }),
  };
  const whole = loadProgram({ ...given, files: [...files, ...tests] });
  if (whole.ok) return whole;
  const alone = loadProgram({ ...given, files: tests });
  return alone.ok ? alone : whole;
}

/** The position of a global or sticky expression must not matter. */
function matches(filter: RegExp, name: string): boolean {
  filter.lastIndex = 0;
  return filter.test(name);
}

interface Test {
  readonly name: string;
  readonly at: Place;
  readonly schema?: SchemaSymbol;
  /** A parameter that nobody would give a value to. */
  readonly parameter?: string | undefined;
}

/** In order of file and line. */
function testsOf(program: Program): Test[] {
  const { variables, schemas } = program.symbols.packages.get(mainPackage)!;
  const lambdas = [...variables.values()].flatMap(({ name, at, statements }): Test[] => {
    const [lambda] = statements.flatMap((one) => (one.kind === "assign" && one.value.kind === "lambda" ? [one.value] : []));
    const parameter = lambda?.parameters.find((one) => one.initial === undefined)?.name;
    return lambda === undefined ? [] : [{ name, at, parameter }];
  });
  const instances = [...schemas.values()]
    .filter(({ statement }) => statement.form === "schema")
    .map((schema): Test => ({ name: schema.name, at: schema.statement.nameAt, schema }));
  return [...lambdas, ...instances]
    .filter(({ name, at }) => name.startsWith("test_") && isTestFile(at.file))
    .sort((a, b) => (a.at.file === b.at.file ? a.at.line - b.at.line : a.at.file < b.at.file ? -1 : 1));
}

function runTest(program: Program, test: Test, request: TestRequest): TestResult {
  const now = request.run?.now ?? Date.now;
  const started = now();
  const machine = createMachine(program, { ...request.run, now });
  const outcome = guarded(program, machine, () => {
    machine.packages.get(mainPackage)!.run();
    return performTest(machine, test);
  });
  return {
    name: test.name,
    file: test.at.file,
    line: test.at.line,
    ok: outcome.ok,
    durationMs: now() - started,
    log: machine.log.join(""),
    diagnostics: outcome.ok ? [] : outcome.diagnostics,
  };
}

function performTest(machine: Machine, test: Test): Value {
  machine.place = test.at;
  if (test.parameter !== undefined) machine.fail(`a test is called without arguments, and '${test.parameter}' has no default`);
  if (test.schema === undefined) {
    const { scope } = machine.packages.get(mainPackage)!;
    return callValue(machine, scope.read(machine, test.name), noArguments);
  }
  const instance = machine.schemaClass(test.schema).build(machine, new KclDict(), noArguments, test.at);
  requireAttributes(machine, instance);
  return instance;
}
