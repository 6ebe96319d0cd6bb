/** Stands for the orchestrator's module of this name: the viewer is part of the program. */

import file from "../../node_modules/@scalar/fastify-api-reference/dist/js/standalone.js" with { type: "file" };

export const viewerFile = () => file;
