export { type RunningService, startService, type StartOptions } from "./start.js";
