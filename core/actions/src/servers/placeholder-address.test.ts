import { describe, expect, it } from "vitest";
import { nameServers, placeholderAddress } from "./placeholder-address.js";

describe("placeholder addresses", () => {
  it("are different for every server and read back as its name", () => {
    const names = Array.from({ length: 900 }, (_, index) => `s${index}`);
    expect(new Set(names.map((_, index) => placeholderAddress(index))).size).toBe(names.length);
    names.forEach((name, index) => expect(nameServers(`+${placeholderAddress(index)} x`, names)).toBe(`+(address of ${name}) x`));
  });

  it("leave other text alone", () => {
    expect(nameServers("listen 192.0.2.7:80; 10.0.0.1", ["a"])).toBe("listen 192.0.2.7:80; 10.0.0.1");
  });
});
