export {
  type ProviderCapabilities,
  type ProviderLimits,
  SERVER_PLANS,
  type ServerPlan,
  type ServerPlanName,
  type ServerSize,
} from "./provider/capabilities.js";
export { type ComparedField, differenceOf } from "./provider/difference.js";
export { ForeignResourceError } from "./provider/errors.js";
export { assertProviderModule, type CreateProvider, type ProviderModule, type ProviderOptions } from "./provider/factory.js";
export type {
  Difference,
  Provider,
  ProviderContext,
  ProviderProgress,
  ResourceHandler,
  ResourceObservation,
  ResourceRef,
} from "./provider/provider.js";
export type { Labels, NetworkAttributes, NetworkSpec, ServerAttributes, ServerSpec, SshAddress } from "./provider/specs.js";
