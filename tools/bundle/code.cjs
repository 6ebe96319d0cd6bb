/**
 * Runs the command as its launcher does and writes, when it ends, what V8 made of each script that it loaded:
 *
 *     node tools/bundle/code.cjs <start script> <words…>
 */

const { writeFileSync } = require("node:fs");
const { loadScript } = require("../../core/cli/launcher/load-script.js");

const [, , start, ...words] = process.argv;
const loaded = new Map();
process.argv = [process.argv[0], start, ...words];
process.on("exit", () => {
  for (const [file, script] of loaded) writeFileSync(`${file}.code`, script.createCachedData());
});
loadScript(start, (script, file) => loaded.set(file, script));
