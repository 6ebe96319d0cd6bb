import { moduleOf } from "./native.js";
export const cryptoModule = moduleOf([]);
