/** The looks and set-ups of the local provider with this machine filled in: for the command line's `doctor` and for tests. */

import { systemClock } from "@provisioning/model";
import type { Engine } from "./engine/discover.js";
import { installEngine as install } from "./engine/install.js";
import { type Machine, thisMachine } from "./engine/machine.js";
import { type Finding, type PreflightInput, preflight as look, prepareLocal as prepare } from "./engine/preflight.js";

export interface SetupOptions {
  /** Address of the container engine; found by looking when missing. */
  readonly engine?: string;
  readonly signal?: AbortSignal;
}

type Report = (line: string) => void;

/** Looks whether this machine can run local servers. Changes nothing. */
export function preflight(options: SetupOptions = {}): Promise<Finding[]> {
  return look(inputOf(options));
}

/** Installs (where we may) and starts a container engine. @throws ProvisioningError ENGINE_SETUP_MANUAL with what to do, and others */
export function installEngine(report: Report, options: SetupOptions = {}): Promise<Engine> {
  return install({ ...inputOf(options), report });
}

/** Engine and base image, made when they are missing. Safe to call from several processes at once. */
export function prepareLocal(report: Report, options: SetupOptions = {}): Promise<Engine> {
  return prepare({ ...inputOf(options), report });
}

function inputOf(options: SetupOptions, machine: Machine = thisMachine()): PreflightInput {
  return {
    machine,
    clock: systemClock,
    signal: options.signal,
    discovery: {
      setting: options.engine,
      environment: machine.environment,
      readFile: (path) => machine.readFile(path),
      userId: machine.userId,
    },
  };
}
