export { createFakeClock, type FakeClock, sampleOperation, sampleRun } from "@provisioning/storage/testing";
export { createCloudHandler } from "./cloud-handlers.js";
export { brokenInvariants } from "./invariants.js";
export { type Behaviour, type Call, createScript, type Script, ScriptedFailure } from "./scripted-handlers.js";
export {
  type CloudFault,
  CloudError,
  connectCloud,
  type FaultTable,
  faultTable,
  SimulatedCloud,
} from "./simulated-cloud.js";
export { type CrashPlan, crashAt, SimulatedCrash } from "./simulated-crash.js";
export { PLANTED_BUGS } from "./simulation/planted-bugs.js";
export { simulate, type SimulationReport } from "./simulation/simulate.js";
