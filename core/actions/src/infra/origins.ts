/** Everybody who says something about a field of a resource: defaults of schemas, configuration layers, declarations in definitions, flags. */

import type { ConfigKeyName } from "@provisioning/config";
import { type DesiredResource, isJsonObject, type Json, type SourcePosition } from "@provisioning/model";
import type { DefinitionSaying, EvaluatedInfra, InfraSettings, ServerSettings } from "@provisioning/workspace";
import { explainConfig } from "../config/explain.js";
import { requestPaths } from "../desired/placement.js";
import type { InfraSession } from "../session.js";
import { hiddenSecrets } from "./hidden-secrets.js";

/** One who says something about the value, or could have. */
export interface Origin {
  readonly source: string;
  readonly place?: SourcePosition;
  readonly value?: Json;
  /** How it is written there; instead of a value that nobody evaluated. */
  readonly text?: string;
  /** The value is what it says, or is put together from it and others. */
  readonly wins: boolean;
  /** Why it wins or not, in a few words. */
  readonly because: string;
}

/** Before it is known who is stronger; `isOver`: something of its own group replaced it. */
interface Said extends Omit<Origin, "wins" | "because"> {
  readonly group: "default" | "configuration" | "definition" | "flag";
  readonly isOver: boolean;
  readonly isPart: boolean;
  readonly lostTo?: SourcePosition;
}

type Path = readonly (string | number)[];

/** The strongest first. */
export async function originsOf(session: InfraSession, resource: DesiredResource, field: Path): Promise<readonly Origin[]> {
  const said =
    resource.kind === "server" ? await aboutServer(session, resource, field) : await aboutTaskserv(session, resource, field);
  return judge(said).toReversed();
}

async function aboutServer(session: InfraSession, { address }: DesiredResource, field: Path): Promise<readonly Said[]> {
  const evaluated = await evaluateAgain(session);
  const index = evaluated.settings.servers.findIndex(({ name }) => address === `server.${name}`);
  const definition = (path: Path) => fromDefinition(evaluated, path);
  const [first, ...rest] = field;
  const own = definition(["settings", "servers", index, ...pathInDefinition(field)]);
  if (first === "provider")
    return [
      ...(await fromConfiguration(session, "providers.default", rest)),
      ...over(definition(["settings", "infra", "provider"]), own),
    ];
  const key = typeof first === "string" ? FROM_CONFIGURATION[first] : undefined;
  const configured = key === undefined ? [] : await fromConfiguration(session, key, rest);
  const flags = configured.filter(({ group }) => group === "flag");
  return [...configured.filter(({ group }) => group !== "flag"), ...own, ...flags];
}

/** Fields that have a value from the configuration when the definition says nothing. */
const FROM_CONFIGURATION: Readonly<Record<string, ConfigKeyName>> = {
  plan: "servers.default_plan",
  image: "local.image",
  labels: "servers.labels",
};

/** An existing machine is described below `host`. */
function pathInDefinition([first, ...rest]: Path): Path {
  if (first === "address") return ["host", "address"];
  return first === "options" ? ["host", ...rest] : [first ?? "", ...rest];
}

async function aboutTaskserv(session: InfraSession, resource: DesiredResource, [first, ...path]: Path): Promise<readonly Said[]> {
  const placement = session.desired.placements.get(resource.address);
  const extension = placement === undefined ? undefined : session.catalog.get(placement.taskserv);
  if (placement === undefined || extension === undefined || first !== "config") return [];
  const evaluated = await evaluateAgain(session);
  const server = evaluated.settings.servers.find(({ name }) => name === placement.server) as ServerSettings;
  const defaults = session.compiler.defaultsOf(extension, placement.config, path).map(
    ({ schema, ...rest }): Said => ({
      group: "default",
      source: `default of the taskserv's schema ${schema}`,
      isOver: false,
      isPart: false,
      ...rest,
    }),
  );
  const requests = requestPaths(evaluated.settings, server, placement.taskserv).map((request) =>
    fromDefinition(evaluated, [...request, "config", ...path]),
  );
  const all = [...defaults, ...requests.reduce<readonly Said[]>(over, [])];
  return all.map((one) => hiddenSecrets(one, path, extension.manifest.secrets));
}

/** Definitions are evaluated without remembering what lost; whoever asks pays for a second time. */
function evaluateAgain({ context, workspace, infra }: InfraSession): Promise<EvaluatedInfra> {
  return import("@provisioning/workspace").then(({ evaluateInfra }) =>
    evaluateInfra(context.platform, workspace.layout, infra, { history: true }),
  );
}
