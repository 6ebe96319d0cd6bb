import { expect, it } from "vitest";
import { problemOf } from "./problem.js";

it.each([
  ["ENGINE_UNREACHABLE", 503, "Service Unavailable"],
  ["STORE_FAILED", 503, "Service Unavailable"],
  ["STORE_READ_ONLY", 503, "Service Unavailable"],
  ["STORE_DENIED", 503, "Service Unavailable"],
  ["DISK_FULL", 507, "Insufficient Storage"],
  ["METHOD_REFUSED", 405, "Method Not Allowed"],
  ["REQUEST_TIMEOUT", 408, "Request Timeout"],
  ["UPGRADE_MISSING", 426, "Upgrade Required"],
  ["SOMETHING_ELSE", 422, "Unprocessable Content"],
])("%s is %i %s", (code, status, title) => {
  expect(problemOf({ code, message: "No.", retry: "never" })).toMatchObject({ status, title });
});
