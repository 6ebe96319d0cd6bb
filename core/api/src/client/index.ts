export { type ClientOptions, createClient, type InvokeOptions, type ServiceClient } from "./client.js";
export { ServiceGoneError } from "./errors.js";
export { readToken, runningService, startOf } from "./find-service.js";
