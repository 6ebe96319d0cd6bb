import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  canonicalJson,
  createRedactor,
  Heap,
  InvalidNameError,
  isRunId,
  type Json,
  nearest,
  newRunId,
  REDACTED,
  serverName,
  ProvisioningError,
} from "./index.js";

describe("names", () => {
  it.each(["a", "web-01", "a".repeat(63)])("accepts %s", (name) => {
    expect(serverName(name)).toBe(name);
  });

  const hostile = [
    "",
    "-rf",
    "../etc",
    "a/b",
    "a b",
    "a;b",
    "$(id)",
    "`id`",
    "A",
    "1a",
    "a-",
    "a".repeat(64),
    "a\n",
    "ä",
    "a.b",
    "--yes",
    "\u0000",
  ];
  it.each(hostile)("refuses %j", (name) => {
    expect(() => serverName(name)).toThrow(InvalidNameError);
  });
});

describe("canonicalJson", () => {
  it("is the same for equal values whatever the order of keys", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const reversed = Object.fromEntries(Object.entries(value).reverse());
        expect(canonicalJson(reversed as Json)).toBe(canonicalJson(value as Json));
        expect(JSON.parse(canonicalJson(value as Json))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});

describe("redactor", () => {
  it("removes a secret in every form it may take", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 8, maxLength: 40 }), fc.string(), (secret, around) => {
        const redactor = createRedactor();
        redactor.add(secret);
        const forms = [
          secret,
          Buffer.from(secret).toString("base64"),
          Buffer.from(secret).toString("hex"),
          encodeURIComponent(secret),
        ];
        for (const form of forms) expect(redactor.text(`<${form}>`)).not.toContain(`<${form}>`);
        expect(redactor.json({ [secret]: [secret] })).toEqual({ [REDACTED]: [REDACTED] });
        expect(redactor.text(around.replaceAll(secret, ""))).toBeTypeOf("string");
      }),
    );
  });

  it("leaves text without secrets alone", () => {
    const redactor = createRedactor();
    redactor.add("hunter22");
    expect(redactor.text("nothing here")).toBe("nothing here");
  });

  it("ignores values too short to be told from ordinary words", () => {
    const redactor = createRedactor();
    redactor.add("abc");
    expect(redactor.text("abc")).toBe("abc");
  });
});

describe("nearest", () => {
  it.each([
    ["nginxx", "nginx"],
    ["ngnix", "nginx"],
    ["postgres", undefined],
    ["etdc", "etcd"],
  ])("suggests for %s: %s", (written, expected) => {
    expect(nearest(written, ["nginx", "etcd", "redis"])).toBe(expected);
  });
});

describe("run ids", () => {
  it("sort by the time they were made", () => {
    const ids = Array.from({ length: 50 }, newRunId);
    expect(ids.every(isRunId)).toBe(true);
    expect([...ids].sort()).toEqual(ids);
  });
});

describe("errors", () => {
  it("are ours whichever copy of the module made them", () => {
    const foreign = Object.assign(new Error("x"), { [Symbol.for("provisioning.error")]: true });
    expect(foreign instanceof ProvisioningError).toBe(true);
    expect(new Error("x") instanceof ProvisioningError).toBe(false);
    expect(new ProvisioningError({ code: "X", message: "x" }) instanceof InvalidNameError).toBe(false);
    expect(new InvalidNameError("server", "-") instanceof ProvisioningError).toBe(true);
  });
});

it("a heap gives the smallest first", () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), (items) => {
      const heap = new Heap<number>((left, right) => left < right);
      for (const item of items) heap.push(item);
      expect(items.map(() => heap.pop())).toEqual([...items].sort((left, right) => left - right));
      expect(heap.pop()).toBeUndefined();
    }),
  );
});
