export {
  type ConformanceSubject,
  type ForeignThing,
  type ProviderConformance,
  providerConformance,
} from "./provider-conformance.js";
export { type TaskservConformance, taskservConformance } from "./taskserv-conformance.js";
export { startTestServer, type TestServer, testServerObstacle } from "./test-server.js";
