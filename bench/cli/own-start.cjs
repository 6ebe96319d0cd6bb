/** Loaded before the command: writes down how long its actions worked, in milliseconds, to the file that OWN_START names. */

const { subscribe } = require("node:diagnostics_channel");
const { writeFileSync } = require("node:fs");

let worked = 0;
let began = 0;
subscribe("provisioning.action.begins", () => {
  began = performance.now();
});
subscribe("provisioning.action.ends", () => {
  worked += performance.now() - began;
});
process.on("exit", () => writeFileSync(process.env.OWN_START, String(worked)));
