/** The preferences that a configuration and the variables say. */

import { configSources, platformLayout } from "@provisioning/actions";
import { loadConfig } from "@provisioning/config";
import type { Preferences } from "./preferences.js";

/** @throws DiagnosticsError when the configuration is wrong */
export async function loadPreferences(
  environment: Readonly<Record<string, string | undefined>>,
  platformRoot: string,
): Promise<Preferences> {
  const config = await loadConfig(configSources({ platform: platformLayout(platformRoot), environment }));
  const colour = config.get("output.color");
  return {
    format: config.get("output.format"),
    view: {
      plain: config.get("output.plain"),
      quiet: config.get("output.quiet"),
      verbose: config.get("output.verbose"),
      noInput: !config.get("output.questions"),
      noPager: !config.get("output.pager"),
      ...(colour === "auto" || (colour === "always" && environment.NO_COLOR) ? {} : { colour: colour === "always" }),
    },
  };
}
