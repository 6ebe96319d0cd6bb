/** Required attributes. They are tested when the outermost schema expression is complete, so that partial defaults can be completed. */
import { EvaluationFailure } from "../diagnostics/failure.js";
import type { Place } from "../diagnostics/place.js";
import { isNothing } from "./inspect.js";
import type { Machine } from "./machine.js";
import { KclDict, KclInstance, KclList, type Value } from "./values.js";

/** Begins a schema expression; `endSchema` ends it. */
export function beginSchema(machine: Machine, place: Place | undefined): void {
  machine.schemaDepth++;
  if (place !== undefined) machine.schemaPlaces.push(place);
}

/** Ends a schema expression; the outermost one tests its value. */
export function endSchema(machine: Machine, place: Place | undefined, value: Value): Value {
  if (place !== undefined) machine.schemaPlaces.pop();
  machine.schemaDepth--;
  if (machine.schemaDepth === 0) requireAttributes(machine, value, machine.lastBuilt);
  return value;
}

/** Fails when an instance inside the value lacks a required attribute; at `place` where the instance was made of a dict. */
export function requireAttributes(machine: Machine, value: Value, place = machine.place): void {
  if (value instanceof KclInstance) {
    if (!machine.complete.has(value)) requireOf(machine, value, place);
  } else if (value instanceof KclList || value instanceof KclDict) requireParts(machine, value, place);
}

/** Values are shared: what was found complete once is not looked at again. */
function requireParts(machine: Machine, value: KclList | KclDict, place: Place | undefined): void {
  if (!value.extent.instances || machine.complete.has(value)) return;
  if (value instanceof KclList) for (const item of value.peekItems()) requireAttributes(machine, item, place);
  else for (const entry of value.peekEntries().values()) requireAttributes(machine, entry.value, place);
  machine.complete.add(value);
}

function requireOf(machine: Machine, instance: KclInstance, outer: Place | undefined): void {
  for (const attribute of instance.schema.layout(machine).attributes) {
    if (attribute.optional || !isNothing(instance.get(attribute.name))) continue;
    const text = `attribute '${attribute.name}' of ${instance.schema.name} is required and can't be None or Undefined`;
    const failure = new EvaluationFailure(text, instance.place ?? outer);
    const place = instance.place ?? [...instance.config.peekEntries().values()].find((entry) => entry.place !== undefined)?.place;
    failure.origin = { attribute: attribute.name, ...(place === undefined ? {} : { place }) };
    throw failure;
  }
  machine.complete.add(instance);
  for (const entry of instance.peekEntries().values()) requireAttributes(machine, entry.value, outer);
}
