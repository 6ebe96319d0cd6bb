import { expect, test } from "vitest";
import { serverTarget } from "./options.js";

const places = { environment: { SECRET: "from variable" }, stdin: process.stdin };
const target = (url: string, changes = {}) => serverTarget({ url, mode: "write", ...changes }, places);

test.each([
  ["ws://db:8000", "ws://db:8000/rpc"],
  ["wss://db/", "wss://db/rpc"],
  ["http://u:p@db:8000/rpc", "http://db:8000/rpc"],
  ["https://db/behind/proxy", "https://db/behind/proxy"],
])("%s is asked at %s", async (url, asked) => {
  expect((await target(url)).url).toBe(asked);
});

test("takes user and password from the url or from elsewhere, for the level where the user is defined", async () => {
  expect(await target("ws://ada:p%40ss@db")).toMatchObject({ authentication: { username: "ada", password: "p@ss" } });
  expect(await target("ws://db")).not.toHaveProperty("authentication");
  const password = { environment: "SECRET" };
  expect((await target("ws://db", { user: "ada", password })).authentication).toEqual({
    username: "ada",
    password: "from variable",
  });
  const { authentication } = await target("ws://db", {
    user: "ada",
    password,
    userLevel: "database",
    namespace: "n",
    database: "d",
  });
  expect(authentication).toEqual({ namespace: "n", database: "d", username: "ada", password: "from variable" });
});

test("shows neither user nor password", async () => {
  expect((await target("ws://ada:secret@db:8000")).location).toBe("ws://db:8000 (provisioning/orchestrator)");
});

test.each([
  ["postgres://u:secret@db", {}],
  ["ws://u:secret%zz@db", {}],
  ["ws://u:secret@[", {}],
  ["ws://u:secret@db", { namespace: "a b" }],
  ["ws://u:secret@db", { database: "x; REMOVE" }],
  ["ws://u:secret@db", { password: { environment: "NOT_SET" } }],
])("refuses %s %j without repeating it", async (url, changes) => {
  const refusal = target(url, changes);
  await expect(refusal).rejects.toMatchObject({ code: "STORE_OPTION_INVALID" });
  await expect(refusal).rejects.toThrow(/^((?!secret).)*$/s);
});
