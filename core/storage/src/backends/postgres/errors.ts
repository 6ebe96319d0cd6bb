/** Which failures of the database mean what. */

/** The connection went away while something was asked of the database: nobody knows whether it was done. */
export class AnswerLostError extends Error {
  constructor(options: ErrorOptions) {
    super("The connection to the database was lost.", options);
  }
}

/** The database gave up before it did anything, and the same again can succeed. */
export class NothingDoneError extends Error {
  constructor(options: ErrorOptions) {
    super("The database did nothing this time.", options);
  }
}

/** Codes of PostgreSQL (appendix A of its manual) and of sockets, sorted by what they mean for who asked. */
export function sortFailure(error: unknown): unknown {
  const code = codeOf(error);
  if (LOST.test(code)) return new AnswerLostError({ cause: error });
  if (NOTHING_DONE.has(code)) return new NothingDoneError({ cause: error });
  return error;
}

/** Empty when there is none. */
export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}

/** Connection classes, shutdown and crash of the server, sockets, and what the client library says of its connections. */
const LOST =
  /^(08...|57P0[123]|CONNECTION_.*|CONNECT_TIMEOUT|ECONN.*|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENOTFOUND|EAI_AGAIN|ENOENT)$/;

const NOTHING_DONE: ReadonlySet<string> = new Set([
  "40001", // serialization failure
  "40P01", // deadlock
  "57014", // took too long
  "25006", // read only: we speak to a server that is no longer the first one
  "53300", // too many connections
]);

/** What was sent cannot be stored, whoever sends it: a character that the database has no place for, a number out of range. */
export function isRefusedContent(error: unknown): boolean {
  const code = codeOf(error instanceof Error && error.cause !== undefined ? error.cause : error);
  return /^(22|23|54)...$/.test(code);
}
