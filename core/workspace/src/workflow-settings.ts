/** A batch workflow as plain data, read from what its KCL file evaluates to. Its shape is the KCL schema `provisioning.workflows.WorkflowDef`. */

import {
  type BatchDependency,
  type BatchOperation,
  type BatchWorkflow,
  isJsonObject,
  type Json,
  type JsonObject,
  type LoggingConfig,
  type MonitoringConfig,
  type Positions,
  type RetryPolicy,
  type RollbackStrategy,
  type SecretProvider,
  type SourcePosition,
  textOf,
} from "@provisioning/model";
import { pathText } from "./evaluate-infra.js";
import type { PositionLookup } from "./settings.js";

type Path = readonly (string | number)[];

/** Every instance of the schema has these, with or without the user's words. */
export function isWorkflow(value: Json | undefined): value is JsonObject {
  return (
    isJsonObject(value) &&
    typeof value.name === "string" &&
    Array.isArray(value.operations) &&
    isJsonObject(value.rollback_strategy) &&
    isJsonObject(value.retry_policy) &&
    isJsonObject(value.monitoring)
  );
}

/** The language has checked all types and filled in all defaults. `path` is where the workflow is, from the top. */
export function readWorkflow(value: JsonObject, path: Path, positionOf: PositionLookup): BatchWorkflow {
  const position = positionOf(path) ?? positionOf([...path, "name"]);
  return {
    name: textOf(value.name),
    order: value.type as BatchWorkflow["order"],
    providerAgnostic: value.provider_agnostic === true,
    operations: itemsOf(value.operations).map((item, index) => operation(item, [...path, "operations", index], positionOf)),
    dependencies: itemsOf(value.dependencies).map((item, index) =>
      dependency(item, [...path, "dependencies", index], positionOf),
    ),
    rollback: rollback(value.rollback_strategy as JsonObject),
    retry: retry(value.retry_policy as JsonObject),
    logging: logging(value.logging as JsonObject),
    templates: textsOf(value.templates),
    monitoring: monitoring(value.monitoring as JsonObject),
    positions: positionsWithin(value, path, positionOf),
    ...(isJsonObject(value.secrets) ? { secrets: secrets(value.secrets) } : {}),
    ...(typeof value.parallel_limit === "number" ? { parallelLimit: value.parallel_limit } : {}),
    ...(position === undefined ? {} : { position }),
  };
}

/** A cluster in a region is an operation with one item. */
function operation(value: JsonObject, path: Path, positionOf: PositionLookup): BatchOperation {
  const isCluster = value.type === "cluster";
  return {
    id: textOf(value.id),
    verb: isCluster ? "create" : (value.type as BatchOperation["verb"]),
    target: isCluster ? "cluster" : (value.target as BatchOperation["target"]),
    providers: isCluster ? (value.provider == null ? [] : [textOf(value.provider)]) : textsOf(value.providers),
    items: isCluster ? [textOf(value.cluster)] : textsOf(value.items),
    dependsOn: textsOf(value.depends_on),
    parallel: value.parallel !== false,
    timeoutMs: milliseconds(value.timeout),
    onFailure: value.on_failure as BatchOperation["onFailure"],
    positions: positionsWithin(value, path, positionOf),
    ...(isCluster ? { region: textOf(value.region) } : {}),
    ...at(path, "id", positionOf),
  };
}

function dependency(value: JsonObject, path: Path, positionOf: PositionLookup): BatchDependency {
  return {
    source: textOf(value.source),
    target: textOf(value.target),
    type: value.type as BatchDependency["type"],
    positions: positionsWithin(value, path, positionOf),
    ...(typeof value.wait_condition === "string" ? { waitCondition: value.wait_condition } : {}),
    ...at(path, "source", positionOf),
  };
}

function rollback(value: JsonObject): RollbackStrategy {
  return {
    enabled: value.enabled === true,
    onPartialFailure: value.on_partial_failure === true,
    checkpointInterval: Number(value.checkpoint_interval),
    preserveSuccessful: value.preserve_successful === true,
  };
}

function retry(value: JsonObject): RetryPolicy {
  return {
    maxAttempts: Number(value.max_attempts),
    backoff: value.backoff as RetryPolicy["backoff"],
    initialDelayMs: milliseconds(value.initial_delay),
    maxDelayMs: milliseconds(value.max_delay),
  };
}

function logging(value: JsonObject): LoggingConfig {
  return {
    level: value.level as LoggingConfig["level"],
    destinations: textsOf(value.destinations) as LoggingConfig["destinations"],
    format: value.format as LoggingConfig["format"],
    retentionDays: Number(value.retention_days),
    path: textOf(value.path),
  };
}

function monitoring(value: JsonObject): MonitoringConfig {
  const telemetry = isJsonObject(value.telemetry) ? value.telemetry : {};
  return {
    enabled: value.enabled === true,
    metricsEndpoint: textOf(value.metrics_endpoint),
    stateStore: value.state_store as MonitoringConfig["stateStore"],
    checkpointFrequencyMs: milliseconds(value.checkpoint_frequency),
    telemetry: {
      enabled: telemetry.enabled === true,
      serviceName: textOf(telemetry.service_name),
      ...(typeof telemetry.endpoint === "string" ? { endpoint: telemetry.endpoint } : {}),
    },
  };
}

function secrets(value: JsonObject): SecretProvider {
  const sops = isJsonObject(value.sops_config) ? value.sops_config : {};
  const kms = isJsonObject(value.kms_config) ? value.kms_config : undefined;
  return {
    provider: value.provider as SecretProvider["provider"],
    ...(typeof sops.age_key_file === "string" ? { ageKeyFile: sops.age_key_file } : {}),
    ...(kms === undefined
      ? {}
      : {
          kms: {
            ...(typeof kms.endpoint === "string" ? { endpoint: kms.endpoint } : {}),
            ...(typeof kms.key_id === "string" ? { keyId: kms.key_id } : {}),
          },
        }),
  };
}

function at(path: Path, first: string, positionOf: PositionLookup): Pick<BatchOperation, "position" | "dataPath"> {
  const position = positionOf(path) ?? positionOf([...path, first]);
  return position === undefined ? { dataPath: pathText(path) } : { position };
}

/** Of the fields and of the members of lists. */
function positionsWithin(value: JsonObject, path: Path, positionOf: PositionLookup): Positions {
  const positions: Record<string, SourcePosition> = {};
  const add = (key: string, within: Path): void => {
    const position = positionOf([...path, ...within]);
    if (position !== undefined) positions[key] = position;
  };
  for (const [key, item] of Object.entries(value)) {
    add(key, [key]);
    if (Array.isArray(item)) item.forEach((_, index) => add(`${key}.${index}`, [key, index]));
  }
  return positions;
}

function itemsOf(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? (value as readonly Json[]).filter(isJsonObject) : [];
}

function textsOf(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? (value as readonly Json[]).map(textOf) : [];
}

function milliseconds(seconds: Json | undefined): number {
  return Number(seconds) * 1000;
}
