/** Reads the layers that exist, from the platform's defaults up to the flags of a command, and resolves them. */

import { type Clock, type Diagnostic, DiagnosticsError, isName, nearest, systemClock } from "@provisioning/model";
import { defaultsLayer } from "./defaults-file.js";
import { dateFacts } from "./facts.js";
import type { DecryptText } from "./encrypted-layer.js";
import type { KclEvaluator } from "./formats/kcl.js";
import { flagLayer, type Layer, LAYER_NAMES, type LayerName, variableLayer } from "./layer.js";
import { type LayerPlace, type ReadFile, readLayerFile } from "./layer-file.js";
import { readIfThere } from "./read-if-there.js";
import { type Config, resolveConfig, type ResolvedConfig } from "./resolve.js";

export interface ConfigSources {
  /** The platform's `config/config.defaults.toml`; without it every key has its built-in default. */
  readonly defaultsFile: string;
  /** The files of the user, the workspace and the infra, lowest first; each may be missing. */
  readonly files?: readonly LayerPlace[];
  /** Files of environments. Absent: there are none here. */
  readonly environments?: EnvironmentFiles;
  /** The environment that was asked for. Absent: what the key `environment.default` says. */
  readonly chosenEnvironment?: string;
  /** Variables of the process. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Values of flags by key; `undefined` means not given. */
  readonly flags?: Readonly<Record<string, unknown>>;
  /** What references may name besides keys: `paths.base`, `workspace.name`. */
  readonly facts?: Readonly<Record<string, string>>;
  /** For `{{now.date}}`. */
  readonly clock?: Pick<Clock, "now">;
  /** Absent: files of KCL are refused. */
  readonly kcl?: KclEvaluator;
  /** Opens files that SOPS encrypted. Absent: what is encrypted in them says nothing. */
  readonly decrypt?: DecryptText;
  /** Layers above this one are left out. Default: none is. */
  readonly upTo?: LayerName;
  /** Default: from the disk. */
  readonly read?: ReadFile;
}

export interface EnvironmentFiles {
  placeOf(environment: string): LayerPlace;
  /** Names of the environments that have a file. */
  list(): Promise<readonly string[]>;
}

/** @throws DiagnosticsError with everything that is wrong in any layer, in the order of the layers */
export async function loadConfig(sources: ConfigSources): Promise<Config> {
  const { config, findings } = await readConfig(sources);
  const errors = findings.filter(({ severity }) => severity === "error");
  if (errors.length > 0) throw new DiagnosticsError(errors);
  return config;
}

/** The same without throwing: a layer that cannot be read is left out and reported. */
export async function readConfig(sources: ConfigSources): Promise<ResolvedConfig> {
  const { environment = {}, facts = {}, clock = systemClock } = sources;
  const counts = ({ name }: Pick<Layer, "name">) => isUpTo(name, sources.upTo);
  const places = (sources.files ?? []).filter(counts);
  const reads = await Promise.all([readDefaults(sources), ...places.map((place) => readLayerFile(place, sources))].map(attempt));
  const lower = layersOf(reads);
  const upper = [variableLayer(environment), flagLayer(sources.flags ?? {})].filter(counts);
  const chosen = counts({ name: "environment" }) ? chosenName(sources, [...lower, ...upper]) : undefined;
  const own = await attempt(readEnvironment(sources, chosen));
  const resolved = resolveConfig([...lower, ...layersOf([own]), ...upper], {
    facts: { ...facts, ...dateFacts(clock.now()), ...(chosen === undefined ? {} : { "environment.name": chosen }) },
    environment,
    ...(chosen === undefined || sources.environments === undefined ? {} : { chosenEnvironment: chosen }),
  });
  const unread = [...reads, own].flatMap(({ findings }) => findings);
  return { config: resolved.config, findings: [...unread, ...resolved.findings] };
}

async function readDefaults({ defaultsFile, read = readIfThere }: ConfigSources): Promise<Layer | undefined> {
  const text = await read(defaultsFile);
  return text === undefined ? undefined : defaultsLayer(defaultsFile, text);
}

function isUpTo(name: LayerName, highest: LayerName | undefined): boolean {
  return highest === undefined || LAYER_NAMES.indexOf(name) <= LAYER_NAMES.indexOf(highest);
}

/** Before references are replaced: a name is a plain text. */
function chosenName({ chosenEnvironment }: ConfigSources, layers: readonly Layer[]): string | undefined {
  if (chosenEnvironment !== undefined) return chosenEnvironment;
  const said = layers.map(({ values }) => values.get("environment.default")).filter((value) => typeof value === "string");
  return said.at(-1) === "" ? undefined : said.at(-1);
}

async function readEnvironment(sources: ConfigSources, name: string | undefined): Promise<Layer | undefined> {
  const { environments } = sources;
  if (environments === undefined || name === undefined) return undefined;
  const layer = isName(name) ? await readLayerFile(environments.placeOf(name), sources) : undefined;
  if (layer !== undefined) return layer;
  const known = await environments.list();
  const suggestion = nearest(name, known);
  const example = `${environments.placeOf(isName(name) ? name : "NAME").base}.toml`;
  throw new DiagnosticsError([
    {
      severity: "error",
      code: "ENVIRONMENT_UNKNOWN",
      summary: `There is no environment ${JSON.stringify(name)}.`,
      hint:
        suggestion === undefined
          ? `Known: ${known.join(", ") || "none"}. An environment is a file ${example}.`
          : `Did you mean ${suggestion}?`,
    },
  ]);
}

/** What reading a layer came to: the layer, or what is wrong with its text, or neither where there is no file. */
interface Read {
  readonly layer?: Layer;
  readonly findings: readonly Diagnostic[];
}

async function attempt(reading: Promise<Layer | undefined>): Promise<Read> {
  try {
    const layer = await reading;
    return { ...(layer === undefined ? {} : { layer }), findings: [] };
  } catch (error) {
    if (!(error instanceof DiagnosticsError)) throw error;
    return { findings: error.diagnostics };
  }
}

function layersOf(reads: readonly Read[]): Layer[] {
  return reads.flatMap(({ layer }) => (layer === undefined ? [] : [layer]));
}
