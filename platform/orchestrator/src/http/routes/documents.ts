/** Workflows that are sent: documents of steps, and batch workflows. */

import { type Json, type JsonObject, DiagnosticsError } from "@provisioning/model";
import * as z from "zod/mini";
import { InputInvalidError } from "@provisioning/actions";
import { requestInfra, submitRequest } from "../../requests/submit-request.js";
import { confinedFile, type Service } from "../../service.js";
import { submit } from "../../submit.js";
import { defineEndpoint, type Endpoint } from "../endpoint.js";
import { invokeNow } from "../invoke-now.js";
import { accepted, jsonObject } from "../parts.js";
import { answerWhenEnded, waited } from "../wait.js";

const text = z.string().check(z.minLength(1), z.maxLength(1_000));

interface DocumentBody {
  readonly document?: JsonObject;
  readonly file?: string;
  readonly variables?: JsonObject;
  readonly infra?: string;
  readonly wait?: boolean;
}

const documentBody: z.ZodMiniType<DocumentBody> = z.strictObject({
  document: z.exactOptional(jsonObject),
  file: z.exactOptional(text),
  variables: z.exactOptional(jsonObject),
  infra: z.exactOptional(text),
  wait: z.exactOptional(z.boolean()),
});

interface BatchBody {
  readonly file?: string;
  readonly workflow?: string;
  readonly infra?: string;
  readonly wait?: boolean;
  readonly [field: string]: unknown;
}

const carriedOut = { infra: z.exactOptional(text), wait: z.exactOptional(z.boolean()) };
const besides = z.looseObject(carriedOut);
const batchFile = z.strictObject({ file: text, workflow: z.exactOptional(text), ...carriedOut });

/** Either names a file, or is a `WorkflowDef`: then its schema in KCL says what is right. */
const batchBody: z.ZodMiniType<BatchBody> = z.looseObject({
  file: z.exactOptional(text),
  workflow: z.exactOptional(text),
  ...carriedOut,
}) as unknown as z.ZodMiniType<BatchBody>;

export function documentEndpoints(service: Service): Endpoint[] {
  return [documentEndpoint(service), batchEndpoint(service)];
}

function documentEndpoint(service: Service): Endpoint {
  return defineEndpoint({
    method: "POST",
    path: "/workflows",
    changesAtOnce: () => false,
    tag: "Workflows",
    summary: "Carries out a workflow document (`kind: Workflow`), as JSON or from a file of the workspace.",
    body: documentBody,
    answers: { 200: waited, 202: accepted },
    async serve(call) {
      const { body, idempotencyKey, traceId, path } = call;
      const { document, file, variables = {}, infra } = body;
      if ((document === undefined) === (file === undefined)) {
        throw new InputInvalidError("the body", ["either `document` or `file` is the workflow"]);
      }
      if (document === undefined) {
        const request = {
          action: "workflow.run",
          input: { ...(file === undefined ? {} : { file: await confinedFile(service, file) }), variables, ...named(infra) },
          approve: "given",
          flags: {},
          command: `POST ${path}`,
          traceId,
        } as const;
        const place = await requestInfra(service, infra);
        const task = await submitRequest(service, { request, infra: place, title: `workflow ${file ?? ""}`, idempotencyKey });
        return answerWhenEnded(service, task, body, call);
      }
      const compiler = await service.workflowCompiler();
      const compiled = compiler.compile(document, { variables, ...named(infra) });
      if (compiled.problems.length > 0) throw new DiagnosticsError(compiled.problems);
      const now = service.options.context.clock.now();
      const task = await submit(service, {
        idempotencyKey,
        definition: (id) => {
          const definition = compiled.run(id, now);
          return { ...definition, labels: { ...definition.labels, trace: traceId } };
        },
      });
      return answerWhenEnded(service, task, body, call);
    },
  });
}

function batchEndpoint(service: Service): Endpoint {
  return defineEndpoint({
    method: "POST",
    path: "/workflows/batch",
    changesAtOnce: () => false,
    tag: "Workflows",
    summary: "Carries out a batch workflow: a `WorkflowDef` as JSON, or one from a KCL file of the workspace.",
    body: batchBody,
    definition: { schema: "WorkflowDef", besides, otherwise: batchFile },
    answers: { 200: waited, 202: accepted },
    async serve({ body, gone, waiting, idempotencyKey, traceId, path }) {
      const { file, workflow, infra, wait, ...definition } = body;
      const input: JsonObject =
        file === undefined
          ? { definition: definition as unknown as Json, ...named(infra) }
          : { file: await confinedFile(service, file), ...(workflow === undefined ? {} : { workflow }), ...named(infra) };
      // What cannot be carried out is refused now, not told later.
      await invokeNow(service, "batch.validate", input, { gone, command: `POST ${path}` });
      const place = await requestInfra(service, infra);
      const name = typeof definition.name === "string" ? definition.name : (file ?? "");
      const task = await submitRequest(service, {
        request: { action: "batch.submit", input, approve: "given", flags: {}, command: `POST ${path}`, traceId },
        infra: place,
        title: `batch ${name}`.slice(0, 200),
        idempotencyKey,
      });
      return answerWhenEnded(service, task, { wait: wait ?? false }, { gone, waiting });
    },
  });
}

function named(infra: string | undefined): { readonly infra?: string } {
  return infra === undefined ? {} : { infra };
}
