import { type Address, type Change, infraName, type Plan, providerName, type UnknownValue } from "@provisioning/model";
import { describe, expect, it } from "vitest";
import { styleFor } from "../style.js";
import { renderPlan } from "./plan.js";
import { planPage } from "./plan-html.js";

const plain = styleFor({ write: () => undefined }, { NO_COLOR: "1" });
const address = (text: string) => text as Address;

function created(at: string, unknown: readonly UnknownValue[], more: Partial<Change> = {}): Change {
  return {
    address: address(at),
    kind: "create",
    resource: at.startsWith("server") ? "server" : "taskserv",
    provider: providerName("local"),
    reasons: ["it does not exist"],
    fields: [],
    steps: [],
    drift: false,
    dependsOn: [],
    ...(unknown.length === 0 ? {} : { unknown }),
    ...more,
  };
}

const addressOf = (...servers: string[]): UnknownValue[] =>
  servers.map((server) => ({ attribute: "address", knownAfter: address(`server.${server}`) }));

describe("what is not known yet", () => {
  const many = Array.from({ length: 8 }, (_, index) => `db-0${index}`);
  const plan: Plan = {
    infra: infraName("shop"),
    changes: [
      created("server.web-01", [...addressOf("web-01"), { attribute: "id", knownAfter: address("server.web-01") }]),
      created("taskserv.web-01.nginx", addressOf("web-01")),
      created("taskserv.web-01.etcd", addressOf(...many)),
      created("taskserv.web-01.runc", []),
      created("taskserv.web-02.redis", [], {
        kind: "update",
        drift: true,
        reasons: ["it was changed by hand or by another program"],
      }),
    ],
  };

  it("is named with what makes it known, apart from drift", () => {
    expect(renderPlan(plan, plain)).toMatchInlineSnapshot(`
      "Changed behind our back
        ~ taskserv.web-02.redis (drift)  it was changed by hand or by another program

      Create
        + server.web-01
            address, id: (known after web-01 is created)
        + taskserv.web-01.nginx
            uses the address of web-01: (known after web-01 is created)
        + taskserv.web-01.etcd
            uses the address of db-00, db-01, db-02, db-03, db-04, 3 more: (known after they are created)
        + taskserv.web-01.runc

      shop: 1 change · 4 create"
    `);
  });

  it("is told of a server that is made anew, and where others are made from its address", () => {
    const diff = "-server 10.9.0.3:6379;\n+server (known after db-01 is created):6379;";
    const text = renderPlan(
      {
        infra: infraName("shop"),
        changes: [
          created("server.db-01", [...addressOf("db-01"), { attribute: "id", knownAfter: address("server.db-01") }], {
            kind: "replace",
            reasons: ["plan cannot be changed in place"],
            fields: [{ path: "plan", before: "small", after: "large", forcesReplacement: true }],
          }),
          created("taskserv.web-01.nginx", addressOf("db-01"), {
            kind: "update",
            reasons: ["something it is made from changed"],
            steps: [{ id: "site", title: "Write the site", diff }],
          }),
        ],
      },
      plain,
    );
    expect(text).toMatchInlineSnapshot(`
      "Replace
        ± server.db-01  plan cannot be changed in place
            plan: small → large (forces a replacement)
            address, id: (known after db-01 is created)

      Change
        ~ taskserv.web-01.nginx  something it is made from changed
            uses the address of db-01: (known after db-01 is created)
            step Write the site
              -server 10.9.0.3:6379;
              +server (known after db-01 is created):6379;

      shop: 1 replace · 1 change"
    `);
  });

  it("is in the page too", () => {
    const page = planPage(plan, "2026-01-01");
    expect(page).toContain("address, id: (known after web-01 is created)");
    expect(page).toContain("uses the address of db-00, db-01, db-02, db-03, db-04, 3 more: (known after they are created)");
    expect([...page.matchAll(/<h2>(.*?)<\/h2>/g)].map(([, title]) => title)).toEqual([
      "Changed behind our back (1)",
      "Create (4)",
    ]);
  });
});

describe("a tree", () => {
  it("has the server above what is on it, also when it is destroyed after that", () => {
    const changes = ["taskserv.db-01.redis", "taskserv.db-01.os", "server.db-01"].map((at) =>
      created(at, [], { kind: "delete" }),
    );
    const plan: Plan = { infra: infraName("shop"), changes };
    expect(renderPlan(plan, plain, { tree: true }).split("\n").slice(0, 3)).toEqual([
      "  - server.db-01",
      "  -   └ redis",
      "  -   └ os",
    ]);
  });
});
