export { type BackendName, openPlaces, type Places } from "./places.js";
export { measureRecovery, type Recovery, type RecoveryOptions } from "./recovery.js";
export { killAgainAndAgain, type KillReport, type MortalPlace, type RoundsOptions } from "./rounds.js";
