import type { ServerStatus } from "@provisioning/actions";
import { describe, expect, it } from "vitest";
import { styleFor } from "../style.js";
import { renderServers } from "./status.js";

const style = styleFor({ write: () => undefined }, { NO_COLOR: "1" });
const server = (name: string, described: boolean): ServerStatus => ({
  name,
  described,
  provider: "local",
  plan: "small",
  status: "running",
  taskservs: [],
});

describe("a table of servers", () => {
  it("names those that the definition lost", () => {
    const lines = renderServers([server("web-01", true), server("db-01", false)], style).split("\n");
    expect(lines.at(-1)).toBe("! No longer described, apply would destroy: db-01");
    expect(lines.some((line) => line.startsWith("✓  db-01"))).toBe(true);
  });

  it("says nothing more when all are described", () => {
    expect(renderServers([server("web-01", true)], style)).not.toContain("described");
  });
});
