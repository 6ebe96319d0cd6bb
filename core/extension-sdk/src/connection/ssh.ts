/**
 * Programs over SSH.
 *
 * The server is known by its recorded host key; another key ends the attempt before anything is sent. One connection carries many
 * programs, each in a channel of its own. The socket is ours, with Nagle's delay off: 5 ms instead of 48 ms for a small program.
 */

import { connect as connectSocket, type Socket } from "node:net";
import type { Client, ClientChannel, ConnectConfig } from "ssh2";
import type { Connection, RunResult } from "./connection.js";
import {
  ConnectionLostError,
  type Endpoint,
  HostKeyMismatchError,
  ServerUnreachableError,
  SshAuthenticationError,
} from "./errors.js";
import { algorithmsFor, keyLine, keyMatches } from "./host-key.js";
import { createLineSplitter, createTail } from "./lines.js";
import { type StartedProgram, supervise } from "./supervise.js";
import { terminationProgram } from "./termination.js";

export interface SshTarget {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** Recorded host keys, each "ssh-ed25519 AAAA…". One of them must be shown. */
  readonly hostKeys: readonly string[];
  /** Private key, OpenSSH or PEM. */
  readonly privateKey?: string | Buffer;
  readonly passphrase?: string;
  /** Socket of an SSH agent, instead of a key. */
  readonly agent?: string;
  /** Run programs as root with `sudo -n`. */
  readonly sudo?: boolean;
}

export interface SshConnectionOptions {
  /** For connecting and logging in. Default 20 s. */
  readonly connectTimeoutMs?: number;
  /** A silent connection is probed this often, and given up after three probes without an answer. Default 10 s. */
  readonly keepaliveMs?: number;
  readonly signal?: AbortSignal;
}

/** A server that stands still says no goodbye. */
const CLOSE_LIMIT_MS = 1_000;

/** @throws ServerUnreachableError, HostKeyMismatchError, SshAuthenticationError */
export async function openSshConnection(target: SshTarget, options: SshConnectionOptions = {}): Promise<Connection> {
  const { client, socket } = await login(target, options);
  const description = `${target.user}@${target.host}:${target.port}`;
  const shell = target.sudo ? "sudo -n sh -s" : "sh -s";
  let roundTrips = 0;
  let isOpen = true;
  const running = new Set<Promise<unknown>>();
  const closing = new AbortController();
  client.on("close", () => {
    isOpen = false;
  });
  client.on("error", () => {
    isOpen = false;
  });

  const start = async (program: string, onLine: (line: string) => void): Promise<StartedProgram> => {
    roundTrips += 1;
    const { channel, ended } = await execute(client, description, shell, program, onLine);
    return {
      ended,
      stop: async (session) => {
        if (session !== undefined && isOpen) await endSession(session).catch(() => undefined);
        channel.close();
      },
    };
  };
  const endSession = async (session: number): Promise<void> => {
    roundTrips += 1;
    await (await execute(client, description, shell, terminationProgram(session), () => undefined)).ended;
  };

  return {
    description,
    get roundTrips() {
      return roundTrips;
    },
    get isOpen() {
      return isOpen;
    },
    async run(program, runOptions = {}) {
      const signal = AbortSignal.any([closing.signal, ...(runOptions.signal === undefined ? [] : [runOptions.signal])]);
      const run = supervise(description, { ...runOptions, signal }, (onLine) => start(program, onLine));
      running.add(run);
      try {
        return await run;
      } finally {
        running.delete(run);
      }
    },
    async close() {
      closing.abort(new ConnectionLostError(description));
      await Promise.allSettled(running);
      if (!isOpen) return;
      isOpen = false;
      const closed = new Promise<void>((resolve) => client.once("close", () => resolve()));
      client.end();
      const giveUp = setTimeout(() => socket.destroy(), CLOSE_LIMIT_MS);
      await closed;
      clearTimeout(giveUp);
    },
  };
}

/** Asks a server for its host key, to be recorded by whoever may trust this first contact. "ssh-ed25519 AAAA…" @throws ServerUnreachableError */
export async function readHostKey(
  address: { readonly host: string; readonly port: number },
  options: SshConnectionOptions = {},
): Promise<string> {
  const endpoint = { ...address, user: "" };
  let key: string | undefined;
  const target = { ...endpoint, hostKeys: [] };
  try {
    const { client } = await login(target, options, (presented) => {
      key = keyLine(presented);
      return false;
    });
    client.end();
  } catch (error) {
    if (key === undefined) throw error;
  }
  if (key === undefined) throw new ServerUnreachableError(endpoint, "it showed no host key");
  return key;
}

async function login(
  target: SshTarget,
  options: SshConnectionOptions,
  verify?: (key: Buffer) => boolean,
): Promise<{ readonly client: Client; readonly socket: Socket }> {
  const { default: ssh2 } = await import("ssh2");
  const timeoutMs = options.connectTimeoutMs ?? 20_000;
  const socket = await openSocket(target, timeoutMs, options.signal);
  const client = new ssh2.Client();
  let presented: Buffer | undefined;
  const accept = verify ?? ((key: Buffer) => keyMatches(key, target.hostKeys));
  const config: ConnectConfig = {
    sock: socket,
    username: target.user,
    readyTimeout: timeoutMs,
    keepaliveInterval: options.keepaliveMs ?? 10_000,
    keepaliveCountMax: 3,
    hostVerifier: (key: Buffer) => {
      presented = key;
      return accept(key);
    },
    ...(target.hostKeys.length === 0 ? {} : { algorithms: { serverHostKey: algorithmsFor(target.hostKeys) } }),
    ...(target.privateKey === undefined ? {} : { privateKey: target.privateKey }),
    ...(target.passphrase === undefined ? {} : { passphrase: target.passphrase }),
    ...(target.agent === undefined ? {} : { agent: target.agent }),
  };
  await new Promise<void>((resolve, reject) => {
    const fail = (error: unknown) => {
      options.signal?.removeEventListener("abort", onAbort);
      client.on("error", () => undefined);
      client.destroy();
      socket.destroy();
      reject(error);
    };
    const onAbort = () => fail(options.signal?.reason);
    options.signal?.addEventListener("abort", onAbort, { once: true });
    client.once("ready", () => {
      options.signal?.removeEventListener("abort", onAbort);
      client.removeAllListeners("error");
      client.removeAllListeners("close");
      resolve();
    });
    client.once("error", (error) =>
      fail(loginError(target, error, presented !== undefined && !accept(presented) ? presented : undefined)),
    );
    client.once("close", () => fail(new ServerUnreachableError(target, "it closed the connection during the login")));
    client.connect(config);
  });
  return { client, socket };
}

function openSocket(target: Endpoint, timeoutMs: number, signal?: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const socket = connectSocket({ host: target.host, port: target.port });
    socket.setNoDelay(true);
    const settle = (finish: () => void) => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      socket.removeAllListeners("error");
      finish();
    };
    const giveUp = (error: unknown) =>
      settle(() => {
        socket.on("error", () => undefined);
        socket.destroy();
        reject(error);
      });
    const onAbort = () => giveUp(signal?.reason);
    const timer = setTimeout(
      () => giveUp(new ServerUnreachableError(target, `no answer within ${timeoutMs / 1000} s`)),
      timeoutMs,
    );
    signal?.addEventListener("abort", onAbort, { once: true });
    socket.once("error", (error) => giveUp(new ServerUnreachableError(target, error.message, { cause: error })));
    socket.once("connect", () => settle(() => resolve(socket)));
  });
}

function loginError(target: SshTarget, error: Error & { level?: string }, refusedKey: Buffer | undefined): Error {
  if (refusedKey !== undefined || /no matching host key/i.test(error.message)) {
    return new HostKeyMismatchError(endpointOf(target), refusedKey === undefined ? "a key of another type" : keyLine(refusedKey));
  }
  if (error.level === "client-authentication") return new SshAuthenticationError(endpointOf(target), { cause: error });
  return new ServerUnreachableError(endpointOf(target), error.message, { cause: error });
}

function endpointOf({ host, port, user }: SshTarget): Endpoint {
  return { host, port, user };
}

/** Starts a command in a channel and writes the program to it. Both streams are read to their end, or the channel never closes. */
function execute(client: Client, description: string, command: string, program: string, onLine: (line: string) => void) {
  return new Promise<{ channel: ClientChannel; ended: Promise<RunResult> }>((resolve, reject) => {
    const lost = (cause?: unknown) => new ConnectionLostError(description, cause === undefined ? undefined : { cause });
    try {
      client.exec(command, (error, channel) => {
        if (error) return reject(lost(error));
        resolve({ channel, ended: follow(client, channel, onLine, lost) });
        channel.end(program);
      });
    } catch (error) {
      reject(lost(error));
    }
  });
}

function follow(
  client: Client,
  channel: ClientChannel,
  onLine: (line: string) => void,
  lost: (cause?: unknown) => Error,
): Promise<RunResult> {
  const lines = createLineSplitter(onLine);
  const tail = createTail();
  const ended = new Promise<RunResult>((resolve, reject) => {
    let exit: number | undefined;
    const onLoss = (error?: unknown) => finish(() => reject(lost(error)));
    const finish = (settle: () => void) => {
      client.removeListener("close", onLoss);
      client.removeListener("error", onLoss);
      lines.end();
      settle();
    };
    client.on("close", onLoss);
    client.on("error", onLoss);
    channel.on("data", (chunk: Buffer) => lines.push(chunk));
    channel.stderr.on("data", (chunk: Buffer) => tail.push(chunk));
    channel.on("error", () => undefined);
    channel.on("exit", (code: number | null, signal?: string) => {
      exit = code ?? (signal === undefined ? 255 : 128 + signalNumber(signal));
    });
    channel.on("close", () => finish(() => (exit === undefined ? reject(lost()) : resolve({ exit, stderrTail: tail.text() }))));
  });
  // The caller may be told of the loss by another channel first.
  ended.catch(() => undefined);
  return ended;
}

function signalNumber(name: string): number {
  return { HUP: 1, INT: 2, QUIT: 3, KILL: 9, PIPE: 13, TERM: 15 }[name.replace(/^SIG/, "")] ?? 127;
}
