export { type BackendName, openPlaces, type Places } from "./places.js";
export { killAgainAndAgain, type KillReport, type MortalPlace, type RoundsOptions } from "./rounds.js";
