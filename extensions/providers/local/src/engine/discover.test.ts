import { describe, expect, it } from "vitest";
import { type DiscoveryInput, engineCandidates, parseEngineAddress, requireEngine } from "./discover.js";

const input = (environment: Record<string, string> = {}, setting?: string): DiscoveryInput => ({
  environment,
  setting,
  readFile: (path) => `content of ${path}`,
  userId: 1000,
});

describe("engineCandidates", () => {
  it("looks at Docker before Podman, and at rootless sockets of this user", () => {
    const paths = engineCandidates(input({ HOME: "/home/me" })).map((each) => (each.kind === "unix" ? each.socketPath : ""));
    expect(paths).toEqual([
      "/var/run/docker.sock",
      "/run/user/1000/docker.sock",
      "/home/me/.docker/run/docker.sock",
      "/run/podman/podman.sock",
      "/run/user/1000/podman/podman.sock",
    ]);
  });

  it("takes an explicit choice alone: the setting before DOCKER_HOST", () => {
    const environment = { DOCKER_HOST: "tcp://127.0.0.1:2375" };
    expect(engineCandidates(input(environment))).toEqual([{ kind: "tcp", host: "127.0.0.1", port: 2375 }]);
    expect(engineCandidates(input(environment, "unix:///mine.sock"))).toEqual([{ kind: "unix", socketPath: "/mine.sock" }]);
  });
});

describe("parseEngineAddress", () => {
  it("reads certificates when TLS is asked for", () => {
    const environment = { DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: "/certs" };
    expect(parseEngineAddress("tcp://[::1]:2376", input(environment))).toMatchObject({
      host: "::1",
      port: 2376,
      tls: { ca: "content of /certs/ca.pem" },
    });
  });

  it.each(["ssh://me@host", "unix://relative", "tcp://host", "nonsense"])("refuses %s with a hint", (address) => {
    expect(() => parseEngineAddress(address, input())).toThrowError(expect.objectContaining({ code: "ENGINE_ADDRESS_INVALID" }));
  });
});

describe("requireEngine", () => {
  it("names every place that was tried", async () => {
    const nowhere = input({ HOME: "/nowhere", XDG_RUNTIME_DIR: "/nowhere" }, "unix:///nowhere/docker.sock");
    await expect(requireEngine(nowhere)).rejects.toMatchObject({
      code: "ENGINE_UNREACHABLE",
      message: expect.stringContaining("unix:///nowhere/docker.sock") as string,
    });
  });
});
