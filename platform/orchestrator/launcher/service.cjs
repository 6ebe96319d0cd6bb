/** Starts the service, with what Node made of its code when it was built. */

const path = require("node:path");
const { loadScript } = require("../../../core/cli/launcher/load-script.js");

loadScript(path.join(__dirname, "../bundle/main.cjs"));
