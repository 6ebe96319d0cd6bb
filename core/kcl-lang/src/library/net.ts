import { moduleOf } from "./native.js";
export const netModule = moduleOf([]);
