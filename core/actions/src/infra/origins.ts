/** Everybody who says something about a field of a resource: defaults of schemas, configuration layers, declarations in definitions, flags. */

import type { ConfigKeyName } from "@provisioning/config";
import { type DesiredResource, isJsonObject, type Json, type SourcePosition } from "@provisioning/model";
import { type DefinitionSaying, type EvaluatedInfra, evaluateInfra } from "@provisioning/workspace";
import { explainConfig } from "../config/explain.js";
import { configuredTaskservs, displayed, seenFrom } from "../desired/configured-taskservs.js";
import { requestPaths } from "../desired/placement.js";
import type { InfraSession } from "../session.js";
import { judge, type Level, type Origin, type Said } from "./judge-origins.js";
import { withoutSecrets } from "./without-secrets.js";

type Path = readonly (string | number)[];

/** The strongest first. */
export async function originsOf(session: InfraSession, resource: DesiredResource, field: Path): Promise<readonly Origin[]> {
  const evaluated = await evaluateAgain(session);
  const levels =
    resource.kind === "server"
      ? await aboutServer(session, evaluated, resource, field)
      : resource.kind === "taskserv"
        ? await aboutTaskserv(session, evaluated, resource, field)
        : [];
  return judge(levels);
}

/** Definitions are evaluated without remembering what lost; whoever asks pays for a second time. */
function evaluateAgain({ context, workspace, infra }: InfraSession): Promise<EvaluatedInfra> {
  return evaluateInfra(context.platform, workspace.layout, infra, { history: true });
}

/** Fields that have a value from the configuration when the definition says nothing. */
const FROM_CONFIGURATION: Readonly<Record<string, ConfigKeyName>> = {
  plan: "servers.default_plan",
  image: "local.image",
  labels: "servers.labels",
  provider: "providers.default",
};

async function aboutServer(
  session: InfraSession,
  evaluated: EvaluatedInfra,
  { address }: DesiredResource,
  field: Path,
): Promise<readonly Level[]> {
  const [first, ...rest] = field;
  const key = typeof first === "string" ? FROM_CONFIGURATION[first] : undefined;
  const configured = key === undefined ? [] : await fromConfiguration(session, key, rest);
  const index = evaluated.settings.servers.findIndex(({ name }) => address === `server.${name}`);
  // Its taskservs are resources of their own.
  const own = first === "taskservs" ? [] : fromDefinition(evaluated, ["settings", "servers", index, ...inDefinition(field)]);
  const ofInfra = first === "provider" ? fromDefinition(evaluated, ["settings", "infra", "provider"]) : [];
  const isFlag = (level: Level) => level[0]?.kind === "flag";
  return [...configured.filter((level) => !isFlag(level)), ofInfra, own, ...configured.filter(isFlag)];
}

/** An existing machine is described below `host`. */
function inDefinition([first, ...rest]: Path): Path {
  if (first === "address") return ["host", "address"];
  return first === "options" ? ["host", ...rest] : [first ?? "", ...rest];
}

async function aboutTaskserv(
  session: InfraSession,
  evaluated: EvaluatedInfra,
  resource: DesiredResource,
  [first, ...path]: Path,
): Promise<readonly Level[]> {
  const placement = session.desired.placements.get(resource.address);
  const extension = placement === undefined ? undefined : session.catalog.get(placement.taskserv);
  const server = evaluated.settings.servers.find(({ name }) => name === placement?.server);
  if (placement === undefined || extension === undefined || server === undefined || first !== "config") return [];
  const defaults = session.compiler
    .defaultsOf(extension, placement.config, path)
    .map(({ schema, ...rest }): Level => [{ kind: "default", source: `default of the taskserv's schema ${schema}`, ...rest }]);
  const configured = configuredLevels(session, placement.taskserv, path);
  const requests = requestPaths(evaluated.settings, server, placement.taskserv);
  const definitions = requests.map((request) => fromDefinition(evaluated, [...request, "config", ...path]));
  return withoutSecrets([...defaults, ...configured, ...definitions], path, extension.manifest.secrets);
}

/** A level for each layer that says something about the taskserv's field. */
function configuredLevels({ config, workspace }: InfraSession, taskserv: string, path: Path): readonly Level[] {
  return seenFrom(workspace.layout.root, config.layers).flatMap((layer): readonly Level[] => {
    const configured = configuredTaskservs([layer]).get(taskserv);
    const value = configured === undefined ? undefined : valueIn(configured.config, path);
    if (value === undefined) return [];
    const place = path.length === 0 ? configured?.position : configured?.positions[path.join(".")];
    return [[{ kind: "configuration", source: layer.name, value, ...(place === undefined ? {} : { place }) }]];
  });
}

function valueIn(whole: Json | undefined, path: Path): Json | undefined {
  return path.reduce<Json | undefined>((at, name) => (isJsonObject(at) ? at[name] : undefined), whole);
}

function fromDefinition(evaluated: EvaluatedInfra, path: Path): Level {
  return evaluated.sayingsOf(path).map(
    ({ schema, isImported, fate, text, ...rest }: DefinitionSaying): Said => ({
      kind: "definition",
      source:
        schema === undefined
          ? isImported
            ? "what the definition imports"
            : "the definition"
          : `default of the schema ${schema}`,
      isPart: fate === "part",
      isReplaced: fate === "lost",
      ...rest,
      ...(rest.value === undefined && text !== undefined ? { text } : {}),
    }),
  );
}

/** A level for each layer that says something. */
async function fromConfiguration(
  { context, infra, workspace }: InfraSession,
  key: ConfigKeyName,
  path: Path,
): Promise<readonly Level[]> {
  const { layers } = await explainConfig.run(context, { key, infra });
  return layers.flatMap(({ layer, file, line, column, value: whole }) => {
    const value = valueIn(whole, path);
    if (value === undefined) return [];
    const place: SourcePosition | undefined =
      file === undefined || line === undefined
        ? undefined
        : { file: displayed(workspace.layout.root, file), line, column: column ?? 1 };
    const kind = layer === "flags" ? "flag" : "configuration";
    return [[{ kind, source: layer, value, ...(place === undefined ? {} : { place }) } satisfies Said]];
  });
}
