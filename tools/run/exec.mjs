/** Child processes for the set-up scripts. */

import { spawn } from "node:child_process";
import { SetupError } from "./report.mjs";

/** Runs a command to its end, its output shown. Returns the exit code. An interrupt reaches the child as well: it is in our group. */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: "inherit", ...options });
    const ignore = () => {};
    process.on("SIGINT", ignore);
    child.on("error", reject);
    child.on("close", (code, signal) => {
      process.off("SIGINT", ignore);
      resolve(code ?? (signal === "SIGINT" ? 130 : 1));
    });
  });
}

/** Runs a command whose output matters only when it fails. @throws SetupError */
export function runQuietly(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], ...options });
    let output = "";
    child.stdout.on("data", (chunk) => (output += chunk));
    child.stderr.on("data", (chunk) => (output += chunk));
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve(output);
      else reject(new SetupError(`${[command, ...args].join(" ")} ended with exit code ${code}:\n${output.trimEnd()}`));
    });
  });
}
