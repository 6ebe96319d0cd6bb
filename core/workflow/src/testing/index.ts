export { createFakeClock, type FakeClock, sampleOperation, sampleRun } from "@provisioning/storage/testing";
export { brokenInvariants } from "./invariants.js";
export { type Behaviour, type Call, createScript, type Script, ScriptedFailure } from "./scripted-handlers.js";
export { type CrashPlan, crashAt, SimulatedCrash } from "./simulated-crash.js";
