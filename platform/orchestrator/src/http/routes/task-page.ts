/** Tasks page by page, newest first. */

import { type TaskPage } from "@provisioning/api";
import { ProvisioningError, type RunStatus } from "@provisioning/model";
import { runStatusSchema } from "@provisioning/model/wire";
import * as z from "zod/mini";
import type { Service } from "../../service.js";
import { listedTask } from "../../tasks.js";
import { numberText } from "../parts.js";

export const pageQuery = z.strictObject({
  limit: z.exactOptional(numberText),
  cursor: z.exactOptional(z.string().check(z.maxLength(200))),
  status: z.exactOptional(runStatusSchema),
});

export type PageQuery = z.infer<typeof pageQuery>;

const MAX_LIMIT = 1000;

/** @throws ProvisioningError INPUT_INVALID, QUERY_INVALID */
export async function taskPage({ storage, workspace }: Service, { limit, cursor, status }: PageQuery): Promise<TaskPage> {
  const most = limit ?? workspace.config.get("orchestrator.page_size");
  if (most < 1 || most > MAX_LIMIT) throw limitOutside();
  const page = await storage.runs.list({
    limit: most,
    ...(cursor === undefined ? {} : { cursor }),
    ...(status === undefined ? {} : { status: [status as RunStatus] }),
  });
  const data = await Promise.all(page.runs.map((run) => listedTask(storage, run)));
  return { data, ...(page.next === undefined ? {} : { next: page.next }) };
}

function limitOutside(): ProvisioningError {
  return new ProvisioningError({
    code: "INPUT_INVALID",
    message: `limit is from 1 to ${MAX_LIMIT}.`,
    hint: "Ask for the rest with the cursor that an answer has as `next`.",
  });
}
