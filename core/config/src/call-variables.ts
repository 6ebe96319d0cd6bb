/** What may be decided for one call of a service, and the variables of the environment that decide it. */

import { CONFIG_KEY_NAMES, variableOf } from "./keys.js";
import { shownValue } from "./shown-value.js";

type Environment = Readonly<Record<string, string | undefined>>;

/** What the service itself is and what it opens to those who ask it: decided where it is started. */
export function isOfService(key: string): boolean {
  return /^(?:storage|orchestrator)\.|^workflows\.service_environment$/.test(key);
}

/** Those of an environment that set a key of a call. Secrets are not among them: what is sent to a service is stored there. */
export function callVariables(environment: Environment): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const key of CONFIG_KEY_NAMES) {
    const name = variableOf(key);
    const value = environment[name];
    if (value !== undefined && !isOfService(key) && shownValue(key, value) === value) found[name] = value;
  }
  return found;
}

/** The environment of a service for a call that was made with these variables: its own of this kind do not count. */
export function environmentOfCall(environment: Environment, variables: Readonly<Record<string, string>>): Environment {
  const own = callVariables(environment);
  return { ...Object.fromEntries(Object.entries(environment).filter(([name]) => !Object.hasOwn(own, name))), ...variables };
}
