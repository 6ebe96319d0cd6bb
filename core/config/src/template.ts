/**
 * Templates in Jinja2's language, rendered strictly: a value that is not given is an error with its line, never an empty text.
 * Templates come from extensions and are not trusted with time: each rendering has a limit of instructions.
 */

import { type JsonObject, ProvisioningError } from "@provisioning/model";

/** Instructions of one rendering: enough for a megabyte of output, reached by a hostile loop within a second. */
const FUEL = 5_000_000;

export class TemplateError extends ProvisioningError {
  constructor(file: string, line: number | undefined, problem: string, options?: ErrorOptions) {
    super(
      {
        code: "TEMPLATE_INVALID",
        message: `${file}${line === undefined ? "" : `:${line}`}: ${problem}`,
        hint: "Correct the template, or give the value that it uses.",
        details: { file, ...(line === undefined ? {} : { line }) },
      },
      options,
    );
  }
}

export type TemplateRenderer = (file: string, source: string, values: JsonObject) => string;

/** The engine is loaded on the first call of `createTemplateRenderer`, not at start. The renderer throws TemplateError. */
export async function createTemplateRenderer(): Promise<TemplateRenderer> {
  const { Environment } = await import("minijinja-js");
  return (file, source, values) => {
    const environment = new Environment();
    try {
      environment.undefinedBehavior = "strict";
      environment.keepTrailingNewline = true;
      environment.trimBlocks = true;
      environment.lstripBlocks = true;
      environment.fuel = FUEL;
      return environment.renderStr(source, values);
    } catch (cause) {
      throw toTemplateError(file, cause);
    } finally {
      environment.free();
    }
  };
}

/** The engine tells the place as "(in <string>:LINE)" at the end of the message's first line. */
function toTemplateError(file: string, cause: unknown): TemplateError {
  const first = (cause instanceof Error ? cause.message : String(cause)).split("\n")[0] ?? "";
  const place = /\(in <string>:(\d+)\)/.exec(first);
  const problem = first.replace(/\s*\(in <string>:\d+\)/, "");
  return new TemplateError(file, place ? Number(place[1]) : undefined, problem, { cause });
}
