import type { JsonObject } from "@provisioning/model";
import { describe, expect, it } from "vitest";
import { writtenSecrets } from "./written-secrets.js";

describe("writtenSecrets", () => {
  it.each<[string, JsonObject, readonly string[], readonly string[]]>([
    ["a text where a reference belongs", { password: "hunter2" }, ["password"], ["password"]],
    ["no reference", { password: "env://P" }, ["password"], []],
    ["nothing that is absent or empty", { password: "", token: null }, ["password", "token", "key"], []],
    [
      "items of a list",
      { users: [{ password: "env://P" }, { password: "hunter2" }] },
      ["users.*.password"],
      ["users.1.password"],
    ],
    ["values of a map", { tokens: { a: "file://a", b: "b" } }, ["tokens.*"], ["tokens.b"]],
  ])("finds %s", (_, config, secrets, found) => {
    expect(writtenSecrets(config, secrets).map((path) => path.join("."))).toEqual(found);
  });
});
