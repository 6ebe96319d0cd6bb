/** Where nothing was done, nothing says that it went well: another exit code than 0, or plain words that there was nothing to do. */

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fixture, makeWorkspace, obstacle, type TestWorkspace } from "./support/platform.js";

interface Case {
  readonly title: string;
  readonly words: readonly string[];
  readonly code: number;
  readonly says: string;
}

describe.skipIf(obstacle !== undefined)("where nothing was made", () => {
  let workspace: TestWorkspace;

  beforeAll(async () => {
    workspace = await makeWorkspace(fixture("small"));
  });
  afterAll(() => workspace.destroy());

  const CASES: readonly Case[] = [
    { title: "nothing is healthy", words: ["health-check"], code: 1, says: "it is not installed" },
    { title: "one service is not healthy", words: ["health-check", "--services", "redis"], code: 1, says: "it is not installed" },
    {
      title: "a list of services that names none is refused",
      words: ["health-check", "--services", ","],
      code: 64,
      says: "names nothing",
    },
    { title: "a service has no status", words: ["taskserv", "status", "redis"], code: 1, says: "it is not installed" },
    { title: "a server is absent", words: ["server", "status", "one"], code: 1, says: "absent" },
    { title: "there are no servers", words: ["server", "list"], code: 0, says: "There are no servers." },
    { title: "there are no services", words: ["taskserv", "list"], code: 0, says: "Nothing is installed." },
    { title: "there is no run", words: ["workflow", "status"], code: 1, says: "no runs yet" },
    { title: "nothing has drifted", words: ["drift"], code: 0, says: "nothing was made yet" },
    { title: "nothing is removed", words: ["cluster", "delete", "--yes"], code: 0, says: "there is nothing to do" },
    { title: "an unknown server is not made", words: ["server", "create", "nope", "--yes"], code: 64, says: 'no server "nope"' },
    { title: "nor beside a known one", words: ["server", "create", "one", "nope", "--yes"], code: 64, says: 'no server "nope"' },
    { title: "an absent server is not removed", words: ["server", "delete", "one", "--yes"], code: 64, says: 'no server "one"' },
    { title: "servers to remove must be named", words: ["server", "delete", "--yes"], code: 64, says: "server" },
    { title: "taskservs to install must be named", words: ["taskserv", "create", "--yes"], code: 64, says: "taskserv" },
    { title: "taskservs to remove must be named", words: ["taskserv", "delete", "--yes"], code: 64, says: "taskserv" },
    {
      title: "a taskserv does not go where it is not described",
      words: ["taskserv", "create", "nginx", "--servers", "one", "--yes"],
      code: 64,
      says: "nginx is not on one",
    },
    {
      title: "a list of servers that names none is refused",
      words: ["taskserv", "delete", "redis", "--servers", ",", "--yes"],
      code: 64,
      says: "names nothing",
    },
    { title: "nobody was asked, so nothing is made", words: ["apply"], code: 64, says: "--yes" },
    { title: "no shell opens", words: ["server", "ssh", "one"], code: 1, says: "SERVER_NOT_READY" },
  ];

  it.each(CASES)("$title: $words", async ({ words, code, says }) => {
    const result = await workspace.run(...words);
    expect(result.stdout + result.stderr).toContain(says);
    expect(result.stdout + result.stderr).not.toContain("✓");
    expect(result.code, result.stderr).toBe(code);
    expect(await workspace.json<unknown[]>("workflow", "list")).toEqual([]);
  });

  it("says so for an infra without servers", async () => {
    await workspace.edit("infra/small/main.k", (text) => text.replace(/servers = \[[^]*\n {4}\]/, "servers = []"));
    for (const words of [["plan"], ["apply", "--yes"], ["cluster", "create", "small", "--yes"], ["server", "create", "--yes"]]) {
      const result = await workspace.run(...words);
      expect(result.code, result.stderr).toBe(0);
      expect(result.stdout).toContain("there is nothing to do");
      expect(result.stdout + result.stderr).not.toContain("✓");
    }
    const health = await workspace.run("health-check");
    expect(health).toMatchObject({ code: 1 });
    expect(health.stdout).toContain("nothing was checked");
    expect(await workspace.json<unknown[]>("workflow", "list")).toEqual([]);
  });
});
