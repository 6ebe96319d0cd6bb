import type { Address } from "@provisioning/model";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildResourceGraph, dependenciesOf, dependentsOf, pathBetween, resourcesNamed } from "./index.js";

const record = (address: string, ...dependsOn: string[]) => ({ address: address as Address, dependsOn: dependsOn as Address[] });
const a = (text: string) => text as Address;
const graph = buildResourceGraph([
  record("network.shop"),
  record("server.db", "network.shop"),
  record("server.web", "network.shop"),
  record("taskserv.db.runc", "server.db"),
  record("taskserv.db.containerd", "taskserv.db.runc", "server.db"),
  record("taskserv.db.etcd", "taskserv.db.containerd"),
  record("taskserv.web.nginx", "taskserv.db.etcd", "taskserv.web.gone"),
]);

describe("the graph of resources", () => {
  it("finds what cannot be without something, nearest first", () => {
    expect(dependentsOf(graph, [a("taskserv.db.runc")])).toEqual([
      { address: "taskserv.db.containerd", distance: 1 },
      { address: "taskserv.db.etcd", distance: 2 },
      { address: "taskserv.web.nginx", distance: 3 },
    ]);
    expect(dependentsOf(graph, [a("network.shop")])).toHaveLength(6);
  });

  it("finds what something needs, its server included", () => {
    expect(dependenciesOf(graph, [a("taskserv.web.nginx")]).map(({ address }) => address)).toEqual([
      "server.web",
      "taskserv.db.etcd",
      "network.shop",
      "server.db",
      "taskserv.db.containerd",
      "taskserv.db.runc",
    ]);
  });

  it("names each relation", () => {
    expect(pathBetween(graph, [a("taskserv.web.nginx")], [a("network.shop")])?.map(({ relation, to }) => [relation, to])).toEqual(
      [
        ["runs_on", "server.web"],
        ["attached_to", "network.shop"],
      ],
    );
    expect(pathBetween(graph, [a("taskserv.db.etcd")], [a("taskserv.db.runc")])?.map(({ relation }) => relation)).toEqual([
      "depends_on",
      "depends_on",
    ]);
    expect(pathBetween(graph, [a("network.shop")], [a("server.db")])).toBeUndefined();
    expect(pathBetween(graph, [a("server.db")], [a("server.db")])).toEqual([]);
  });

  it("knows resources by what people call them", () => {
    expect(resourcesNamed(graph, "etcd")).toEqual(["taskserv.db.etcd"]);
    expect(resourcesNamed(graph, "web")).toEqual(["server.web"]);
    expect(resourcesNamed(graph, "server.web")).toEqual(["server.web"]);
    expect(resourcesNamed(graph, "nothing")).toEqual([]);
  });

  it("dependents are the mirror of dependencies, and long chains do no harm", () => {
    const link = fc.tuple(fc.nat(20), fc.nat(20));
    fc.assert(
      fc.property(fc.array(link, { maxLength: 60 }), (links) => {
        const records = Array.from({ length: 21 }, (_, index) =>
          record(`server.s${index}`, ...links.filter(([from]) => from === index).map(([, to]) => `server.s${to}`)),
        );
        const random = buildResourceGraph(records);
        for (const from of random.nodes) {
          for (const { address: to } of dependenciesOf(random, [from])) {
            expect(dependentsOf(random, [to]).some(({ address }) => address === from) || to === from).toBe(true);
            expect(pathBetween(random, [from], [to])).toBeDefined();
          }
        }
      }),
      { numRuns: 30 },
    );
    const chain = buildResourceGraph(
      Array.from({ length: 20_000 }, (_, index) => record(`server.s${index}`, ...(index > 0 ? [`server.s${index - 1}`] : []))),
    );
    expect(dependenciesOf(chain, [a("server.s19999")])).toHaveLength(19_999);
  });
});
