/** What was typed cannot be understood. Nothing was done. */

import {
  AliasNotFoundError,
  ArgumentParseError,
  EnumValidationError,
  FlagNotFoundError,
  UnexpectedPositionalError,
  UnsatisfiedFlagError,
  UnsatisfiedPositionalError,
} from "@stricli/core";
import { nearest, ProvisioningError } from "@provisioning/model";
import type { Command } from "./command.js";
import { flagName } from "./spelling.js";
import { VIEW_WORDS } from "./view-words.js";

export class UsageError extends ProvisioningError {
  constructor(message: string, hint: string) {
    super({ code: "USAGE_INVALID", message, hint });
  }
}

/** A word that names no command. */
export function unknownCommand(word: string, within: readonly string[], meant: string | undefined): UsageError {
  const place = within.length === 0 ? "" : ` of ${within.join(" ")}`;
  const typed = ["provisioning", ...within].join(" ");
  return new UsageError(
    `There is no command${place} ${JSON.stringify(word)}.`,
    meant === undefined ? `See what there is: ${typed} help` : `Did you mean: ${typed} ${meant}`,
  );
}

/** What the parser found, said in our words: never the value that was typed, it may be a secret. */
export function argumentError(error: unknown, path: readonly string[], command: Command): UsageError {
  const typed = ["provisioning", ...path].join(" ");
  const see = `See: ${typed} --help`;
  if (error instanceof FlagNotFoundError) return unknownFlag(error.input, command, see);
  if (error instanceof AliasNotFoundError) return new UsageError(`${typed} has no flag -${error.input}.`, see);
  if (error instanceof UnsatisfiedFlagError) return new UsageError(`--${error.externalFlagName} needs a value.`, see);
  if (error instanceof UnsatisfiedPositionalError) return new UsageError(`${typed} needs <${error.placeholder}>.`, see);
  if (error instanceof UnexpectedPositionalError)
    return new UsageError(
      `${typed} takes ${error.expectedCount === 0 ? "no argument" : `no more than ${error.expectedCount}`}; ${JSON.stringify(error.input)} is one too many.`,
      see,
    );
  if (error instanceof EnumValidationError) {
    const meant = nearest(error.input, error.values);
    return new UsageError(
      `--${error.externalFlagName} is one of ${error.values.join(", ")}.`,
      meant === undefined ? see : `Did you mean ${meant}? ${see}`,
    );
  }
  if (error instanceof ArgumentParseError) {
    const problem = error.exception instanceof Error ? error.exception.message : String(error.exception);
    return new UsageError(`The value of ${error.externalFlagNameOrPlaceholder} cannot be used: ${problem}.`, see);
  }
  return new UsageError(error instanceof Error ? error.message : String(error), see);
}

function unknownFlag(input: string, command: Command, see: string): UsageError {
  const known = [
    ...Object.entries(command.flags).flatMap(([name, { hidden }]) => (hidden === true ? [] : [flagName(name)])),
    ...VIEW_WORDS.flatMap(({ words }) => words.filter((word) => word.startsWith("--")).map((word) => word.slice(2))),
  ];
  const meant = nearest(input, known);
  return new UsageError(`There is no flag --${input} here.`, meant === undefined ? see : `Did you mean --${meant}? ${see}`);
}
