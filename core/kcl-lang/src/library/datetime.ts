import { moduleOf } from "./native.js";
export const datetimeModule = moduleOf([]);
