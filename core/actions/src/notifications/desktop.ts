/** A notification on the desktop, by the program that desktops of Linux bring. */

import { execFile } from "node:child_process";
import { ProvisioningError } from "@provisioning/model";
import type { ActionContext } from "../context.js";

export const DESKTOP_PROGRAM = "notify-send";

/** A desktop that does not answer is not waited for. */
const TIMEOUT_MS = 5_000;

/** @throws ProvisioningError DESKTOP_UNREACHABLE */
export function showOnDesktop(
  title: string,
  text: string,
  { environment, signal }: Pick<ActionContext, "environment" | "signal">,
): Promise<void> {
  const words = ["--app-name=provisioning", "--", title, escapeMarkup(text)];
  return new Promise((resolve, reject) => {
    execFile(DESKTOP_PROGRAM, words, { env: environment, signal, timeout: TIMEOUT_MS }, (error) => {
      if (error === null) resolve();
      else reject(unreachable(error));
    });
  });
}

function unreachable(cause: Error): ProvisioningError {
  const isMissing = "code" in cause && cause.code === "ENOENT";
  return new ProvisioningError(
    {
      code: "DESKTOP_UNREACHABLE",
      message: `The desktop could not be notified: ${DESKTOP_PROGRAM} ${isMissing ? "is not installed" : "failed"}.`,
      hint: isMissing
        ? "Install it (Debian: libnotify-bin), or set notifications.desktop to false."
        : "It needs a desktop that this command was started on.",
    },
    { cause },
  );
}

/** The text may hold marks of HTML's kind; the title is shown as it is. */
function escapeMarkup(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
