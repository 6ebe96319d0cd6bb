/** Bare names of the platform's schemas: only where a file uses one and does not have it. */

import { describe, expect, it } from "vitest";
import { preludeFor } from "./definition-input.js";

const schemas = new Map([
  ["Server", "server"],
  ["BatchWorkflow", "workflows"],
]);
const bare = (...texts: string[]) => [...preludeFor(texts, schemas).matchAll(/^schema (\w+)/gm)].map(([, name]) => name);

describe("preludeFor", () => {
  it.each([
    ["server: Server {}", ["Server"]],
    ["a: Server {}\nb: BatchWorkflow = {}", ["BatchWorkflow", "Server"]],
    ["import provisioning.server as srv\na: srv.Server {}", []],
    ["schema Server:\n    name: str\na: Server {}", []],
    ["type Server = str\na: Server = 1", []],
    ["import mine as Server\na: Server.X {}", []],
    ["Server = 1\na = Server", []],
    ["a: MyServer {}", []],
  ])("of %j defines %j", (text, names) => {
    expect(bare(text)).toEqual(names);
  });

  it("looks at all files together", () => {
    expect(bare("a: Server {}", "schema Server:\n    name: str")).toEqual([]);
  });
});
