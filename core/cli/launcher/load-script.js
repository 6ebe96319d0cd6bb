/**
 * Loads a CommonJS script with the code that Node made of it when it was built, from the file beside it (`x.cjs.code`): to compile the larger ones
 * takes longer than to run them. V8 looks whether that code is of its own version and settings; where it is not, or is not there, the
 * script is compiled as always. Both files are written together and never changed, see tools/bundle.
 */

const { readFileSync } = require("node:fs");
const { createRequire } = require("node:module");
const path = require("node:path");
const { pathToFileURL } = require("node:url");
const { Script } = require("node:vm");

const PARAMETERS = "(function (exports, require, module, __filename, __dirname, importModule) {";

/** What scripts export, by file. */
const loaded = new Map();

/** `onScript` is given each script that is loaded, and its file. */
function loadScript(file, onScript = () => {}) {
  if (!loaded.has(file)) loaded.set(file, load(file, onScript));
  return loaded.get(file);
}

function load(file, onScript) {
  const script = new Script(`${PARAMETERS}${readFileSync(file, "utf8")}\n})`, {
    filename: file,
    cachedData: codeOf(file),
  });
  onScript(script, file);
  const others = createRequire(file);
  const require = (name) => (isOurs(name) ? loadScript(path.join(path.dirname(file), name), onScript) : others(name));
  const importModule = (name) => import(name.startsWith(".") ? pathToFileURL(path.join(path.dirname(file), name)).href : name);
  const module = { exports: {} };
  script.runInThisContext().call(module.exports, module.exports, require, module, file, path.dirname(file), importModule);
  return module.exports;
}

const isOurs = (name) => name.startsWith("./") && name.endsWith(".cjs");

function codeOf(file) {
  try {
    return readFileSync(`${file}.code`);
  } catch {
    return undefined;
  }
}

module.exports = { loadScript };
