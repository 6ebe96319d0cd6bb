/** Every action under its name. */

import { actionTable } from "@provisioning/actions";
import { taskDetailSchema } from "@provisioning/api";
import { infraNameSchema, jsonObjectSchema, jsonSchema } from "@provisioning/model/wire";
import type { InfraName, Json, JsonObject } from "@provisioning/model";
import * as z from "zod/mini";
import { requestInfra, submitRequest } from "../../requests/submit-request.js";
import { confinedFile, type Service } from "../../service.js";
import { assertCallVariables, callSettings } from "../../requests/request-settings.js";
import { defineEndpoint, type Endpoint, parsePart } from "../endpoint.js";
import { invokeNow, isImmediate, isQuickChange, servedAction } from "../invoke-now.js";
import { accepted } from "../parts.js";
import { answerWhenEnded, waitQuery } from "../wait.js";

interface ActionBody {
  readonly input?: Json;
  readonly flags?: JsonObject;
  readonly variables?: Readonly<Record<string, string>>;
  readonly command?: string;
  readonly approve?: "ask" | "given";
}

const bodySchema: z.ZodMiniType<ActionBody> = z.strictObject({
  input: z.exactOptional(jsonSchema),
  flags: z.exactOptional(jsonObjectSchema),
  variables: z.exactOptional(z.record(z.string().check(z.maxLength(200)), z.string().check(z.maxLength(10_000)))),
  command: z.exactOptional(z.string().check(z.maxLength(10_000))),
  approve: z.exactOptional(z.enum(["ask", "given"])),
});

export function actionEndpoints(service: Service): Endpoint[] {
  return [
    defineEndpoint({
      method: "POST",
      path: "/actions/:name",
      tag: "Actions",
      summary: "Does an action. What only looks is answered at once; what changes something is accepted as a task.",
      params: z.strictObject({ name: z.string().check(z.maxLength(100)) }),
      query: waitQuery,
      body: bodySchema,
      isBodyOptional: true,
      answers: { 200: { description: "What the action answers.", schema: taskDetailSchema, actions: "any" }, 202: accepted },
      changesAtOnce: ({ name }) => isQuickChange(name),
      async serve({ params, query, body, gone, waiting, traceId, idempotencyKey }) {
        const name = servedAction(params.name);
        const { input: schema } = await actionTable[name]();
        const given = await confined(service, (body.input ?? {}) as JsonObject);
        const input = parsePart(name, schema as z.ZodMiniType, given);
        const flags = callSettings(body.flags ?? {});
        const variables = body.variables === undefined ? {} : { variables: body.variables };
        assertCallVariables(body.variables ?? {});
        const command = body.command ?? `POST /actions/${name}`;
        if (await isImmediate(name))
          return { status: 200, body: await invokeNow(service, name, input, { flags, ...variables, command, gone }) };
        const request = {
          action: name,
          input: given,
          approve: body.approve ?? "given",
          flags,
          ...variables,
          command,
          traceId,
        } as const;
        const task = await submitRequest(service, {
          request,
          infra: await requestInfra(service, given.infra as string | undefined),
          title: titleOf(name, given),
          idempotencyKey,
        });
        return answerWhenEnded(service, task, query, { gone, waiting });
      },
    }),
  ];
}

/** Files are named relative to the workspace, and lie in it. */
async function confined(service: Service, input: JsonObject): Promise<JsonObject> {
  if (typeof input !== "object" || input === null || typeof input.file !== "string") return input;
  return { ...input, file: await confinedFile(service, input.file) };
}

function titleOf(name: string, { infra, title }: JsonObject): string {
  if (typeof title === "string" && title !== "") return title.slice(0, 200);
  return typeof infra === "string" && infraNameSchema.safeParse(infra).success ? `${name} ${infra as InfraName}` : name;
}
