/** What the handlers of one provider share: the engine (found once, at first use), the workspace's key, in-process queues. */

import type { ProviderContext } from "@provisioning/extension-sdk";
import { ProvisioningError } from "@provisioning/model";
import { type DiscoveryInput, type Engine, requireEngine } from "./engine/discover.js";
import { EngineResponseError } from "./engine/errors.js";
import type { Machine } from "./engine/machine.js";
import { ensureImage } from "./image/ensure.js";
import { pullImage } from "./image/from-registry.js";
import { BASE_IMAGE } from "./image/recipe.js";
import { ensureWorkspaceKey, type WorkspaceKey } from "./keys.js";
import type { LocalSettings } from "./settings.js";
import { type Owner, ownerOf } from "./ownership.js";

export interface SessionOptions {
  readonly dataDir: string;
  readonly machine: Machine;
  readonly discovery: DiscoveryInput;
  readonly settings: LocalSettings;
}

export class LocalSession {
  readonly dataDir: string;
  readonly machine: Machine;
  readonly settings: LocalSettings;
  readonly #discovery: DiscoveryInput;
  #engine: Promise<Engine> | undefined;
  readonly #queues = new Map<string, Promise<unknown>>();

  constructor(options: SessionOptions) {
    this.dataDir = options.dataDir;
    this.machine = options.machine;
    this.settings = options.settings;
    this.#discovery = options.discovery;
  }

  /** @throws EngineUnreachableError */
  engine(signal: AbortSignal): Promise<Engine> {
    this.#engine ??= requireEngine(this.#discovery).catch((error: unknown) => {
      this.#engine = undefined;
      throw error;
    });
    signal.throwIfAborted();
    return this.#engine;
  }

  owner(context: Pick<ProviderContext, "workspace" | "infra">): Promise<Owner> {
    return ownerOf(this.dataDir, context.workspace, context.infra);
  }

  key(): Promise<WorkspaceKey> {
    return ensureWorkspaceKey(this.dataDir);
  }

  /** Makes sure that a server can be started from `image`. */
  async ensureImage(image: string, context: ProviderContext): Promise<void> {
    const engine = await this.engine(context.signal);
    const report = (line: string) => {
      context.log(line);
      context.report({ stage: line });
    };
    await this.inTurn(`image ${image}`, async () => {
      if (image === BASE_IMAGE) {
        const { clock, signal } = context;
        await ensureImage({ engine, machine: this.machine, settings: this.settings.image, clock, report, signal });
      } else if ((await engine.api.find(`/images/${image}/json`, { signal: context.signal })) === undefined) {
        report(`pulling ${image}`);
        await pullImage(engine.api, image, { signal: context.signal }).catch((error: unknown) => {
          throw error instanceof EngineResponseError ? imageMissing(image, error) : error;
        });
      }
    });
  }

  /** Runs works of the same key one after the other: what two of them would choose alike (an address, a range) they choose in turn. */
  async inTurn<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#queues.get(key) ?? Promise.resolve();
    const mine = before.then(work, work);
    const settled = mine.catch(() => undefined);
    this.#queues.set(key, settled);
    try {
      return await mine;
    } finally {
      if (this.#queues.get(key) === settled) this.#queues.delete(key);
    }
  }
}

function imageMissing(image: string, cause: EngineResponseError): ProvisioningError {
  return new ProvisioningError(
    {
      code: "IMAGE_NOT_FOUND",
      message: `The image ${image} is not there and could not be pulled: ${cause.engineMessage}`,
      hint: `Leave out the server's image to use ${BASE_IMAGE}, or try it yourself: docker pull ${image}`,
      retry: "later",
      details: { image },
    },
    { cause },
  );
}
