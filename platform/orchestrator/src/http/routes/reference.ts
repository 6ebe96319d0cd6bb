/** The interface for people: one page that needs nothing else, so that it can be saved and read anywhere. */

import { readFile } from "node:fs/promises";
import { defineEndpoint, type Endpoint } from "../endpoint.js";
import { type DescribedInterface, openApiDocument } from "../open-api.js";
import { viewerFile } from "./viewer-file.js";

const TYPE = "text/html; charset=utf-8";

export function referenceEndpoints(describe: () => DescribedInterface): Endpoint[] {
  return [
    defineEndpoint({
      method: "GET",
      path: "/docs",
      tag: "System",
      summary: "This interface for people, as one page.",
      answers: { 200: { description: "HTML with everything in it.", type: TYPE } },
      async serve() {
        const document = JSON.stringify(await openApiDocument(describe())).replaceAll("<", "\\u003c");
        return { status: 200, text: pageOf(document, await readFile(viewerFile(), "utf8")), type: TYPE };
      },
    }),
  ];
}

function pageOf(document: string, script: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Provisioning: the orchestrator over HTTP</title>
</head>
<body>
<div id="reference"></div>
<script>${script.replaceAll("</script", "<\\/script")}</script>
<script>Scalar.createApiReference("#reference", { content: ${document}, withDefaultFonts: false, telemetry: false, hideTestRequestButton: true });</script>
</body>
</html>
`;
}
