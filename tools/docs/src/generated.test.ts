/** Pages that are made from the code. `npm run docs` writes them; as a test this finds one that is stale. */

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  CONFIG_KEYS,
  type ConfigKeyName,
  jsonSchemaOfConfig,
  kclSchemaOfConfig,
  renderDefaults,
  variableOf,
} from "@provisioning/config";
import { actionTable } from "@provisioning/actions";
import { describe, expect, it } from "vitest";
import { DOMAINS } from "../../../core/cli/src/commands/table.js";
import { type AnyAction, actionSchemas, actionsPage } from "./pages/actions.js";
import { apiDocument, apiPage } from "./pages/api.js";
import { commandsPage } from "./pages/commands.js";
import { configurationPage } from "./pages/configuration.js";
import { metricsPage } from "./pages/metrics.js";
import { settingsPage } from "./pages/settings.js";
import { serviceDescription } from "./service-description.js";
import { serviceMetrics } from "./service-metrics.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const reference = (name: string) => `${root}docs/user/reference/${name}`;

describe("generated pages", () => {
  it("has every command as its help says", async () => {
    await expect(commandsPage(DOMAINS)).toMatchFileSnapshot(reference("commands.md"));
  });

  it("has every action with its schemas", async () => {
    const actions = (await Promise.all(Object.values(actionTable).map((load) => load()))) as unknown as AnyAction[];
    await expect(actionsPage(actions)).toMatchFileSnapshot(reference("actions.md"));
    await expect(actionSchemas(actions)).toMatchFileSnapshot(reference("actions.schema.json"));
  });

  it("has every configuration key with its default", async () => {
    const page = configurationPage(CONFIG_KEYS, (key) => variableOf(key as ConfigKeyName));
    await expect(page).toMatchFileSnapshot(reference("configuration.md"));
    const schema = `${JSON.stringify(jsonSchemaOfConfig(), null, 2)}\n`;
    await expect(schema).toMatchFileSnapshot(reference("config.schema.json"));
    await expect(kclSchemaOfConfig()).toMatchFileSnapshot(`${root}kcl/config.k`);
    await expect(renderDefaults().text).toMatchFileSnapshot(`${root}config/config.defaults.toml`);
  });

  it("has every metric of the service", async () => {
    await expect(metricsPage(serviceMetrics())).toMatchFileSnapshot(reference("metrics.md"));
  });

  it("has every request that the service answers", async () => {
    const description = await serviceDescription("0.1.0");
    await expect(apiPage(description)).toMatchFileSnapshot(`${root}docs/api/README.md`);
    await expect(apiDocument(description)).toMatchFileSnapshot(`${root}docs/api/openapi.json`);
  });

  it("has every attribute of the schemas that users write", async () => {
    const files = ["settings", "server", "taskserv", "cluster"].map((name) => ({
      module: `provisioning.${name}`,
      text: readFileSync(`${root}kcl/${name}.k`, "utf8"),
    }));
    await expect(settingsPage(files)).toMatchFileSnapshot(reference("settings.md"));
  });
});
