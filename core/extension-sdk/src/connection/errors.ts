/** What can go wrong between here and a machine. */

import { ProvisioningError } from "@provisioning/model";

export interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly user: string;
}

/** Nobody answers, or not in time. Nothing was changed. */
export class ServerUnreachableError extends ProvisioningError {
  constructor(endpoint: Endpoint, detail: string, options?: ErrorOptions) {
    super(
      {
        code: "SERVER_UNREACHABLE",
        message: `No SSH connection to ${endpoint.host} port ${endpoint.port}: ${detail}.`,
        hint: "Check that the server runs and that its SSH port can be reached from here.",
        retry: "now",
        details: { ...endpoint },
      },
      options,
    );
  }
}

/** Another machine answers than the one we know. Nothing was sent to it. */
export class HostKeyMismatchError extends ProvisioningError {
  constructor(endpoint: Endpoint, presented: string) {
    super({
      code: "HOST_KEY_MISMATCH",
      message: `The machine at ${endpoint.host} port ${endpoint.port} shows a host key that is not the recorded one.`,
      hint: "If the machine was reinstalled on purpose, refresh its record; if not, somebody may be in between.",
      details: { ...endpoint, presented },
    });
  }
}

/** The server refuses the login. */
export class SshAuthenticationError extends ProvisioningError {
  constructor(endpoint: Endpoint, options?: ErrorOptions) {
    super(
      {
        code: "SSH_AUTH",
        message: `${endpoint.host} port ${endpoint.port} refuses the login as ${endpoint.user}.`,
        hint: "Check the user name and that the public key is among the user's authorized keys.",
        details: { ...endpoint },
      },
      options,
    );
  }
}

/** The connection broke while a program ran. What it did is not known; running it again is safe. */
export class ConnectionLostError extends ProvisioningError {
  constructor(description: string, options?: ErrorOptions) {
    super(
      {
        code: "CONNECTION_LOST",
        message: `The connection to ${description} broke while a program ran.`,
        hint: "Apply again: finished steps are found done and are not repeated.",
        retry: "now",
        details: { connection: description },
      },
      options,
    );
  }
}

export class ProgramTimeoutError extends ProvisioningError {
  constructor(description: string, timeoutMs: number) {
    super({
      code: "PROGRAM_TIMEOUT",
      message: `The program on ${description} did not end within ${Math.round(timeoutMs / 1000)} seconds and was stopped.`,
      hint: "Apply again with a longer timeout if the work is slow but sound.",
      retry: "now",
      details: { connection: description, timeoutMs },
    });
  }
}
