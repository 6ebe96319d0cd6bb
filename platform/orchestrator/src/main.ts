/** The process of the service: reads its flags, starts, waits for a signal, ends in order. */

import { hostname, userInfo } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { platformLayout } from "@provisioning/actions";
import { ProvisioningError, systemClock } from "@provisioning/model";
import { createLogger } from "./logging/create-logger.js";
import { LogOutput } from "./logging/log-output.js";
import { startService } from "./start.js";

const { values } = parseArgs({
  options: {
    workspace: { type: "string" },
    port: { type: "string" },
    host: { type: "string" },
    workers: { type: "string" },
    "max-queued": { type: "string" },
    "provisioning-path": { type: "string" },
    "platform-version": { type: "string", default: "0.0.0" },
    "log-level": { type: "string" },
    "script-runner": { type: "string" },
  },
});

/** The bundle is in platform/orchestrator/bundle. */
const root = resolve(values["provisioning-path"] ?? join(dirname(fileURLToPath(import.meta.url)), "../../.."));
const out = new LogOutput();
const logger = createLogger(values["log-level"] ?? "info", out);

const flags: Record<string, unknown> = {};
if (values.workers !== undefined) flags["orchestrator.workers"] = Number(values.workers);
if (values["max-queued"] !== undefined) flags["orchestrator.max_queued"] = Number(values["max-queued"]);
if (values["log-level"] !== undefined) flags["orchestrator.log_level"] = values["log-level"];
if (values["script-runner"] !== undefined) flags["servers.script_runner"] = values["script-runner"];
if (values.port !== undefined) flags["orchestrator.port"] = Number(values.port);

void serve();

async function serve(): Promise<void> {
  try {
    const running = await startService({
      logger,
      context: {
        platform: platformLayout(root),
        platformVersion: values["platform-version"],
        clock: systemClock,
        environment: process.env,
        currentDir: process.cwd(),
        ...(values.workspace === undefined ? {} : { workspace: values.workspace }),
        flags,
        // Lines of text become lines of the log; those that are JSON have everything already.
        log(line) {
          if (line.startsWith("{")) out.write(`${line}\n`);
          else logger.info(line);
        },
        holder: `orchestrator of ${userInfo().username}@${hostname()} (pid ${process.pid})`,
      },
      ...(values.host === undefined ? {} : { host: values.host }),
    });
    // Whoever started it in the foreground has nothing more to hear.
    if (process.connected) process.disconnect();
    out.rotate(running.log, (error) => logger.warn({ err: error }, "the log cannot be rotated"));
    let isEnding = false;
    const end = (signal: NodeJS.Signals) => {
      if (isEnding) process.exit(1);
      isEnding = true;
      logger.info({ signal }, "stopping");
      running.close().then(
        () => exit(0),
        (error: unknown) => {
          logger.error({ err: error }, "stopping failed");
          exit(1);
        },
      );
    };
    process.on("SIGTERM", end);
    process.on("SIGINT", end);
  } catch (error) {
    const { message, ...facts } = reasonOf(error);
    logger.error(facts, message);
    // For whoever started it in the foreground.
    if (process.send === undefined) exit(1);
    else process.send({ ...facts, message }, () => exit(1));
  }
}

function reasonOf(error: unknown) {
  if (!(error instanceof ProvisioningError)) return { err: error, message: "starting failed" };
  const { code, message, hint, details } = error;
  return { code, message, hint, details };
}

function exit(code: number): void {
  out.flushSync();
  process.exit(code);
}
