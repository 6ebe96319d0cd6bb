import { describe, expect, it } from "vitest";
import { nameServers, placeholderAddress, serversNamed } from "./placeholder-address.js";

const unknown = (name: string) => ({ name, isUnknown: true });

describe("placeholder addresses", () => {
  it("are different for every server and read back as its name", () => {
    const servers = Array.from({ length: 900 }, (_, index) => unknown(`s${index}`));
    expect(new Set(servers.map((_, index) => placeholderAddress(index))).size).toBe(servers.length);
    servers.forEach(({ name }, index) => {
      expect(nameServers(`+${placeholderAddress(index)} x`, servers)).toBe(`+(known after ${name} is created) x`);
    });
  });

  it("leave other text alone, and an address of theirs that a server really has", () => {
    expect(nameServers("listen 192.0.2.7:80; 10.0.0.1", [unknown("a")])).toBe("listen 192.0.2.7:80; 10.0.0.1");
    expect(nameServers("listen 192.0.2.1:80", [{ name: "a", isUnknown: false }])).toBe("listen 192.0.2.1:80");
  });

  it("tell which servers a text waits for, each once and in their order", () => {
    const servers = [unknown("a"), unknown("b"), { name: "c", isUnknown: false }, unknown("d")];
    expect(serversNamed("192.0.2.4, 192.0.2.1:80 and 192.0.2.1:81; 192.0.2.3", servers)).toEqual(["a", "d"]);
  });
});
