import { moduleOf } from "./native.js";
export const templateModule = moduleOf([]);
