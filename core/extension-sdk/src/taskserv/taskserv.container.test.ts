/** The conformance suite of taskservs, tried on a real service. */

import { parseHealthChecks, requireSteps, undoSteps } from "../index.js";
import { startTestServer, taskservConformance, testServerObstacle } from "../testing/index.js";

const where = { taskserv: "web", list: "install" };
const install = requireSteps(
  [
    { kind: "package", id: "packages", names: ["nginx-light", "curl"], start: false },
    {
      kind: "template",
      id: "site",
      source: "site.conf.j2",
      path: "/etc/nginx/sites-available/default",
      values: {},
      content: "server {\n  listen 127.0.0.1:8088;\n  location / { return 200 'it works\\n'; }\n}\n",
    },
    { kind: "wait_for", id: "installed", path: "/usr/sbin/nginx" },
    { kind: "service", id: "service", name: "nginx", enabled: true, state: "started", reload_on: ["site"] },
    { kind: "output", id: "version", name: "version", command: ["dpkg-query", "-W", "-f", "${Version}", "nginx-light"] },
  ],
  where,
);

taskservConformance({
  name: "web",
  skip: await testServerObstacle(),
  async connect() {
    const server = await startTestServer();
    const connection = await server.connect();
    return {
      connection,
      async close() {
        await connection.close();
        await server.remove();
      },
    };
  },
  compile: async () => ({
    name: "web",
    version: "1.22.1",
    requires: [],
    install,
    remove: undoSteps("web", install),
    health: parseHealthChecks([{ id: "page", command: ["curl", "-fsS", "http://127.0.0.1:8088/"], expect: "it works" }], where)
      .checks,
  }),
});
