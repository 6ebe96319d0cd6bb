/**
 * A throw-away server for tests: a container with systemd and sshd, over the `docker` command.
 *
 * Works without extra capabilities of the host (no --privileged): the container gets a cgroup namespace of its own and makes its own
 * hierarchies writable before init; what the engine mounts over /etc/hosts and the like is copied and unmounted, as on a real server.
 */

import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Connection } from "../connection/connection.js";
import { openSshConnection, readHostKey, type SshTarget } from "../connection/ssh.js";

const run = promisify(execFile);

const TEST_IMAGES = ["provisioning-server:bookworm", "base:bookworm"] as const;

const BOOT = [
  "for d in /sys/fs/cgroup/*/; do mount -o remount,bind,rw $d; done 2>/dev/null",
  "mount --bind /proc/sys/net /proc/sys/net && mount -o remount,bind,rw /proc/sys/net",
  "for f in hosts hostname resolv.conf; do cp /etc/$f /tmp/.f && umount /etc/$f && cp /tmp/.f /etc/$f; done",
  "mkdir -p -m 700 /root/.ssh && printf '%s\\n' \"$SSH_KEY\" >/root/.ssh/authorized_keys && chmod 600 /root/.ssh/authorized_keys",
  "unset SSH_KEY",
  "exec /sbin/init",
].join("\n");

export interface TestServer {
  readonly name: string;
  readonly address: string;
  readonly target: SshTarget;
  connect(): Promise<Connection>;
  /** Runs words in the container, past the connection on trial. Output without its last newline. @throws when it fails */
  exec(...words: readonly string[]): Promise<string>;
  /** Every path with type, mode, owner and content digest; kernel and memory file systems left out. Equal before and after means nothing changed. */
  digest(): Promise<string>;
  remove(): Promise<void>;
}

/** Why no test server can be started here, or undefined. Tests use it to skip with a reason. */
export async function testServerObstacle(
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<string | undefined> {
  try {
    await run("docker", ["version", "--format", "{{.Server.Version}}"]);
    await testImage(env);
    return undefined;
  } catch (error) {
    return error instanceof Error ? (error.message.split("\n")[0] ?? "docker does not answer") : "docker does not answer";
  }
}

/** Starts a server and waits until it answers on its SSH port. */
export async function startTestServer(env: Readonly<Record<string, string | undefined>> = process.env): Promise<TestServer> {
  const name = `sdk-test-${randomBytes(4).toString("hex")}`;
  const key = await makeKey();
  const image = await testImage(env);
  await removeAbandoned();
  const labels = ["--label", LABEL, "--label", `${OWNER_LABEL}=${process.pid}`];
  const flags = ["--hostname", name, ...labels, "--stop-signal=SIGRTMIN+3"];
  const rights = [
    "--cap-add",
    "SYS_ADMIN",
    "--cap-add",
    "NET_ADMIN",
    "--security-opt",
    "seccomp=unconfined",
    "--cgroupns=private",
  ];
  const memory = [
    "--tmpfs",
    "/run",
    "--tmpfs",
    "/run/lock",
    "--tmpfs",
    "/tmp:exec",
    "-e",
    "container=docker",
    "-e",
    `SSH_KEY=${key.public}`,
  ];
  await run("docker", ["run", "-d", "--name", name, ...flags, ...rights, ...memory, image, "/bin/sh", "-c", BOOT]);
  const exec = async (...words: readonly string[]) =>
    (await run("docker", ["exec", name, ...words], { maxBuffer: 64 * 1024 * 1024 })).stdout.replace(/\n$/, "");
  const remove = async () => {
    await run("docker", ["rm", "-f", "-v", name]);
  };
  try {
    const { stdout } = await run("docker", ["inspect", "-f", "{{.NetworkSettings.IPAddress}}", name]);
    const address = stdout.trim();
    const hostKey = await untilAnswering(() => readHostKey({ host: address, port: 22 }, { connectTimeoutMs: 2_000 }));
    const target: SshTarget = { host: address, port: 22, user: "root", hostKeys: [hostKey], privateKey: key.private };
    await untilAnswering(async () => (await openSshConnection(target)).close());
    return {
      name,
      address,
      target,
      connect: () => openSshConnection(target),
      exec,
      digest: () => exec("sh", "-c", DIGEST),
      remove,
    };
  } catch (error) {
    await remove().catch(() => undefined);
    throw error;
  }
}

const LABEL = "provisioning.test=extension-sdk";
const OWNER_LABEL = "provisioning.test.pid";

/** A test run that was killed leaves its servers; the next one takes them away. */
async function removeAbandoned(): Promise<void> {
  const format = `{{.ID}} {{.Label "${OWNER_LABEL}"}}`;
  const { stdout } = await run("docker", ["ps", "-a", "--filter", `label=${OWNER_LABEL}`, "--format", format]);
  const abandoned = stdout
    .split("\n")
    .map((line) => line.split(" "))
    .filter(([id, pid]) => id !== "" && !isAlive(Number(pid)))
    .map(([id]) => id ?? "");
  // Another run may be removing the same ones.
  if (abandoned.length > 0) await run("docker", ["rm", "-f", "-v", ...abandoned]).catch(() => undefined);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Logs and the package manager's lock files change by themselves. */
const OUTSIDE = "\\( -path ./proc -o -path ./sys -o -path ./run -o -path ./tmp -o -path ./dev -o -path ./var/log \\) -prune";
const DIGEST = [
  "cd /",
  `find . -xdev ${OUTSIDE} -o -printf "%p|%y|%m|%u|%g|%l|%T@\\n" | sort`,
  `find . -xdev ${OUTSIDE} -o -type f -print0 | sort -z | xargs -0 sha256sum`,
].join("\n");

async function untilAnswering<Result>(attempt: () => Promise<Result>): Promise<Result> {
  const end = Date.now() + 30_000;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
  }
}

async function testImage(env: Readonly<Record<string, string | undefined>>): Promise<string> {
  const candidates = env.PROVISIONING_TEST_IMAGE ? [env.PROVISIONING_TEST_IMAGE] : TEST_IMAGES;
  for (const image of candidates) {
    const found = await run("docker", ["image", "inspect", image]).then(
      () => true,
      () => false,
    );
    if (found) return image;
  }
  throw new Error(`none of the images ${candidates.join(", ")} is there`);
}

async function makeKey(): Promise<{ private: string; public: string }> {
  const dir = await mkdtemp(join(tmpdir(), "test-key-"));
  try {
    await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", join(dir, "key")]);
    return { private: await readFile(join(dir, "key"), "utf8"), public: (await readFile(join(dir, "key.pub"), "utf8")).trim() };
  } finally {
    await rm(dir, { recursive: true });
  }
}
