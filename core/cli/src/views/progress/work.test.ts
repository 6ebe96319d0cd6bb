import type { OperationId } from "@provisioning/model";
import { describe, expect, it } from "vitest";
import { Work } from "./work.js";

const id = (name: string) => name as OperationId;
const operation = (name: string, ...dependsOn: string[]) => ({ id: id(name), title: name, dependsOn: dependsOn.map(id) });

describe("what comes next", () => {
  it("is what waits only for what runs", () => {
    const work = new Work();
    work.announce([
      operation("check", "install"),
      operation("install", "server", "network"),
      operation("server"),
      operation("network"),
    ]);
    work.start(id("server"), 0);
    work.start(id("network"), 0);
    expect(work.waiting()).toEqual([
      { title: "install", for: ["server", "network"], under: "server" },
      { title: "check", for: ["install"] },
    ]);
  });

  it("is first what could begin at once", () => {
    const work = new Work();
    work.announce([operation("install", "server"), operation("server"), operation("free")]);
    work.start(id("server"), 0);
    expect(work.waiting().map(({ title }) => title)).toEqual(["free", "install"]);
    work.end(id("server"));
    expect(work.waiting()[0]).toEqual({ title: "install", for: [] });
  });
});
