export type { Engine, EngineInfo } from "./engine/discover.js";
export type { Finding, Fix } from "./engine/preflight.js";
export { BASE_IMAGE } from "./image/recipe.js";
export { createProvider } from "./provider.js";
export { installEngine, preflight, prepareLocal, type SetupOptions } from "./setup.js";
