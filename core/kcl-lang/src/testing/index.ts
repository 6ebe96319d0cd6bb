/** For robustness tests of the language and of what is built on it. */
export { type Judgement, judge } from "./judge.js";
export { damagedProgram, type Specimen } from "./mutate.js";
